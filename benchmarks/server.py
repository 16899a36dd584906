"""The server of the benchmarks: fixed bytes from a process of its own, so that it is never slow."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PIECES = 1000
USAGE = {"prompt_tokens": 10, "completion_tokens": PIECES, "total_tokens": PIECES + 10}
HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def _body() -> bytes:
    message = {"role": "assistant", "content": "Hello there"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    body = {**HEAD, "object": "chat.completion", "choices": [choice], "usage": USAGE}
    return json.dumps(body).encode()


def _events() -> bytes:
    def event(delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return f"data: {json.dumps({**HEAD, 'choices': [choice], 'usage': None})}\n\n"

    events = [event({"content": f" word{n}"}) for n in range(PIECES)] + [event({}, "stop")]
    usage = f"data: {json.dumps({**HEAD, 'choices': [], 'usage': USAGE})}\n\n"
    return "".join([*events, usage, "data: [DONE]\n\n"]).encode()


BODY, EVENTS = _body(), _events()
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)
STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"".join(b"%x\r\n%s\r\n" % (len(p) + 2, p + b"\n\n") for p in EVENTS.split(b"\n\n")[:-1])
    + b"0\r\n\r\n"
)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            )
            body = await reader.readexactly(length)
            writer.write(STREAM if json.loads(body).get("stream") else WHOLE)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _run(port: Any) -> None:
    async def serve() -> None:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def serving() -> Iterator[str]:
    """Run the server while the block lasts, and yield its address."""
    mine, its = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_run, args=(its,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{mine.recv()}"
    finally:
        process.terminate()
        process.join()
