"""Blocking TCP and TLS connections, within deadlines.

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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import httpcore

from core_302.net.deadline import seconds_left, told
from core_302.net.handshakes import TlsLayer, run_steps
from core_302.net.look_up import look_up

Result = TypeVar("Result")


class BlockingStream:
    """One connection.

    The rule about requests is checked where the first byte of one is written: an earlier check
    cannot know what arrives until then.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._answered = False  # the next write begins another request

    def read(self, max_bytes: int, timeout: float) -> bytes:
        """Return the received bytes; b"" at the end.

        Raises:
            httpcore.ReadTimeout: Nothing came in time.
            httpcore.ReadError: The connection broke.
        """
        self._answered = True
        try:
            wait_at_most(self._socket, seconds_left(timeout))
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(told(timeout)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float) -> None:
        """Send `buffer`.

        Raises:
            httpcore.WriteTimeout: The server did not take it in time.
            httpcore.WriteError: The connection broke.
            httpcore.ConnectionNotAvailable: It begins a request, and something waits to be read.
        """
        if self._answered:
            if is_readable(self._socket):
                raise httpcore.ConnectionNotAvailable
            self._answered = False
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

    def encrypted(
        self, context: ssl.SSLContext, name: str, timeout: float
    ) -> BlockingStream | TlsStream:
        """Return the same connection, encrypted.

        Raises:
            httpcore.ConnectTimeout: The handshake took too long.
            httpcore.ConnectError: The connection broke, or the certificate is not right.
        """

        def shaken() -> BlockingStream | TlsStream:
            if isinstance(self._socket, ssl.SSLSocket):  # `ssl` cannot wrap one once more
                layer = TlsLayer(context, name)
                run_steps(self, layer.handshake(), timeout)
                return TlsStream(self, layer)
            wait_at_most(self._socket, seconds_left(timeout))
            return BlockingStream(context.wrap_socket(self._socket, server_hostname=name))

        try:
            return connecting(shaken, timeout)
        except BaseException:
            self.close()
            raise

    def is_readable(self) -> bool:
        """Return whether something waits to be read, the end of the connection included."""
        return is_readable(self._socket)

    def begin(self) -> None:
        """Let the next write begin a request: a handshake has read what it was told."""
        self._answered = False


class TlsStream:
    """TLS inside TLS: the same methods, over a stream that is encrypted already."""

    def __init__(self, outer: BlockingStream, layer: TlsLayer) -> None:
        self._outer = outer
        self._layer = layer
        self._answered = False

    def read(self, max_bytes: int, timeout: float) -> bytes:
        """Do the same as `BlockingStream.read`."""
        self._answered = True
        with tls_errors(httpcore.ReadError):
            return run_steps(self._outer, self._layer.read(max_bytes), timeout)

    def write(self, buffer: bytes, timeout: float) -> None:
        """Do the same as `BlockingStream.write`."""
        if self._answered and (self._outer.is_readable() or self._layer.holds_back()):
            raise httpcore.ConnectionNotAvailable
        self._answered = False
        with tls_errors(httpcore.WriteError):
            run_steps(self._outer, self._layer.write(buffer), timeout)

    def close(self) -> None:
        """Close the connection."""
        self._outer.close()


def connect(host: str, port: int, timeout: float) -> BlockingStream:
    """Connect to a host.

    Raises:
        httpcore.ConnectTimeout: It took too long, the look-up included.
        httpcore.ConnectError: There is no such host, or it refuses.
    """
    return BlockingStream(connecting(lambda: _connected(host, port, timeout), timeout))


@contextmanager
def tls_errors(kind: type[httpcore.NetworkError]) -> Iterator[None]:
    """Raise TLS's own errors as `kind`."""
    try:
        yield
    except ssl.SSLError as error:
        raise kind(str(error)) from error


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


def connecting(connect: Callable[[], Result], timeout: float) -> Result:
    """Return the result of `connect`, whose errors become those of connecting."""
    try:
        return connect()
    except (TimeoutError, httpcore.TimeoutException) as error:
        raise httpcore.ConnectTimeout(told(timeout)) from error
    # No host, no port, no such name.
    except (OSError, ValueError, OverflowError, httpcore.NetworkError) as error:
        raise httpcore.ConnectError(str(error)) from error


def _connected(host: str, port: int, timeout: float) -> socket.socket:
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
