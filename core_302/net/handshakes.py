"""What is said on a connection before HTTP: to a proxy (CONNECT, SOCKS5), and TLS over any stream.

No I/O: each is a generator of steps (bytes to send, whether to receive), which `run_steps` and
`run_steps_awaited` run over a stream. So blocking and awaited connections share every word of it.
"""

from __future__ import annotations

import base64
import ipaddress
import ssl
import urllib.parse
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, NamedTuple, TypeVar

import httpcore

from core_302.net.http11 import REFUSED, ResponseReader, request_head

Result = TypeVar("Result")
Steps = Generator[tuple[bytes, bool], bytes, Result]

READ_SIZE = 64 * 1024  # bytes
PROXY_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
SOCKS_SUCCEEDED = 0
SOCKS_KINDS = {4: 1, 6: 4}  # of addresses, by the version of IP
SOCKS_ERRORS = (
    "succeeded",
    "general failure",
    "not allowed by its rules",
    "network unreachable",
    "host unreachable",
    "connection refused",
)


class Proxy(NamedTuple):
    """A proxy: where it is, and who asks it."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    @classmethod
    def of(cls, address: str) -> Proxy:
        """Read the address of a proxy.

        Raises:
            ValueError: It is not a valid one.
        """
        parts = urllib.parse.urlsplit(address)
        if parts.scheme not in PROXY_PORTS or not parts.hostname:
            raise ValueError("no proxy's address")
        parts.hostname.encode("idna")
        user = urllib.parse.unquote(parts.username or "")
        password = urllib.parse.unquote(parts.password or "")
        port = parts.port or PROXY_PORTS[parts.scheme]
        return cls(parts.scheme, parts.hostname, port, user, password)

    def __repr__(self) -> str:
        return f"Proxy({self.scheme}://***)"

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS5."""
        return self.scheme.startswith("socks")

    @property
    def authorization(self) -> list[tuple[bytes, bytes]]:
        """The header that tells it who asks."""
        if not (self.user or self.password):
            return []
        said = base64.b64encode(f"{self.user}:{self.password}".encode())
        return [(b"Proxy-Authorization", b"Basic " + said)]

    def connecting(self, host: str, port: int) -> Steps[None]:
        """Return the steps of connecting to a host through it."""
        return _socks5(self, host, port) if self.is_socks else _connect(self, host, port)


def _connect(proxy: Proxy, host: str, port: int) -> Steps[None]:
    name = f"[{host}]" if ":" in host else host
    target = f"{name}:{port}".encode()
    head = request_head(b"CONNECT", target, [(b"Host", target), *proxy.authorization])
    reader = ResponseReader(connect=True)
    try:
        while not reader.feed_head((yield head, True)):
            head = b""
    except httpcore.RemoteProtocolError as error:
        raise httpcore.ProxyError(str(error)) from error
    if reader.status >= REFUSED:
        raise httpcore.ProxyError(f"{reader.status} {reader.reason.decode('latin-1')}")
    if not reader.nothing_left:
        raise httpcore.ProxyError("It sent more than its answer to CONNECT.")


def _socks5(proxy: Proxy, host: str, port: int) -> Steps[None]:
    """Connect as RFC 1928 says, with the user name and password of RFC 1929."""
    method = 2 if proxy.user or proxy.password else 0
    answer = yield from _answer(bytes([5, 1, method]), 2)
    if answer != bytes([5, method]):
        raise httpcore.ProxyError("It is not SOCKS5, or wants another kind of authentication.")
    if method:
        user, password = proxy.user.encode(), proxy.password.encode()
        said = bytes([1, len(user)]) + user + bytes([len(password)]) + password
        answer = yield from _answer(said, 2)
        if answer[1] != SOCKS_SUCCEEDED:
            raise httpcore.ProxyError("It rejects the user name and password.")
    said = bytes([5, 1, 0]) + _socks_address(host) + port.to_bytes(2, "big")
    answer = yield from _answer(said, 5)
    if answer[1] != SOCKS_SUCCEEDED:
        why = SOCKS_ERRORS[answer[1]] if answer[1] < len(SOCKS_ERRORS) else f"code {answer[1]}"
        raise httpcore.ProxyError(f"It does not connect: {why}.")
    size = {1: 4, 3: 1 + answer[4], 4: 16}.get(answer[3], 4)
    rest = 4 + size + 2 - len(answer)
    if rest > 0:
        yield from _answer(b"", rest)


def _socks_address(host: str) -> bytes:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.encode()
        return bytes([3, len(name)]) + name
    return bytes([SOCKS_KINDS[address.version]]) + address.packed


def _answer(said: bytes, size: int) -> Steps[bytes]:
    """Send `said` and return the answer, of at least `size` bytes.

    A proxy says no more than it is asked, so that what comes belongs to this answer.
    """
    answer = b""
    while len(answer) < size:
        received = yield said, True
        said = b""
        if not received:
            raise httpcore.ProxyError("It closed the connection.")
        answer += received
    return answer


class TlsLayer:
    """TLS over a stream of any kind; its methods return steps."""

    def __init__(self, context: ssl.SSLContext, name: str) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)

    def handshake(self) -> Steps[None]:
        """Return the steps of the handshake."""
        return self._done(self._tls.do_handshake)

    def read(self, size: int) -> Steps[bytes]:
        """Return the steps of reading; b"" at the end."""
        try:
            return (yield from self._done(partial(self._tls.read, size)))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    def write(self, data: bytes) -> Steps[None]:
        """Return the steps of writing all of `data`."""
        rest = memoryview(data)
        while rest:
            written = yield from self._done(partial(self._tls.write, rest))
            rest = rest[written:]

    def holds_back(self) -> bool:
        """Return whether something to read has left the stream below already."""
        try:
            self._tls.read(1)
        except ssl.SSLError as error:
            return not isinstance(error, ssl.SSLWantReadError)
        return True

    def _done(self, work: Callable[[], Result]) -> Steps[Result]:
        while True:
            try:
                result = work()
            except ssl.SSLWantReadError:
                if received := (yield self._outgoing.read(), True):
                    self._incoming.write(received)
                else:
                    self._incoming.write_eof()
            else:
                if self._outgoing.pending:
                    yield self._outgoing.read(), False
                return result


def run_steps(stream: Any, steps: Steps[Result], timeout: float) -> Result:
    """Run steps over a blocking stream, and return their result."""
    received: Any = None
    try:
        while True:
            said, wants = steps.send(received)
            if said:
                stream.begin()
                stream.write(said, timeout)
            received = stream.read(READ_SIZE, timeout) if wants else b""
    except StopIteration as stop:
        result: Result = stop.value
        return result


async def run_steps_awaited(
    stream: Any,
    steps: Steps[Result],
    timeout: float,
) -> Result:
    """Do the same as `run_steps` over an awaited stream."""
    received: Any = None
    try:
        while True:
            said, wants = steps.send(received)
            if said:
                stream.begin()
                await stream.write(said, timeout)
            received = await stream.read(READ_SIZE, timeout) if wants else b""
    except StopIteration as stop:
        result: Result = stop.value
        return result
