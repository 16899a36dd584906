"""Ways to the gateway over httpx: many small pools of connections, or a client of the user's.

httpx's single pool looks at all its connections for each request, so that n calls at once cost n
squared. Small pools that share one SSL context, handed out last-used first, cost the same for every
call.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Generic, TypeVar

import httpx

from core_302.errors import ConfigurationError

CONNECTIONS_PER_POOL = 4
SLICE = 256 * 1024  # bytes of a body that are handed to httpcore at once
IDLE_SECONDS = 30.0  # how long an unused connection is kept


@lru_cache(maxsize=1)
def ssl_context() -> ssl.SSLContext:
    """Return the one SSL context of the process: building one takes 25 to 50 ms.

    Raises:
        ConfigurationError: The certificates that the environment names cannot be read.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise ConfigurationError(
            f"SSL_CERT_FILE or SSL_CERT_DIR names certificates that cannot be read: {error}."
        ) from error


Pool = TypeVar("Pool")


class Dealer(Generic[Pool]):
    """Deals requests to many small pools of connections.

    httpx's single pool looks at all its connections for each request, so that n calls at once cost
    n squared. Small pools, handed out last-used first, cost the same for every call and reuse one
    connection when calls come one after another.
    """

    def __init__(self, make: Callable[[int], Pool], most_connections: int) -> None:
        self._make = make
        self._free: list[Pool] = []  # one entry for each connection that a pool may still open
        self._to_make = most_connections
        self._pools: list[Pool] = []
        self._next = 0
        self._lock = threading.Lock()

    def take(self) -> Pool:
        """Return the pool for one request; `give_back` it when the reply is closed."""
        with self._lock:
            if self._free:
                return self._free.pop()
            if self._to_make:
                size = min(CONNECTIONS_PER_POOL, self._to_make)
                pool = self._make(size)  # may fail, for want of certificates
                self._to_make -= size
                self._pools.append(pool)
                self._free += [pool] * (size - 1)
                return pool
            self._next += 1  # all are busy: wait in one of their queues
            return self._pools[self._next % len(self._pools)]

    def give_back(self, pool: Pool) -> None:
        """Say that a request that took `pool` has ended."""
        with self._lock:
            self._free.append(pool)

    def pools(self) -> list[Pool]:
        """Return every pool, to close them."""
        with self._lock:
            return list(self._pools)


class _ReleasingStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A reply's stream that gives its pool back when it is closed."""

    def __init__(self, inner: Any, release: Callable[[], None]) -> None:
        self._inner = inner
        self._release: Callable[[], None] | None = release

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._inner)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._inner)

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            self._give_back()

    async def aclose(self) -> None:
        # In a task of its own: httpcore loses a connection of its pool for good if it is cancelled
        # while it closes a reply, and a cancelled call may be at any step.
        closing = asyncio.ensure_future(self._inner.aclose())
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await asyncio.wait({closing})
            raise
        finally:
            self._give_back()

    def _give_back(self) -> None:
        if self._release is not None:
            release, self._release = self._release, None
            release()


def connection_limits(size: int) -> httpx.Limits:
    """Return httpx's limits for a pool of `size` connections."""
    return httpx.Limits(
        max_connections=size, max_keepalive_connections=size, keepalive_expiry=IDLE_SECONDS
    )


class PooledTransport(httpx.BaseTransport):
    """Blocking transport over many small pools."""

    def __init__(self, most_connections: int) -> None:
        self._dealer = Dealer(
            lambda size: httpx.HTTPTransport(verify=ssl_context(), limits=connection_limits(size)),
            most_connections,
        )

    def send(self, message: Mapping[str, Any], timeout: httpx.Timeout) -> httpx.Response:
        """Send a message; see `message_of`. The reply's body is still to be read.

        `httpx.Client` is left out: what it adds (cookies, redirects, authentication) is not wanted
        here, and costs as much as the rest of a call.
        """
        request = plain_request(message, timeout)
        response = self.handle_request(request)
        response.request = request
        return response

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` through one of the pools."""
        pool = self._dealer.take()
        try:
            response = pool.handle_request(request)
        except BaseException:
            self._dealer.give_back(pool)
            raise
        response.stream = _ReleasingStream(response.stream, lambda: self._dealer.give_back(pool))
        return response

    def close(self) -> None:
        """Close every connection."""
        for pool in self._dealer.pools():
            pool.close()


class AsyncPooledTransport(httpx.AsyncBaseTransport):
    """Asynchronous transport over many small pools."""

    def __init__(self, most_connections: int) -> None:
        self._dealer = Dealer(
            lambda size: httpx.AsyncHTTPTransport(
                verify=ssl_context(), limits=connection_limits(size)
            ),
            most_connections,
        )

    async def send(self, message: Mapping[str, Any], timeout: httpx.Timeout) -> httpx.Response:
        """Send a message, as `PooledTransport.send` does."""
        request = plain_request(message, timeout)
        response = await self.handle_async_request(request)
        response.request = request
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` through one of the pools."""
        pool = self._dealer.take()
        try:
            response = await pool.handle_async_request(request)
        except BaseException:
            self._dealer.give_back(pool)
            raise
        response.stream = _ReleasingStream(response.stream, lambda: self._dealer.give_back(pool))
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._dealer.pools():
            await pool.aclose()


class ClientLine:
    """An `httpx.Client` of the user's in place of our own pools; it is never closed here."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def send(self, message: Mapping[str, Any], timeout: httpx.Timeout) -> httpx.Response:
        """Send a message; see `message_of`. The reply's body is still to be read."""
        request = self._client.build_request(**message, timeout=timeout)
        return self._client.send(request, stream=True, auth=None, follow_redirects=False)


class AsyncClientLine:
    """An `httpx.AsyncClient` of the user's in place of our own pools."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, message: Mapping[str, Any], timeout: httpx.Timeout) -> httpx.Response:
        """Send a message, as `ClientLine.send` does."""
        request = self._client.build_request(**message, timeout=timeout)
        return await self._client.send(request, stream=True, auth=None, follow_redirects=False)


def plain_request(message: Mapping[str, Any], timeout: httpx.Timeout) -> httpx.Request:
    """Return the request of a message; its time limits may be changed until each is looked up.

    Its content goes as a stream, for which httpx adds no headers: adding them takes httpx half of
    the time in which it makes a request.
    """
    extensions = {**(message.get("extensions") or {}), "timeout": timeout.as_dict()}
    content = message.get("content")
    if content is None:
        return httpx.Request(**{**message, "extensions": extensions})
    url = message["url"]
    headers = {
        "host": url.netloc.decode("ascii"),
        **message["headers"],
        "content-length": str(len(content)),
    }
    stream = _Slices(content)
    return httpx.Request(
        message["method"], url, headers=headers, stream=stream, extensions=extensions
    )


class _Slices(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in slices: httpcore copies what is left of a piece each time it sends some."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), SLICE):
            yield self._content[start : start + SLICE]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece
