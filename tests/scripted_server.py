"""A server on a real socket that answers byte for byte what a test tells it, well or badly.

It reads requests properly, remembers them, and then sends, stalls, closes or resets as scripted.
"""

from __future__ import annotations

import json
import socket
import socketserver
import struct
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


class Close:
    """End the connection, politely, in the middle of whatever is going on."""


class Reset:
    """End the connection with a TCP reset."""


class Stall:
    """Send nothing more until the client gives up or the test is over."""


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def json(self):
        return json.loads(self.content)


@dataclass
class Script:
    """What the server does, reply by reply; the last reply is repeated."""

    replies: list[list[object]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, *replies: list[object]) -> None:
        """Answer the next requests with `replies`, each a list of bytes, Close, Reset or Stall."""
        self.replies = list(replies)

    def next_reply(self, request: Seen) -> list[object]:
        with self.lock:
            self.seen.append(request)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def reply(status=200, body=b"", *, headers=(), media_type="application/json"):
    """Return the bytes of a whole reply; a body that is no bytes is written as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} Said",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(content)}",
        *[f"{name}: {value}" for name, value in dict(headers).items()],
    ]
    return ["\r\n".join(lines).encode() + b"\r\n\r\n" + content]


def stream(*pieces, headers=(), end=True, media_type="text/event-stream"):
    """Return a chunked reply whose body comes in `pieces` (bytes, or Close, Reset, Stall)."""
    lines = [
        "HTTP/1.1 200 OK",
        f"Content-Type: {media_type}",
        "Transfer-Encoding: chunked",
        *[f"{name}: {value}" for name, value in dict(headers).items()],
    ]
    steps: list[object] = ["\r\n".join(lines).encode() + b"\r\n\r\n"]
    steps += [
        b"%x\r\n%s\r\n" % (len(piece), piece) if isinstance(piece, bytes) else piece
        for piece in pieces
    ]
    return [*steps, b"0\r\n\r\n"] if end else [*steps, Close]


def frame(value) -> bytes:
    """Return one event of a stream."""
    return b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"


def chunk(text=None, *, finish=None, **more):
    """Return one event of a streamed chat completion."""
    delta = {} if text is None else {"content": text}
    delta |= more.pop("delta", {})
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return frame({"id": "c1", "model": "m1", "choices": [choice], "usage": None, **more})


DONE = b"data: [DONE]\n\n"


def completion(text="Hello", *, finish="stop", message=None, **more):
    """Return the body of a whole chat completion."""
    said = {"role": "assistant", "content": text, **(message or {})}
    choice = {"index": 0, "message": said, "finish_reason": finish}
    return {"id": "c1", "model": "m1", "choices": [choice], **more}


class _Handler(socketserver.BaseRequestHandler):
    def handle(self):
        script: Script = self.server.script
        with script.lock:
            script.connections += 1
        self.request.settimeout(30)
        with self.request.makefile("rb") as incoming:
            while (request := _read_request(incoming)) is not None:
                if not self._answer(script, script.next_reply(request)):
                    return

    def _answer(self, script, steps) -> bool:
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
            try:
                self.request.sendall(step)
            except OSError:
                return False  # the client left, as some tests want it to
        return True


def _read_request(incoming) -> Seen | None:
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


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def shutdown_request(self, request):
        # A client that has read its reply must not be reset by a half-read socket.
        with suppress(OSError):
            request.shutdown(socket.SHUT_WR)
        request.close()


@contextmanager
def scripted_server():
    """Run a server on a free port of this machine, and yield its script."""
    script = Script()
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.script = script
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield script
        finally:
            script.over.set()
            server.shutdown()
            thread.join()
