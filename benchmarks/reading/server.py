"""A gateway in a process of its own that answers each request after a while, and counts them."""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from typing_extensions import Self

ANSWER = (
    b'{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,'
    b'"message":{"role":"assistant","content":"read"},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}'
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "


async def serve(latency: float) -> None:
    """Print the port, then a line for each request, which is answered after `latency` seconds."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(length_of(head))
                print("request", flush=True)
                await asyncio.sleep(latency)
                writer.write(HEAD + str(len(ANSWER)).encode() + b"\r\n\r\n" + ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 20, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def length_of(head: bytes) -> int:
    """Return the length of the body that follows a request's head."""
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    return 0


class Server:
    """The server in a process of its own."""

    def __init__(self, latency: float) -> None:
        self._log = Path(tempfile.mkstemp(prefix="ai302-bench-")[1])
        with self._log.open("w") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this file itself
                [sys.executable, "-m", "benchmarks.reading.server", str(latency)], stdout=log
            )
        while not (lines := self._log.read_text().splitlines()):
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{lines[0]}"

    @property
    def requests(self) -> int:
        """How many requests have come."""
        return len(self._log.read_text().splitlines()) - 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("latency", type=float, help="seconds")
    asyncio.run(serve(parser.parse_args().latency))
