"""Connection pools to the gateway and to file hosts: what stands below httpx's transports.

httpx sends a request through a pool of httpcore's, which looks at all its connections for each
request, so that n calls at once cost n squared. These pools cost the same for every call. The HTTP
is httpcore's still.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

import httpcore
import httpx

from core_302.errors import ConfigurationError
from core_302.net.asyncio_stream import connect
from core_302.net.blocking_stream import BlockingNetwork
from core_302.net.body_reads import READ_BYTES, BodyReads
from core_302.net.pool_state import PoolState
from core_302.net.undocumented import has_left_over, network_of

NETWORK = BlockingNetwork()
Connection = TypeVar("Connection", httpcore.HTTP11Connection, httpcore.AsyncHTTP11Connection)


@lru_cache(maxsize=1)
def ssl_context() -> ssl.SSLContext:
    """Return the one SSL context of the process: building one takes 25 to 50 ms.

    Raises:
        ConfigurationError: The certificates that the environment names cannot be read.
    """
    try:
        context = httpx.create_ssl_context()
    except OSError as error:
        raise ConfigurationError(
            f"SSL_CERT_FILE or SSL_CERT_DIR names certificates that cannot be read: {error}."
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    return context


class Route(NamedTuple):
    """Where a connection leads. One is used again for requests of the same route only."""

    scheme: bytes
    host: bytes
    port: int
    certified: str | None  # the host that the certificate must be for, if another

    @classmethod
    def of(cls, request: httpcore.Request) -> Route:
        """Return the route of a request."""
        origin = request.url.origin
        named = request.extensions.get("sni_hostname")
        return cls(origin.scheme, origin.host, origin.port, named)

    @property
    def origin(self) -> httpcore.Origin:
        """The same, as httpcore names it."""
        return httpcore.Origin(self.scheme, self.host, self.port)

    @property
    def name(self) -> str:
        """The host that the certificate must be for."""
        return self.certified or self.host.decode("ascii")

    def tls(self) -> ssl.SSLContext | None:
        """Return what to encrypt with, or None."""
        return ssl_context() if self.scheme == b"https" else None


class ConnectionPool:
    """Blocking connections, at most `most`."""

    def __init__(self, most: int) -> None:
        self._state: PoolState[httpcore.HTTP11Connection] = PoolState(most)

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send `request`. The reply's body is still to be read, and to be closed."""
        limits, route = request.extensions["timeout"], Route.of(request)
        self._enter(limits["pool"])
        try:
            while (response := self._answer(request, route, limits["connect"])) is None:
                pass  # the connection could not be used any more: take another
        except BaseException:
            self._state.release()
            raise
        return response

    def close(self) -> None:
        """Close every connection."""
        for connection in self._state.close():
            connection.close()

    def _answer(
        self, request: httpcore.Request, route: Route, seconds: float
    ) -> httpcore.Response | None:
        """Return the reply to `request`; None if its connection was closed before it was used."""
        held, expired = self._state.checkout(route)
        try:
            for connection in expired:
                connection.close()
            if held is None:
                held = _connected(route, seconds)
                self._state.opened(held)
            response = held.handle_request(request)
        except BaseException as error:
            if held is not None:
                self._state.checkin(route, held, whole=False)
                held.close()
            if isinstance(error, httpcore.ConnectionNotAvailable):
                return None
            raise
        limits = request.extensions["timeout"]
        response.stream = _Body(response.stream, self._state, route, held, limits)
        return response

    def _enter(self, seconds: float) -> None:
        if (ticket := self._state.acquire()) is None:
            return
        try:
            ticket.result(seconds)
        except concurrent.futures.TimeoutError:
            self._state.cancel(ticket)
            raise httpcore.PoolTimeout from None
        except BaseException:
            self._state.cancel(ticket)
            raise


def _connected(route: Route, seconds: float) -> httpcore.HTTP11Connection:
    tls = route.tls()  # before anything is connected, for its certificates may be missing
    stream = NETWORK.connect_tcp(route.host.decode("ascii"), route.port, timeout=seconds)
    if tls:
        stream = stream.start_tls(tls, route.name, timeout=seconds)
    return httpcore.HTTP11Connection(route.origin, stream)


