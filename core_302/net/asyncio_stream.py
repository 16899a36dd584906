"""A TCP or TLS connection of an asyncio loop, by Happy Eyeballs (RFC 8305) if a host has several.

httpcore's own goes through anyio, which serves other event loops as well: it pauses and resumes
the reading of the socket at each read, and starts a task for each connection. That was a sixth of
the CPU of an awaited call (`docs/decisions/0018-connections.md`).
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import anyio
import httpcore
from aiohappyeyeballs import start_connection

from core_302.net.blocking_stream import is_readable, tls_errors
from core_302.net.deadline import end_of, seconds_left, told
from core_302.net.handshakes import TlsLayer, run_steps_awaited
from core_302.net.look_up import is_address, look_up_awaited

MOST_UNREAD = 256 * 1024  # bytes that are buffered while nobody reads
FOREVER = 1e9  # seconds
NEXT_SECONDS = 0.25  # RFC 8305: when a host's next address is tried beside the first


async def connect(
    host: str,
    port: int,
    tls: ssl.SSLContext | None,
    name: str,
    timeout: float,  # noqa: ASYNC109 - httpcore's
) -> AsyncioStream:
    """Connect to a host.

    Args:
        host: Its name or IP address.
        port: Its port.
        tls: What to encrypt with, or None.
        name: The host that the certificate must be for.
        timeout: The time limit, look-up and handshake included.

    Raises:
        httpcore.ConnectTimeout: It took longer.
        httpcore.ConnectError: There is no such host, it refuses, or its certificate is not right.
    """
    loop = asyncio.get_running_loop()
    make = partial(
        loop.create_connection,
        lambda: AsyncioStream(loop),
        ssl=tls,
        server_hostname=name if tls else None,
    )
    async with connecting_awaited(timeout):
        if is_address(host):
            made = await make(host, port)
        else:
            # Not asyncio's own race of addresses: uvloop has none.
            found = await look_up_awaited(host, port)
            connected = await start_connection(found, happy_eyeballs_delay=NEXT_SECONDS)
            made = await make(sock=connected)
    stream: AsyncioStream = made[1]
    return stream


@asynccontextmanager
async def connecting_awaited(timeout: float) -> AsyncIterator[None]:  # noqa: ASYNC109
    """Turn the errors of what is done inside into those of connecting, within a time limit."""
    try:
        # Not `wait_for`: before Python 3.12 it forgets a cancellation that comes with the end.
        with anyio.fail_after(seconds_left(timeout)):
            yield
    except (TimeoutError, httpcore.TimeoutException) as error:
        raise httpcore.ConnectTimeout(told(timeout)) from error
    # No host, no port, no such name.
    except (OSError, ValueError, OverflowError, httpcore.NetworkError) as error:
        raise httpcore.ConnectError(str(error)) from error


class AsyncioStream(asyncio.Protocol):
    """One connection; made by `connect`. It is read and written by one task at a time.

    No request begins while anything waits to be read that answers another: see `BlockingStream`.
    """

    _transport: asyncio.Transport

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._received: bytes | bytearray = b""
        self._answered = False  # the next write begins another request
        self._paused = False  # reading is paused until the reader catches up
        self._ended = False  # nothing more will be received
        self._lost = False  # nothing more can be sent
        self._error: Exception | None = None
        self._full = False  # writing is paused until the network catches up
        self._waiter: asyncio.Future[bool] = loop.create_future()  # done when nobody waits
        self._waiter.set_result(True)
        self._end = 0.0  # when the waiter has waited long enough
        self._timer: asyncio.TimerHandle | None = None

    # Callbacks of asyncio.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to write to."""
        self._transport = transport  # type: ignore[assignment] # a protocol for streams gets one

    def data_received(self, data: bytes) -> None:
        """Buffer received bytes, within limits."""
        if not self._received:
            self._received = data
        elif isinstance(self._received, bytearray):
            self._received += data
        else:
            self._received = bytearray(self._received) + data
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
        if self._timer is not None:
            self._timer.cancel()
        self._wake()

    def pause_writing(self) -> None:
        """Pause the writer."""
        self._full = True

    def resume_writing(self) -> None:
        """Resume the writer."""
        self._full = False
        self._wake()

    # What reads and writes it.

    async def read(self, max_bytes: int, timeout: float) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Return the received bytes; b"" at the end.

        Raises:
            httpcore.ReadTimeout: Nothing came in time.
            httpcore.ReadError: The connection broke.
        """
        self._answered = True
        end = end_of(timeout)
        if end <= time.monotonic():  # checked first: a flood ends in time as well
            raise httpcore.ReadTimeout(told(timeout))
        while not (self._received or self._ended):
            if not await self._change(end):
                raise httpcore.ReadTimeout(told(timeout))
        received = bytes(self._received[:max_bytes])
        self._received = self._received[max_bytes:]
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        if self._error and not received:
            raise httpcore.ReadError(str(self._error)) from self._error
        return received

    async def write(self, buffer: bytes, timeout: float) -> None:  # noqa: ASYNC109 - httpcore's
        """Send `buffer`, and wait while too much of it is still unsent.

        Raises:
            httpcore.WriteTimeout: The server did not take it in time.
            httpcore.WriteError: The connection broke.
            httpcore.ConnectionNotAvailable: It begins a request, and something waits to be read.
        """
        if self._answered:
            if self.is_readable():
                raise httpcore.ConnectionNotAvailable
            self._answered = False
        end = end_of(timeout)
        if end <= time.monotonic():
            raise httpcore.WriteTimeout(told(timeout))
        if buffer and not self._transport.is_closing():
            self._transport.write(buffer)
        while self._full and not self._lost:
            if not await self._change(end):
                raise httpcore.WriteTimeout(told(timeout))
        if self._transport.is_closing():
            raise httpcore.WriteError(str(self._error or "it was closed")) from self._error

    async def aclose(self) -> None:
        """Close at once: unsent and unread bytes are of no further use."""
        self._transport.abort()

    async def encrypted(
        self,
        context: ssl.SSLContext,
        name: str,
        timeout: float,  # noqa: ASYNC109 - httpcore's
    ) -> AsyncTlsStream:
        """Return the same connection, encrypted, as `BlockingStream.encrypted` does.

        Not asyncio's way: before Python 3.11 it cannot encrypt what is encrypted, and in 3.11 a
        handshake inside of TLS that is cancelled raises a TypeError.
        """
        layer = TlsLayer(context, name)
        try:
            async with connecting_awaited(timeout):
                await run_steps_awaited(self, layer.handshake(), timeout)
        except BaseException:
            await self.aclose()
            raise
        return AsyncTlsStream(self, layer)

    def begin(self) -> None:
        """Let the next write begin a request: a handshake has read what it was told."""
        self._answered = False

    def is_readable(self) -> bool:
        """Return whether something waits to be read, the end of the connection included."""
        known = self._received or self._ended or self._transport.is_closing()
        return bool(known) or is_readable(self._transport.get_extra_info("socket"))

    def _change(self, end: float) -> asyncio.Future[bool]:
        """Return what waits for anything to happen. It is False if nothing did before `end`.

        One timer serves many waits: to make and to cancel one for each costs more than to wait.
        """
        self._end = end
        if self._timer is None or self._timer.when() > end:
            self._set_timer()
        waiter = self._waiter = self._loop.create_future()
        return waiter

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        left = min(max(self._end - time.monotonic(), 0.0), FOREVER)
        self._timer = self._loop.call_later(left, self._expire)

    def _wake(self) -> None:
        self._end_waiting(changed=True)

    def _expire(self) -> None:
        self._timer = None
        if not self._waiter.done() and time.monotonic() < self._end:
            self._set_timer()
        else:
            self._end_waiting(changed=False)

    def _end_waiting(self, *, changed: bool) -> None:
        if not self._waiter.done():
            self._waiter.set_result(changed)


class AsyncTlsStream:
    """TLS over a stream that is connected already: the same methods."""

    def __init__(self, outer: AsyncioStream, layer: TlsLayer) -> None:
        self._outer = outer
        self._layer = layer
        self._answered = False

    async def read(self, max_bytes: int, timeout: float) -> bytes:  # noqa: ASYNC109
        """Do the same as `AsyncioStream.read`."""
        self._answered = True
        with tls_errors(httpcore.ReadError):
            return await run_steps_awaited(self._outer, self._layer.read(max_bytes), timeout)

    async def write(self, buffer: bytes, timeout: float) -> None:  # noqa: ASYNC109
        """Do the same as `AsyncioStream.write`."""
        if self._answered and (self._outer.is_readable() or self._layer.holds_back()):
            raise httpcore.ConnectionNotAvailable
        self._answered = False
        with tls_errors(httpcore.WriteError):
            await run_steps_awaited(self._outer, self._layer.write(buffer), timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._outer.aclose()
