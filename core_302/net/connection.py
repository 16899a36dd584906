"""One HTTP/1.1 connection over a stream: a request out, its response in, blocking and awaited.

What is sent and how a response is read stands in `http11.py`. The body's deadline is looked up
anew at each read, for a stream's changes once it has begun.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import httpcore
import httpx

from core_302.net.asyncio_stream import AsyncioStream, AsyncTlsStream
from core_302.net.blocking_stream import BlockingStream, TlsStream
from core_302.net.handshakes import READ_SIZE, Proxy
from core_302.net.http11 import ResponseReader, request_head

BODY = "core_302_body"  # the extension of a response by which its body is found


class Route(NamedTuple):
    """Where a connection leads. One is used again for requests of the same route only."""

    scheme: bytes
    host: bytes
    port: int
    certified: str | None  # whom the certificate must be for, if not the host
    proxy: Proxy | None

    @property
    def name(self) -> str:
        """The host that the certificate must be for."""
        return self.certified or self.host.decode("ascii")

    @property
    def forwarded(self) -> bool:
        """Whether a proxy reads the requests: those of http:// through an HTTP proxy."""
        return self.proxy is not None and self.scheme == b"http" and not self.proxy.is_socks

    def head(self, request: httpcore.Request) -> bytes:
        """Return the head of a request, as whoever reads it here wants it."""
        target, headers = request.url.target, request.headers
        if self.forwarded:
            assert self.proxy
            host = next(value for name, value in headers if name.lower() == b"host")
            target = b"http://%s%s" % (host, target)
            headers = [*headers, *self.proxy.authorization]
        return request_head(request.method, target, headers)


class _Exchanges:
    """What both kinds of connections remember of their last exchange."""

    reader: ResponseReader

    @property
    def can_go_on(self) -> bool:
        """Whether the connection can carry another request.

        What came behind a complete response would be read as the answer to the next one. What
        comes later is found before that request begins: see `BlockingStream`.
        """
        return self.reader.can_go_on

    def response(self, body: Any) -> httpcore.Response:
        """Return the response whose head has come."""
        reader = self.reader
        extensions = {
            "http_version": b"HTTP/1." + reader.version,
            "reason_phrase": reader.reason,
            BODY: body,
        }
        return httpcore.Response(
            reader.status, headers=reader.headers, content=body, extensions=extensions
        )


class Connection(_Exchanges):
    """A blocking connection."""

    def __init__(self, route: Route, stream: BlockingStream | TlsStream) -> None:
        self.route = route
        self._stream = stream

    def send(self, request: httpcore.Request) -> None:
        """Send `request`, and receive the head of its response.

        Raises:
            httpcore.ConnectionNotAvailable: Something waits to be read that answers another.
        """
        timeouts: Any = request.extensions["timeout"]
        write, read = timeouts["write"], timeouts["read"]
        reader = self.reader = ResponseReader()
        # A server may answer before it has read all, and close.
        with suppress(httpcore.WriteError):
            self._stream.write(self.route.head(request), write)
            for piece in request.stream:  # type: ignore[union-attr]
                self._stream.write(piece, write)
        while not reader.feed_head(self._stream.read(READ_SIZE, read)):
            pass

    def receive(self, timeout: float) -> list[bytes]:
        """Return the next bytes of the body; none may have come."""
        self.reader.check()
        data = self._stream.read(READ_SIZE, timeout)
        return self.reader.feed(data, ended=not data)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()


class AsyncConnection(_Exchanges):
    """An awaited connection. To close it never waits, so that nothing can cancel it."""

    def __init__(self, route: Route, stream: AsyncioStream | AsyncTlsStream) -> None:
        self.route = route
        self._stream = stream

    async def send(self, request: httpcore.Request) -> None:
        """Do the same as `Connection.send`."""
        timeouts: Any = request.extensions["timeout"]
        write, read = timeouts["write"], timeouts["read"]
        reader = self.reader = ResponseReader()
        with suppress(httpcore.WriteError):
            await self._stream.write(self.route.head(request), write)
            async for piece in request.stream:  # type: ignore[union-attr]
                await self._stream.write(piece, write)
        while not reader.feed_head(await self._stream.read(READ_SIZE, read)):
            pass

    async def receive(self, timeout: float) -> list[bytes]:
        """Do the same as `Connection.receive`."""
        self.reader.check()
        data = await self._stream.read(READ_SIZE, timeout)
        return self.reader.feed(data, ended=not data)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()


class Body(httpx.SyncByteStream):
    """A response's body. When it is closed, `release` gets its connection, once.

    What one read brings leaves together, however many chunks of HTTP it was: see `AnswerChunks`.
    """

    def __init__(
        self,
        connection: Connection,
        request: httpcore.Request,
        release: Callable[[Connection], bool],
    ) -> None:
        self._connection: Connection | None = connection
        self._timeouts: Any = request.extensions["timeout"]
        self._release = release
        self.begun = False

    def __iter__(self) -> Iterator[bytes]:
        self.begun = True
        connection = self._connection
        assert connection, "a body is read before it is closed"
        if begun := b"".join(connection.reader.feed(b"")):
            yield begun
        while not connection.reader.complete:
            if came := b"".join(connection.receive(self._timeouts["read"])):
                yield came

    def close(self) -> None:
        """Close the body; a second time does nothing."""
        connection, self._connection = self._connection, None
        if connection is not None and not self._release(connection):
            connection.close()


class AsyncBody(httpx.AsyncByteStream):
    """The same, awaited."""

    def __init__(
        self,
        connection: AsyncConnection,
        request: httpcore.Request,
        release: Callable[[AsyncConnection], bool],
    ) -> None:
        self._connection: AsyncConnection | None = connection
        self._timeouts: Any = request.extensions["timeout"]
        self._release = release
        self.begun = False
        self._behind_head = False  # what came with the head has been read

    # Not a generator: one more would be resumed for each token.
    def __aiter__(self) -> AsyncIterator[bytes]:
        self.begun = True
        return self

    async def __anext__(self) -> bytes:
        connection = self._connection
        assert connection, "a body is read before it is closed"
        if not self._behind_head:
            self._behind_head = True
            if begun := b"".join(connection.reader.feed(b"")):
                return begun
        while not connection.reader.complete:
            if came := b"".join(await connection.receive(self._timeouts["read"])):
                return came
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Close the body; a second time does nothing."""
        connection, self._connection = self._connection, None
        if connection is not None and not self._release(connection):
            await connection.aclose()