def _can_go_on(connection: httpcore.HTTP11Connection | httpcore.AsyncHTTP11Connection) -> bool:
    """Return whether a connection whose response is over can carry another request.

    What came after a complete response would be read as the response to the next caller's request.
    What comes later is found before that request begins: see `BlockingStream`.
    """
    return connection.is_idle() and not has_left_over(connection)


class _Held(Generic[Connection]):
    """A connection in use for the body of a reply."""

    def __init__(
        self,
        inner: Any,
        state: PoolState[Connection],
        route: Route,
        connection: Connection,
        limits: Mapping[str, float],
    ) -> None:
        self._inner = inner
        self._state: PoolState[Connection] = state
        self._route = route
        self._connection: Connection | None = connection
        self._limits = limits

    def _let_go(self) -> Connection | None:
        """Return the connection, once."""
        connection, self._connection = self._connection, None
        return connection


class _Body(_Held[httpcore.HTTP11Connection]):
    """A response's body.

    When it is closed, its connection is kept, or closed if it cannot be reused.
    """

    def __iter__(self) -> Iterator[bytes]:
        """Yield what each read of the network brings, in one piece however many chunks it was."""
        connection = self._connection
        assert connection is not None, "a closed body is not read"
        network, body = network_of(connection), BodyReads(connection)
        while (part := body.next()) is not None:
            if part:
                yield part
            else:
                body.note(network.read(READ_BYTES, self._limits["read"]))

    def close(self) -> None:
        """Close the body; a second time does nothing."""
        if (connection := self._let_go()) is None:
            return
        try:
            self._inner.close()
        finally:
            if not self._state.checkin(self._route, connection, whole=_can_go_on(connection)):
                connection.close()
            self._state.release()


class AsyncConnectionPool:
    """The connections of one event loop, at most `most`."""

    def __init__(self, most: int) -> None:
        self._state: PoolState[httpcore.AsyncHTTP11Connection] = PoolState(most)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send `request`. The reply's body is still to be read, and to be closed."""
        limits, route = request.extensions["timeout"], Route.of(request)
        await self._enter(limits["pool"])
        try:
            while (response := await self._answer(request, route, limits["connect"])) is None:
                pass  # the connection could not be used any more: take another
        except BaseException:
            self._state.release()
            raise
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        for connection in self._state.close():
            await connection.aclose()
        await asyncio.sleep(0)  # asyncio closes a socket in the loop's next round

    async def _answer(
        self, request: httpcore.Request, route: Route, seconds: float
    ) -> httpcore.Response | None:
        """Do the same as `ConnectionPool._answer`."""
        held, expired = self._state.checkout(route)
        try:
            for connection in expired:
                await connection.aclose()
            if held is None:
                host = route.host.decode("ascii")
                stream = await connect(host, route.port, route.tls(), route.name, seconds)
                held = httpcore.AsyncHTTP11Connection(route.origin, stream)
                self._state.opened(held)
            response = await held.handle_async_request(request)
        except BaseException as error:
            if held is not None:
                self._state.checkin(route, held, whole=False)
                await held.aclose()
            if isinstance(error, httpcore.ConnectionNotAvailable):
                return None
            raise
        limits = request.extensions["timeout"]
        response.stream = _AsyncBody(response.stream, self._state, route, held, limits)
        return response

    async def _enter(self, seconds: float) -> None:
        if (ticket := self._state.acquire()) is None:
            return
        waiting = asyncio.wrap_future(ticket)
        try:
            await asyncio.wait({waiting}, timeout=seconds)
        except BaseException:
            self._state.cancel(ticket)
            raise
        if not waiting.done():
            self._state.cancel(ticket)
            raise httpcore.PoolTimeout


class _AsyncBody(_Held[httpcore.AsyncHTTP11Connection]):
    """The same as `_Body`. Closing a connection never waits, so it cannot be cancelled."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what each read of the network brings, as `_Body` does."""
        connection = self._connection
        assert connection is not None, "a closed body is not read"
        network, body = network_of(connection), BodyReads(connection)
        while (part := body.next()) is not None:
            if part:
                yield part
            else:
                body.note(await network.read(READ_BYTES, self._limits["read"]))

    async def aclose(self) -> None:
        """Close the body; a second time does nothing."""
        if (connection := self._let_go()) is None:
            return
        try:
            await self._inner.aclose()
        finally:
            if not self._state.checkin(self._route, connection, whole=_can_go_on(connection)):
                await connection.aclose()
            self._state.release()
