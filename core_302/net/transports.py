"""Transports to the gateway over httpx: our own connections, or the user's client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import anyio
import httpcore
import httpx

from core_302.net.connection import BODY
from core_302.net.connection_pool import AsyncConnectionPool, ConnectionPool, ssl_context
from core_302.net.deadline import Deadline
from core_302.net.undocumented import is_replaced, set_pool

SLICE = 256 * 1024  # bytes of a body that are handed to httpcore at once


class PooledTransport(httpx.HTTPTransport):
    """Blocking transport over our own pool of connections.

    It stays a transport of httpx, so that what watches or replaces those in tests (vcrpy,
    pytest-httpx, respx, OpenTelemetry) finds it.
    """

    def __init__(self, most_connections: int, *, proxied: bool = False) -> None:
        # In place of httpx's constructor, which makes a pool of httpcore's and its SSL context.
        self.pool = _Pool(most_connections, proxied=proxied)
        set_pool(self, self.pool)

    def send(self, message: Mapping[str, Any], limits: httpx.Timeout) -> httpx.Response:
        """Send a message; see `message_of`. The response's body is still to be read.

        `httpx.Client` is left out: what it adds (cookies, redirects, authentication) is not wanted
        here, and costs as much as the rest of a call.
        """
        request = plain_request(message, limits)
        if is_replaced(httpx.Client, "_transport_for_url"):
            return httpx.Client(transport=self, trust_env=False).send(request, stream=True)
        response = self.handle_request(request)
        response.request = request
        _unwrap(response)
        return response


class AsyncPooledTransport(httpx.AsyncHTTPTransport):
    """Awaited transport over our own pool of connections."""

    def __init__(self, most_connections: int, *, proxied: bool = False) -> None:
        self.pool = _AsyncPool(most_connections, proxied=proxied)
        set_pool(self, self.pool)

    async def send(self, message: Mapping[str, Any], limits: httpx.Timeout) -> httpx.Response:
        """Send a message, as `PooledTransport.send` does."""
        request = plain_request(message, limits)
        if is_replaced(httpx.AsyncClient, "_transport_for_url"):
            client = httpx.AsyncClient(transport=self, trust_env=False)
            return await client.send(request, stream=True)
        response = await self.handle_async_request(request)
        response.request = request
        _unwrap(response)
        return response


class _Pool(ConnectionPool):
    """Our own pool, unless a test has replaced httpcore's, as respx does.

    What such a test lets pass goes over a connection of httpcore's, which is closed after it.
    """

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        if is_replaced(httpcore.ConnectionPool, "handle_request"):
            replaced = httpcore.ConnectionPool(ssl_context(), max_keepalive_connections=0)
            return replaced.handle_request(request)
        return super().handle_request(request)


class _AsyncPool(AsyncConnectionPool):
    """The same, awaited."""

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        if is_replaced(httpcore.AsyncConnectionPool, "handle_async_request"):
            replaced = httpcore.AsyncConnectionPool(ssl_context(), max_keepalive_connections=0)
            return await replaced.handle_async_request(request)
        return await super().handle_async_request(request)


def _unwrap(response: httpx.Response) -> None:
    """Read a response's body from its connection: httpx's wrapper costs as much as the reading.

    Not a body that something in between has read already, as vcrpy does.
    """
    body = response.extensions.get(BODY)
    if body is not None and not body.begun:
        response.stream = body


class ClientTransport:
    """The user's own `httpx.Client` in place of our own pools; it is never closed here.

    Its reads and writes cannot be cancelled: deadlines are checked between the chunks of a body.
    """

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def send(self, message: Mapping[str, Any], limits: httpx.Timeout) -> httpx.Response:
        """Send a message; see `message_of`. The reply's body is still to be read."""
        request = self._client.build_request(**message, timeout=limits)
        response = self._client.send(request, stream=True, auth=None, follow_redirects=False)
        response.stream = LimitedBody(response)
        return response


class AsyncClientTransport:
    """The user's own `httpx.AsyncClient` in place of our own pools.

    Its waits are cancelled at their deadlines.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, message: Mapping[str, Any], limits: httpx.Timeout) -> httpx.Response:
        """Send a message, as `ClientTransport.send` does."""
        request = self._client.build_request(**message, timeout=limits)
        with _within(request):
            response = await self._client.send(
                request, stream=True, auth=None, follow_redirects=False
            )
        response.stream = AsyncLimitedBody(response)
        return response


class LimitedBody(httpx.SyncByteStream):
    """A body whose deadline is checked after each of its chunks."""

    def __init__(self, response: httpx.Response) -> None:
        self._inner: Any = response.stream
        self._request = response.request

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._inner:
            yield piece
            _deadline(self._request).check()

    def close(self) -> None:
        """Close the body."""
        self._inner.close()


class AsyncLimitedBody(httpx.AsyncByteStream):
    """A body that is read until its deadline."""

    def __init__(self, response: httpx.Response) -> None:
        self._inner: Any = response.stream
        self._request = response.request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = aiter(self._inner)
        while True:
            with _within(self._request):
                piece = await anext(pieces, None)
            if piece is None:
                return
            yield piece

    async def aclose(self) -> None:
        """Close the body."""
        await self._inner.aclose()


def _deadline(request: httpx.Request) -> Deadline:
    """Return the deadline of the response to `request`."""
    deadline: Deadline = request.extensions["timeout"]["read"]
    return deadline


@contextmanager
def _within(request: httpx.Request) -> Iterator[None]:
    deadline = _deadline(request)
    try:
        with anyio.fail_after(deadline.left()):
            yield
    except TimeoutError as error:
        raise httpx.ReadTimeout(deadline.told) from error


def plain_request(message: Mapping[str, Any], limits: httpx.Timeout) -> httpx.Request:
    """Return the request of a message; its time limits may be changed until each is looked up.

    Its content goes as a stream, for which httpx adds no headers: adding them takes httpx half of
    the time in which it makes a request.
    """
    extensions = {**(message.get("extensions") or {}), "timeout": limits.as_dict()}
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
    """A body in slices, so that each has the limit of a write for itself."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), SLICE):
            yield self._content[start : start + SLICE]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece
