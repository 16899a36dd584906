"""The load server: fixed bytes from a process of its own, so that it is never what is measured.

The address says what is wanted: `http://host:port/wait/200/pieces/100/v1/chat/completions` waits
200 ms and streams 100 pieces; a further `/hold/5000` waits 5 s behind the first piece. `GET /seen`
tells how many connections and requests there were. `/paced/50/pieces/150` streams 150 tokens, 50 a
second, each with the time at which it was sent in it: seconds of `time.monotonic()`, which is one
clock for all processes of a machine. `/calls/100` streams 100 tool calls. `/large/31` answers with
31 MiB in one piece.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
HEAD["system_fingerprint"] = "fp"  # one of the rivals refuses a reply without it
LARGE = re.compile(rb"/large/(\d+)")
CALLS = re.compile(rb"/calls/(\d+)")
PACED = re.compile(rb"/paced/(\d+)/pieces/(\d+)")
WANTED = re.compile(rb"/wait/(\d+)/pieces/(\d+)(?:/hold/(\d+))?")
PIECES = 1000
DEFAULT = (0, PIECES, 0)


def usage(pieces: int) -> dict[str, int]:
    """Return token counts of an answer of so many pieces."""
    return {"prompt_tokens": 10, "completion_tokens": pieces, "total_tokens": pieces + 10}


def body_of(text: str) -> bytes:
    """Return the body of a reply with this text."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps(
        {**HEAD, "object": "chat.completion", "choices": [choice], "usage": usage(2)}
    ).encode()


@lru_cache(maxsize=2)
def large_body(mebibytes: int) -> bytes:
    """Return the body of a reply of about so many MiB: lines of words."""
    line = "word " * 8 + "\n"
    return body_of(line * (mebibytes * 1024 * 1024 // len(json.dumps(line))))


def whole(content: bytes) -> bytes:
    """Return a reply in one piece."""
    return _head("application/json", b"Content-Length: %d" % len(content)) + content


@lru_cache(maxsize=8)
def streamed(pieces: int) -> tuple[bytes, bytes]:
    """Return a streamed reply: up to its first piece, and the rest. Each event is a chunk."""

    def event(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _event({**HEAD, "choices": [choice], "usage": None})

    events = [event({"content": f" word{n}"}) for n in range(pieces)] + [event({}, "stop")]
    end = [_event({**HEAD, "choices": [], "usage": usage(pieces)}), _chunk(b"data: [DONE]\n\n")]
    head = _head("text/event-stream", b"Transfer-Encoding: chunked")
    return head + events[0], b"".join([*events[1:], *end, b"0\r\n\r\n"])


@lru_cache(maxsize=8)
def streamed_calls(number: int) -> bytes:
    """Return a streamed reply with so many tool calls, each in an event."""

    def event(calls: list[dict[str, Any]], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": {"tool_calls": calls}, "finish_reason": finish}
        return _event({**HEAD, "choices": [choice], "usage": None})

    function = {"name": "look", "arguments": '{"at": "sky"}'}
    events = [
        event([{"index": n, "id": f"call_{n}", "type": "function", "function": function}])
        for n in range(number)
    ]
    end = [event([], "tool_calls"), _chunk(b"data: [DONE]\n\n"), b"0\r\n\r\n"]
    head = _head("text/event-stream", b"Transfer-Encoding: chunked")
    return b"".join([head, *events, *end])


def _head(media_type: str, more: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%s\r\n\r\n" % (media_type.encode(), more)


def _event(value: Any) -> bytes:
    return _chunk(b"data: " + json.dumps(value).encode() + b"\n\n")


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)


class _Connection(asyncio.Protocol):
    """Answers requests as soon as they are whole. A protocol, since streams cost more."""

    connections = 0
    requests = 0

    def __init__(self) -> None:
        self._held = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        _Connection.connections += 1

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._held[:end]).lower()
            size = re.search(rb"content-length: (\d+)", head)
            length = int(size[1]) if size else 0
            if len(self._held) < end + 4 + length:
                return
            body = bytes(self._held[end + 4 : end + 4 + length])
            del self._held[: end + 4 + length]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"get /seen"):
            seen = json.dumps([_Connection.connections, _Connection.requests]).encode()
            length = b"Content-Length: %d" % len(seen)
            self._transport.write(_head("application/json", length) + seen)
            return
        _Connection.requests += 1
        if large := LARGE.search(head):
            self._transport.write(whole(large_body(int(large[1]))))
            return
        if calls := CALLS.search(head):
            self._transport.write(streamed_calls(int(calls[1])))
            return
        if paced := PACED.search(head):
            self._transport.write(_head("text/event-stream", b"Transfer-Encoding: chunked"))
            rate, tokens = map(int, paced.groups())
            self._pace(asyncio.get_running_loop().time(), 1 / rate, tokens)
            return
        wanted = WANTED.search(head)
        wait, pieces, hold = (int(found or 0) for found in wanted.groups()) if wanted else DEFAULT
        tail = body[-200:] + body[:200]
        stream = re.search(rb'"stream":\s*true', tail) or re.search(rb'"stream":\s*true', body)
        parts = streamed(pieces) if stream else (WHOLE,)
        later = asyncio.get_running_loop().call_later
        if hold:
            self._send(parts[:1])
            later(hold / 1000, self._send, parts[1:])
        elif wait:
            later(wait / 1000, self._send, parts)
        else:
            self._send(parts)

    def _pace(self, due: float, seconds: float, left: int) -> None:
        """Send the token that is due, and see to the next; a late one makes no other late."""
        if self._transport.is_closing():
            return
        if not left:
            self._transport.write(PACED_END)
            return
        self._transport.write(_chunk(PACED_EVENT % time.monotonic()))
        due += seconds
        asyncio.get_running_loop().call_at(due, self._pace, due, seconds, left - 1)

    def _send(self, parts: tuple[bytes, ...]) -> None:
        for part in parts:
            self._transport.write(part)


WHOLE = whole(body_of("Hello there"))


def _paced_event(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({**HEAD, "choices": [choice], "usage": None}).encode() + b"\n\n"


PACED_EVENT = _paced_event({"content": " %.6f"})
PACED_END = _chunk(_paced_event({}, "stop")) + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


def _run(port: Any, core: int | None) -> None:
    if core is not None:
        os.sched_setaffinity(0, {core})

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Connection, "127.0.0.1", 0, backlog=8192)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def serving(core: int | None = None) -> Iterator[str]:
    """Run the server while the block lasts, on one `core` of its own, and yield its address."""
    mine, its = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_run, args=(its, core), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{mine.recv()}"
    finally:
        process.terminate()
        process.join()


async def ceiling(url: str, seconds: float = 2.0, connections: int = 32) -> float:
    """Return how many calls a second the server answers when nothing is done with its replies."""
    host, _, port = url.removeprefix("http://").partition(":")
    content = b'{"model":"m","messages":[{"role":"user","content":"Hello"}]}'
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    request = head % len(content) + content
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds

    async def ask() -> int:
        reader, writer = await asyncio.open_connection(host, int(port))
        done = 0
        while loop.time() < end:
            writer.write(request)
            await reader.readexactly(len(WHOLE))
            done += 1
        writer.close()
        return done

    return sum(await asyncio.gather(*(ask() for _ in range(connections)))) / seconds
