"""Connection pools to the gateway, to file hosts and through proxies: below httpx's transports.

httpx sends a request through a pool of httpcore's, which looks at all its connections for each
request, so that n calls at once cost n squared. These pools cost the same for every call.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import ssl
from functools import lru_cache, partial
from typing import TypeVar

import httpcore
import httpx

from core_302.errors import ConfigurationError
from core_302.net.asyncio_stream import connect as connect_awaited
from core_302.net.asyncio_stream import connecting_awaited
from core_302.net.blocking_stream import BlockingStream, connect, connecting
from core_302.net.connection import AsyncBody, AsyncConnection, Body, Connection, Route
from core_302.net.deadline import Deadline
from core_302.net.handshakes import run_steps, run_steps_awaited
from core_302.net.pool_state import PoolState
from core_302.net.proxies import proxy_of

Kept = TypeVar("Kept", Connection, AsyncConnection)


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


def route_of(request: httpcore.Request, *, proxied: bool) -> Route:
    """Return the route of a request.

    Args:
        request: The request. A file whose address was looked up and checked goes through no proxy.
        proxied: The environment names a proxy.
    """
    origin = request.url.origin
    certified = request.extensions.get("sni_hostname")
    proxy = None
    if proxied and certified is None:
        scheme, host = origin.scheme.decode("ascii"), origin.host.decode("ascii")
        proxy = proxy_of(scheme, host, origin.port)
    return Route(origin.scheme, origin.host, origin.port or 0, certified, proxy)


def _release(state: PoolState[Kept], connection: Kept) -> bool:
    """End the use of a connection. Returns False if it is to be closed."""
    kept = state.checkin(connection.route, connection, whole=connection.can_go_on)
    state.release()
    return kept


class ConnectionPool:
    """Blocking connections, at most `most`."""

    def __init__(self, most: int, *, proxied: bool = False) -> None:
        self._state: PoolState[Connection] = PoolState(most)
        self._proxied = proxied
        self._release = partial(_release, self._state)

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send `request`. The response's body is still to be read, and to be closed."""
        route = route_of(request, proxied=self._proxied)
        limits = request.extensions["timeout"]
        self._enter(limits["pool"])
        try:
            while (response := self._answer(request, route, limits["connect"])) is None:
                pass  # the connection was of no use any more: another
        except BaseException:
            self._state.release()
            raise
        return response

    def close(self) -> None:
        """Close every connection."""
        for connection in self._state.close():
            connection.close()

    def _answer(
        self, request: httpcore.Request, route: Route, timeout: float
    ) -> httpcore.Response | None:
        """Return the response, or None if the connection had ended its use before the request."""
        held, expired = self._state.checkout(route)
        try:
            for connection in expired:
                connection.close()
            if held is None:
                held = _connected(route, timeout)
                self._state.opened(held)
            held.send(request)
        except BaseException as error:
            if held is not None:
                self._state.checkin(route, held, whole=False)
                held.close()
            if isinstance(error, httpcore.ConnectionNotAvailable):
                return None
            raise
        return held.response(Body(held, request, self._release))

    def _enter(self, timeout: Deadline) -> None:
        if (ticket := self._state.acquire()) is None:
            return
        try:
            ticket.result(timeout.left())
        except concurrent.futures.TimeoutError:
            self._state.cancel(ticket)
            raise httpcore.PoolTimeout(timeout.told) from None
        except BaseException:
            self._state.cancel(ticket)
            raise


def _connected(route: Route, timeout: float) -> Connection:
    tls = ssl_context() if route.scheme == b"https" else None  # its certificates may be missing
    stream = _reached(route, timeout)
    return Connection(route, stream.encrypted(tls, route.name, timeout) if tls else stream)


def _reached(route: Route, timeout: float) -> BlockingStream:
    """Return a connection to a route's host, or to the proxy that has connected to it."""
    host, proxy = route.host.decode("ascii"), route.proxy
    if proxy is None:
        return connect(host, route.port, timeout)
    stream = connect(proxy.host, proxy.port, timeout)
    try:
        if proxy.scheme == "https":
            encrypted = stream.encrypted(ssl_context(), proxy.host, timeout)
            assert isinstance(encrypted, BlockingStream), "what was not encrypted yet"
            stream = encrypted
        if not route.forwarded:
            steps = proxy.connecting(host, route.port)
            connecting(partial(run_steps, stream, steps, timeout), timeout)
            stream.begin()
    except BaseException:
        stream.close()
        raise
    return stream


class AsyncConnectionPool:
    """Awaited connections of one event loop, at most `most`."""

    def __init__(self, most: int, *, proxied: bool = False) -> None:
        self._state: PoolState[AsyncConnection] = PoolState(most)
        self._proxied = proxied
        self._release = partial(_release, self._state)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Do the same as `ConnectionPool.handle_request`."""
        route = route_of(request, proxied=self._proxied)
        limits = request.extensions["timeout"]
        await self._enter(limits["pool"])
        try:
            while (response := await self._answer(request, route, limits["connect"])) is None:
                pass  # the connection was of no use any more: another
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
        self,
        request: httpcore.Request,
        route: Route,
        timeout: float,
    ) -> httpcore.Response | None:
        """Do the same as `ConnectionPool._answer`."""
        held, expired = self._state.checkout(route)
        try:
            for connection in expired:
                await connection.aclose()
            if held is None:
                held = await _connected_awaited(route, timeout)
                self._state.opened(held)
            await held.send(request)
        except BaseException as error:
            if held is not None:
                self._state.checkin(route, held, whole=False)
                await held.aclose()
            if isinstance(error, httpcore.ConnectionNotAvailable):
                return None
            raise
        return held.response(AsyncBody(held, request, self._release))

    async def _enter(self, timeout: Deadline) -> None:
        if (ticket := self._state.acquire()) is None:
            return
        waiting = asyncio.wrap_future(ticket)
        try:
            await asyncio.wait({waiting}, timeout=timeout.left())
        except BaseException:
            self._state.cancel(ticket)
            raise
        if not waiting.done():
            self._state.cancel(ticket)
            raise httpcore.PoolTimeout(timeout.told)


async def _connected_awaited(
    route: Route,
    timeout: float,
) -> AsyncConnection:
    tls = ssl_context() if route.scheme == b"https" else None
    host, proxy = route.host.decode("ascii"), route.proxy
    if proxy is None:
        stream = await connect_awaited(host, route.port, tls, route.name, timeout)
        return AsyncConnection(route, stream)
    outer = ssl_context() if proxy.scheme == "https" else None
    stream = await connect_awaited(proxy.host, proxy.port, outer, proxy.host, timeout)
    if not route.forwarded:
        try:
            async with connecting_awaited(timeout):
                await run_steps_awaited(stream, proxy.connecting(host, route.port), timeout)
        except BaseException:
            await stream.aclose()
            raise
        stream.begin()
    if tls is None:
        return AsyncConnection(route, stream)
    return AsyncConnection(route, await stream.encrypted(tls, route.name, timeout))
