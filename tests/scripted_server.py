"""A server on a real socket that answers byte for byte what a test tells it, well or badly.

It reads requests properly, remembers them, and then sends, stalls, closes or resets as scripted.
"""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO


class Close:
    """End the connection, politely, in the middle of whatever is going on."""


class Reset:
    """End the connection with a TCP reset."""


class Stall:
    """Send nothing more until the client gives up or the test is over."""


@dataclass(frozen=True)
class Wait:
    """Send nothing for some seconds, and then go on."""

    seconds: float


@dataclass(frozen=True)
class Every:
    """Send `piece` every `seconds`, until the client gives up or the test is over."""

    piece: bytes
    seconds: float


@dataclass(frozen=True)
class Later:
    """Send `piece`, or the end of the connection, when the test says so."""

    piece: bytes | type[Close]
    told: threading.Event = field(default_factory=threading.Event)
    sent: threading.Event = field(default_factory=threading.Event)

    def arrive(self) -> None:
        """Return when the piece is on its way, which on this machine is no way at all."""
        self.told.set()
        assert self.sent.wait(30)


@dataclass(frozen=True)
class OnePacket:
    """Send `pieces` in one packet, each a TLS record of its own if there is TLS."""

    pieces: tuple[bytes, ...]


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Script:
    """What the server does, reply by reply; the last reply is repeated."""

    replies: list[list[object]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    tunnels: list[bytes] = field(default_factory=list)
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    closed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, *replies: list[object]) -> None:
        """Answer the next requests with `replies`, lists of bytes, Close, Reset, Stall, Every."""
        self.replies = list(replies)

    def next_reply(self, request: Seen) -> list[object]:
        self.asked.release()
        with self.lock:
            self.seen.append(request)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def reply(
    status: int = 200,
    body: Any = b"",
    *,
    headers: Mapping[str, str] | tuple[()] = (),
    media_type: str = "application/json",
) -> list[object]:
    """Return the bytes of a whole reply; a body that is no bytes is written as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} Said",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(content)}",
        *[f"{name}: {value}" for name, value in dict(headers).items()],
    ]
    return ["\r\n".join(lines).encode() + b"\r\n\r\n" + content]


def stream(
    *pieces: object,
    headers: Mapping[str, str] | tuple[()] = (),
    end: bool = True,
    media_type: str = "text/event-stream",
) -> list[object]:
    """Return a chunked reply whose body comes in `pieces` (bytes, Close, Reset, Stall, Every)."""
    lines = [
        "HTTP/1.1 200 OK",
        f"Content-Type: {media_type}",
        "Transfer-Encoding: chunked",
        *[f"{name}: {value}" for name, value in dict(headers).items()],
    ]
    steps: list[object] = ["\r\n".join(lines).encode() + b"\r\n\r\n"]
    steps += [_chunked(piece) for piece in pieces]
    return [*steps, b"0\r\n\r\n"] if end else [*steps, Close]


def _chunked(piece: object) -> object:
    if isinstance(piece, Every):
        return Every(b"%x\r\n%s\r\n" % (len(piece.piece), piece.piece), piece.seconds)
    return b"%x\r\n%s\r\n" % (len(piece), piece) if isinstance(piece, bytes) else piece


def frame(value: Any) -> bytes:
    """Return one event of a stream."""
    return b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"


def chunk(text: str | None = None, *, finish: str | None = None, **more: Any) -> bytes:
    """Return one event of a streamed chat completion; `choice=` adds to its choice."""
    delta: dict[str, Any] = {} if text is None else {"content": text}
    delta |= more.pop("delta", {})
    choice = {"index": 0, "delta": delta, "finish_reason": finish, **more.pop("choice", {})}
    return frame({"id": "c1", "model": "m1", "choices": [choice], "usage": None, **more})


DONE = b"data: [DONE]\n\n"


def completion(
    text: str | None = "Hello",
    *,
    finish: str | None = "stop",
    message: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return the body of a whole chat completion; `choice=` adds to its choice."""
    said = {"role": "assistant", "content": text, **(message or {})}
    choice = {"index": 0, "message": said, "finish_reason": finish, **more.pop("choice", {})}
    return {"id": "c1", "model": "m1", "choices": [choice], **more}


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        script = self.server.script
        with script.lock:
            script.connections += 1
        self.request.settimeout(30)
        # Nothing waits for what was sent before to be acknowledged.
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.server.tunnel:
            script.tunnels.append(_head(self.request))
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if self.server.tls is None:
            self._talk(script)
            return
        with (
            suppress(OSError),  # the client did not like the certificate
            self.server.tls.wrap_socket(self.request, server_side=True) as self.request,
        ):
            self._talk(script)

    def _talk(self, script: Script) -> None:
        with self.request.makefile("rb") as incoming:
            while (request := _read_request(incoming)) is not None:
                if not self._answer(script, script.next_reply(request)):
                    return

    def _answer(self, script: Script, steps: list[object]) -> bool:
        for step in steps:
            if step is Close:
                return False
            if step is Reset:
                linger = struct.pack("ii", 1, 0)
                self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.request.close()
                return False
            if step is Stall:
                script.over.wait(30)
                return False
            if isinstance(step, Wait):
                script.over.wait(step.seconds)
                continue
            try:
                if isinstance(step, Every):
                    self._repeat(script, step)
                    return False
                self._send(step)
            except OSError:
                return False  # the client left, as some tests want it to
        return True

    def _send(self, step: Any) -> None:
        if isinstance(step, Later):
            step.told.wait(30)
            if isinstance(step.piece, bytes):
                self.request.sendall(step.piece)
            else:
                self.request.shutdown(socket.SHUT_WR)
            step.sent.set()
        elif isinstance(step, OnePacket):
            cork = getattr(socket, "TCP_CORK", socket.TCP_NODELAY)
            self.request.setsockopt(socket.IPPROTO_TCP, cork, 1)
            for piece in step.pieces:
                self.request.sendall(piece)
            self.request.setsockopt(socket.IPPROTO_TCP, cork, 0)
        else:
            self.request.sendall(step)

    def _repeat(self, script: Script, step: Every) -> None:
        while not script.over.wait(step.seconds):
            self.request.sendall(step.piece)


def _read_request(incoming: BinaryIO) -> Seen | None:
    try:
        first = incoming.readline().decode().split()
        if len(first) != 3:
            return None
        headers: dict[str, str] = {}
        while line := incoming.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        content = incoming.read(int(headers.get("content-length", 0)))
    except OSError:
        return None
    return Seen(first[0], first[1], headers, content)


def _head(connection: socket.socket) -> bytes:
    """Return a request without a body; what follows it is left unread."""
    head = b""
    while not head.endswith(b"\r\n\r\n") and (byte := connection.recv(1)):
        head += byte
    return head


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    script: Script
    tls: ssl.SSLContext | None = None
    tunnel: bool = False

    def shutdown_request(self, request: Any) -> None:
        # A client that has read its reply must not be reset by a half-read socket.
        with suppress(OSError):
            request.shutdown(socket.SHUT_WR)
        request.close()
        self.script.closed.release()


@contextmanager
def scripted_server(
    script: Script | None = None, *, tls: ssl.SSLContext | None = None, tunnel: bool = False
) -> Iterator[Script]:
    """Run a server on a free port of this machine, and yield its script.

    With `tunnel` it is a proxy and the gateway behind it in one: whatever CONNECT asks for, it is.
    """
    script = script or Script()
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.script = script
        server.tls = tls
        server.tunnel = tunnel
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield script
        finally:
            script.over.set()
            server.shutdown()
            thread.join()
