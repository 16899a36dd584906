"""Measures reading: pictures a second, memory, and what a killed run pays for again.

    python -m benchmarks.reading

A server of this file answers each request after half a second, on this machine. Every figure is
printed beside what it was measured with; nothing leaves the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

from core_302 import Client, Settings
from core_302.reading import ReadingOptions, Source, read_pages

KEY = "test-key-not-real"
ANSWER = (
    b'{"id":"c1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"read"},'
    b'"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}'
)
KIB = 1024


async def serve(latency: float) -> None:
    """Answer every request after `latency` seconds; print the port, then a line a request."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    int(line.partition(b":")[2])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                )
                await reader.readexactly(length)
                print("request", flush=True)
                await asyncio.sleep(latency)
                size = str(len(ANSWER)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                writer.write(b"Content-Length: " + size + b"\r\n\r\n" + ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 20, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


class Server:
    """The server in a process of its own, with a count of its requests."""

    def __init__(self, latency: float) -> None:
        self._log = Path(tempfile.mkstemp(prefix="ai302-bench-")[1])
        with self._log.open("w") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this file itself
                [sys.executable, "-m", "benchmarks.reading", "--serve", str(latency)], stdout=log
            )
        while not (lines := self._log.read_text().splitlines()):
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{lines[0]}"

    @property
    def requests(self) -> int:
        """How many requests have come."""
        return len(self._log.read_text().splitlines()) - 1

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
        self._log.unlink()


def picture(number: int) -> bytes:
    """Return a small receipt, another one for each number."""
    image = Image.new("L", (600, 800), "white")
    ImageDraw.Draw(image).text((40, 40), f"Receipt {number}\nTotal {number}.00", fill="black")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def pictures(count: int) -> Iterator[Source]:
    """Yield pictures as they are wanted."""
    for number in range(count):
        yield Source(f"{number}.png", content=picture(number))


def run(url: str, count: int, concurrency: int, cache: str | None = None) -> float:
    """Read pictures; return the seconds that it took."""
    start = time.perf_counter()
    with Client(Settings(api_key=KEY, base_url=url)) as client:
        how = ReadingOptions(concurrency=concurrency, cache=cache)
        done = sum(1 for _ in read_pages(client, pictures(count), how))
    assert done == count
    return time.perf_counter() - start


def child(*arguments: object) -> subprocess.Popen[str]:
    """Start this file once more, for one run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.reading", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603


def speed(latency: float) -> None:
    """Print pictures a second, one after another and many at once."""
    server = Server(latency)
    try:
        for concurrency, count in ((1, 20), (8, 160), (32, 640)):
            seconds = run(server.url, count, concurrency)
            kind = "a plain loop" if concurrency == 1 else f"{concurrency} at once"
            print(f"{count} pictures, {latency} s each, {kind}: {count / seconds:.1f} a second")
    finally:
        server.close()


def memory() -> None:
    """Print the peak memory of runs of different length."""
    server = Server(0.0)
    try:
        for count in (100, 10_000):
            peak = child("--run", server.url, count).communicate()[0].strip()
            print(f"{count} pictures: peak memory {peak}")
    finally:
        server.close()


def resumed(latency: float, count: int = 200) -> None:
    """Kill a run in its middle, run it again, and print how many requests there were."""
    server = Server(latency)
    with tempfile.TemporaryDirectory() as folder:
        cache = os.path.join(folder, "cache")  # noqa: PTH118 - it goes into a command
        try:
            first = child("--run", server.url, count, "--cache", cache)
            while server.requests < count // 2:
                time.sleep(0.01)
            first.send_signal(signal.SIGKILL)
            first.communicate()
            before = server.requests
            child("--run", server.url, count, "--cache", cache).communicate()
            again = server.requests - before
            print(f"{count} pictures, killed after {before} requests: {again} more to finish")
        finally:
            server.close()


def main() -> None:
    """Measure everything, or do one part for a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", type=float)
    parser.add_argument("--run", nargs=2)
    parser.add_argument("--cache")
    asked = parser.parse_args()
    if asked.serve is not None:
        asyncio.run(serve(asked.serve))
    elif asked.run:
        run(asked.run[0], int(asked.run[1]), 8, asked.cache)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"{peak / KIB:.0f} MiB")
    else:
        speed(0.5)
        memory()
        resumed(0.1)


if __name__ == "__main__":
    main()
