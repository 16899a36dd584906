"""A TCP or TLS connection of an asyncio loop, as httpcore reads and writes one.

httpcore's own goes through anyio, which serves other event loops as well: it pauses and resumes
the reading of the socket at each read, and starts a task for each connection. That was a sixth of
the CPU of an awaited call (`docs/decisions/0018-connections.md`).
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import anyio
import httpcore
from aiohappyeyeballs import start_connection

from core_302.net.blocking_stream import is_readable
from core_302.net.deadline import seconds_left, told
from core_302.net.look_up import is_address, look_up_awaited

MOST_UNREAD = 256 * 1024  # bytes that are buffered while nobody reads
FOREVER = 1e9  # seconds
NEXT_SECONDS = 0.25  # RFC 8305: when a host's next address is tried beside the first


async def connect(
    host: str,
    port: int,
    tls: ssl.SSLContext | None,
    name: str,
    timeout: float | None,  # noqa: ASYNC109 - httpcore's
) -> AsyncioStream:
    """Connect to a host.

    Args:
        host: Its name or IP address.
        port: Its port.
        tls: What to encrypt with, or None.
        name: The host that the certificate must be for.
        timeout: The time limit, look-up and handshake included; None for none.

    Raises:
        httpcore.ConnectTimeout: It took longer.
        httpcore.ConnectError: There is no such host, it refuses, or its certificate is not right.
    """
    loop = asyncio.get_running_loop()
    make = partial(
        loop.create_connection,
        lambda: AsyncioStream(loop, timeout),
        ssl=tls,
        server_hostname=name if tls else None,
    )
    with _connecting(timeout):
        if is_address(host):
            made = await make(host, port)
        else:
            # Not asyncio's own race of addresses: uvloop has none.
            found = await look_up_awaited(host, port)
            connected = await start_connection(found, happy_eyeballs_delay=NEXT_SECONDS)
            made = await make(sock=connected)
    stream: AsyncioStream = made[1]
    return stream


@contextmanager
def _connecting(timeout: float | None) -> Iterator[None]:
    try:
        # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes with the end.
        with anyio.fail_after(seconds_left(timeout)):
            yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(told(timeout)) from error
    # No host, no port, no such name; asyncio raises a TypeError when TLS in TLS is cancelled.
    except (OSError, ValueError, OverflowError, TypeError) as error:
        if not seconds_left(timeout):
            raise httpcore.ConnectTimeout(told(timeout)) from error
        raise httpcore.ConnectError(str(error)) from error


class AsyncioNetwork(httpcore.AsyncNetworkBackend):
    """Makes such connections for httpcore's own pools."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Any = None,  # noqa: ARG002
    ) -> AsyncioStream:
        """Connect to a host, as `connect` does."""
        return await connect(host, port, None, "", timeout)


class AsyncioStream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection; made by `connect`. It is read and written by one task at a time.

    No request begins while anything waits to be read that answers another: see `BlockingStream`.
    """

    _transport: asyncio.Transport

    def __init__(self, loop: asyncio.AbstractEventLoop, timeout: float | None) -> None:
        self._loop = loop
        self._timeout = timeout  # for a SOCKS handshake, which httpcore does not limit
        self._received = bytearray()
        self._answered = False  # the next write begins another request
        self._paused = False  # reading is paused until the reader catches up
        self._ended = False  # nothing more will be received
        self._lost = False  # nothing more can be sent
        self._error: Exception | None = None
        self._full = False  # writing is paused until the network catches up
        self._waiter: asyncio.Future[bool] | None = None

    # Callbacks of asyncio.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to write to."""
        self._transport = transport  # type: ignore[assignment] # a protocol for streams gets one

    def data_received(self, data: bytes) -> None:
        """Buffer received bytes, within limits."""
        self._received += data
        if len(self._received) > MOST_UNREAD and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Note that the server sends no more. The transport then closes itself."""
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end of the connection, and why."""
        self._ended = self._lost = True
        self._error = exc
        self._wake()

    def pause_writing(self) -> None:
        """Pause the writer."""
        self._full = True

    def resume_writing(self) -> None:
        """Resume the writer."""
        self._full = False
        self._wake()

    # The interface that httpcore calls.

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Return the received bytes; b"" at the end.

        Raises:
            httpcore.ReadTimeout: Nothing came in time.
            httpcore.ReadError: The connection broke.
        """
        self._answered = True
        timeout = self._timeout if timeout is None else timeout
        if (left := seconds_left(timeout)) <= 0:  # checked first: a flood ends in time as well
            raise httpcore.ReadTimeout(told(timeout))
        if not (self._received or self._ended):
            end = time.monotonic() + left
            while not (self._received or self._ended):
                if not await self._change(end):
                    raise httpcore.ReadTimeout(told(timeout))
        received = bytes(self._received[:max_bytes])
        del self._received[:max_bytes]
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        if self._error and not received:
            raise httpcore.ReadError(str(self._error)) from self._error
        return received

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        """Send `buffer`, and wait while too much of it is still unsent.

        Raises:
            httpcore.WriteTimeout: The server did not take it in time.
            httpcore.WriteError: The connection broke.
            httpcore.ConnectionNotAvailable: It begins a request, and something waits to be read.
        """
        if self._answered:
            if self._is_readable():
                raise httpcore.ConnectionNotAvailable
            self._answered = False
        timeout = self._timeout if timeout is None else timeout
        if (left := seconds_left(timeout)) <= 0:
            raise httpcore.WriteTimeout(told(timeout))
        if buffer and not self._transport.is_closing():
            self._transport.write(buffer)
        if self._full and not self._lost:
            end = time.monotonic() + left
            while self._full and not self._lost:
                if not await self._change(end):
                    raise httpcore.WriteTimeout(told(timeout))
        if self._transport.is_closing():
            raise httpcore.WriteError(str(self._error or "it was closed")) from self._error

    async def aclose(self) -> None:
        """Close at once: unsent and unread bytes are of no further use."""
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
    ) -> AsyncioStream:
        """Return the same connection, encrypted.

        Raises:
            httpcore.ConnectTimeout: The handshake took too long.
            httpcore.ConnectError: The connection broke, or the certificate is not right.
        """
        stream = AsyncioStream(self._loop, timeout)
        with _connecting(timeout):
            transport = await self._loop.start_tls(
                self._transport, stream, ssl_context, server_hostname=server_hostname
            )
        assert transport is not None, "the connection had not been closed"
        stream.connection_made(transport)
        return stream

    def get_extra_info(self, info: str) -> Any:
        """Return asyncio's facts about the connection, and whether there is something to read."""
        if info == "is_readable":
            return self._is_readable()
        return self._transport.get_extra_info(info)

    def _is_readable(self) -> bool:
        """Return whether something waits to be read, the end of the connection included."""
        known = self._received or self._ended or self._transport.is_closing()
        return bool(known) or is_readable(self._transport.get_extra_info("socket"))

    async def _change(self, end: float) -> bool:
        """Wait for anything to happen. Returns False if nothing did before `end`."""
        self._waiter = self._loop.create_future()
        left = min(max(end - time.monotonic(), 0.0), FOREVER)
        timer = self._loop.call_later(left, self._expire)
        try:
            return await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _wake(self) -> None:
        self._end_waiting(changed=True)

    def _expire(self) -> None:
        self._end_waiting(changed=False)

    def _end_waiting(self, *, changed: bool) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(changed)
