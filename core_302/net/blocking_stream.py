"""Blocking TCP and TLS connections, as httpcore reads and writes them, within deadlines.

No request begins while anything waits to be read that answers another, and no read, write,
handshake or look-up outlasts its deadline, which is checked before every wait.
"""

from __future__ import annotations

import select
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import httpcore

from core_302.net.deadline import seconds_left, told
from core_302.net.look_up import look_up

Result = TypeVar("Result")
LARGEST_RECORD = 64 * 1024  # bytes that are taken from the outer TLS at once


class BlockingStream(httpcore.NetworkStream):
    """One connection.

    The rule about requests is checked where the first byte of one is written: an earlier check
    cannot know what arrives until then.
    """

    def __init__(self, connection: Any, timeout: float | None) -> None:
        self._socket = connection
        self._timeout = timeout  # for a SOCKS handshake, which httpcore does not limit
        self._answered = False  # the next write begins another request

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return the received bytes; b"" at the end.

        Raises:
            httpcore.ReadTimeout: Nothing came in time.
            httpcore.ReadError: The connection broke.
        """
        self._answered = True
        timeout = self._timeout if timeout is None else timeout
        try:
            wait_at_most(self._socket, seconds_left(timeout))
            return bytes(self._socket.recv(max_bytes))
        except TimeoutError as error:
            raise httpcore.ReadTimeout(told(timeout)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send `buffer`.

        Raises:
            httpcore.WriteTimeout: The server did not take it in time.
            httpcore.WriteError: The connection broke.
            httpcore.ConnectionNotAvailable: It begins a request, and something waits to be read.
        """
        if self._answered:
            if is_readable(self._socket) or self._holds_back():
                raise httpcore.ConnectionNotAvailable
            self._answered = False
        timeout = self._timeout if timeout is None else timeout
        end = time.monotonic() + seconds_left(timeout)
        rest = memoryview(buffer)
        try:
            while rest:
                wait_at_most(self._socket, end - time.monotonic())
                rest = rest[self._socket.send(rest) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(told(timeout)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> BlockingStream:
        """Return the same connection, encrypted.

        Raises:
            httpcore.ConnectTimeout: The handshake took too long.
            httpcore.ConnectError: The connection broke, or the certificate is not right.
        """
        seconds = seconds_left(timeout)

        def encrypted() -> Any:
            if isinstance(self._socket, ssl.SSLSocket):
                return TlsInTls(self._socket, ssl_context, server_hostname, seconds)
            wait_at_most(self._socket, seconds)
            return ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)

        try:
            return BlockingStream(_connecting(encrypted, timeout), timeout)
        except BaseException:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        """Return the socket, or whether there is something to read."""
        if info == "is_readable":
            return is_readable(self._socket)
        return self._socket if info == "socket" else None

    def _holds_back(self) -> bool:
        """Return whether TLS inside TLS holds data to read that has left the socket already.

        TLS over a socket reads no more from it than was requested.
        """
        return isinstance(self._socket, TlsInTls) and self._socket.holds_back()


class BlockingNetwork(httpcore.SyncBackend):
    """Makes such connections."""

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> BlockingStream:
        """Connect to a host.

        Raises:
            httpcore.ConnectTimeout: It took too long, the look-up included.
            httpcore.ConnectError: There is no such host, or it refuses.
        """
        return BlockingStream(
            _connecting(lambda: _connected(host, port, timeout), timeout), timeout
        )


def wait_at_most(connection: socket.socket, seconds: float) -> None:
    """Limit the next operation of `connection`.

    Raises:
        TimeoutError: The deadline has passed.
    """
    if seconds <= 0:
        raise TimeoutError
    connection.settimeout(min(seconds, threading.TIMEOUT_MAX))


def is_readable(connection: socket.socket) -> bool:
    """Return whether a socket has something to read, the end of the connection included."""
    descriptor = connection.fileno()
    if descriptor < 0:  # it was closed
        return True
    if sys.platform == "win32":  # pragma: no cover
        return bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def _connecting(connect: Callable[[], Result], timeout: float | None) -> Result:
    try:
        return connect()
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(told(timeout)) from error
    except (OSError, ValueError, OverflowError) as error:  # no host, no port, no such name
        raise httpcore.ConnectError(str(error)) from error


def _connected(host: str, port: int, timeout: float | None) -> socket.socket:
    """Return a socket to the first address that answers; each has its share of the time."""
    found = look_up(host, port, seconds_left(timeout))
    failed: OSError = OSError(f"{host} has no address")
    for number, (family, kind, protocol, _, address) in enumerate(found):
        connection = socket.socket(family, kind, protocol)
        try:
            wait_at_most(connection, seconds_left(timeout) / (len(found) - number))
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connection.close()
            failed = error
        except BaseException:  # a port that is none, Ctrl-C
            connection.close()
            raise
        else:
            return connection
    raise failed


class TlsInTls:
    """TLS inside TLS, which `ssl` offers over buffers only, with the socket methods used here."""

    def __init__(
        self, outer: ssl.SSLSocket, context: ssl.SSLContext, name: str | None, seconds: float
    ) -> None:
        self._outer = outer
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self.settimeout(seconds)
        self._done(self._tls.do_handshake)

    def settimeout(self, seconds: float) -> None:
        """Limit the next operation."""
        self._end = time.monotonic() + seconds

    def recv(self, size: int) -> bytes:
        """Return the received bytes; b"" at the end."""
        with suppress(ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return self._done(lambda: self._tls.read(size))
        return b""

    def send(self, data: memoryview) -> int:
        """Send some of `data`, and return how much."""
        return self._done(lambda: self._tls.write(data))

    def holds_back(self) -> bool:
        """Return whether something to read has left the outer socket already."""
        try:
            self._tls.read(1)
        except ssl.SSLError as error:
            return not isinstance(error, ssl.SSLWantReadError)
        return True

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._outer.fileno()

    def close(self) -> None:
        """Close the connection."""
        self._outer.close()

    def _done(self, work: Callable[[], Result]) -> Result:
        """Return the result of `work`, sending and receiving as it needs."""
        while True:
            try:
                result = work()
            except ssl.SSLWantReadError:
                self._send_out()
                self._take_in()
            else:
                self._send_out()
                return result

    def _send_out(self) -> None:
        rest = memoryview(self._outgoing.read())
        while rest:
            self._limit()
            rest = rest[self._outer.send(rest) :]

    def _take_in(self) -> None:
        self._limit()
        if received := self._outer.recv(LARGEST_RECORD):
            self._incoming.write(received)
        else:
            self._incoming.write_eof()

    def _limit(self) -> None:
        wait_at_most(self._outer, self._end - time.monotonic())
