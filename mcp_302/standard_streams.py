"""Standard input as an awaited stream of lines that can be left at any moment.

The SDK reads in a thread that it waits for, so a signal would be answered only after the client's
next line. Here a thread of its own reads, and nobody waits for it.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import suppress

CHUNK = 64 * 1024  # bytes of one read
WAITING = 16  # lines that were read and are not yet taken


def take_input() -> int:
    """Return standard input as a descriptor of our own; nothing else in the process reads it."""
    own = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return own


async def lines_of(descriptor: int) -> AsyncIterator[str]:
    """Yield the lines of a descriptor until its end. What is not UTF-8 is replaced."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[bytes | None] = asyncio.Queue()
    room = threading.Semaphore(WAITING)

    def put(line: bytes | None) -> None:
        room.acquire()
        loop.call_soon_threadsafe(waiting.put_nowait, line)

    def read() -> None:
        with suppress(RuntimeError):  # the loop was closed meanwhile
            begun: list[bytes] = []  # joined once: a line with an image in it has megabytes
            while chunk := _read(descriptor):
                *whole, rest = chunk.split(b"\n")
                for line in whole:
                    put(b"".join([*begun, line]))
                    begun.clear()
                begun.append(rest)
            if last := b"".join(begun):
                put(last)
            put(None)

    threading.Thread(target=read, name="mcp-302 input", daemon=True).start()
    while (line := await waiting.get()) is not None:
        room.release()
        yield line.decode("utf-8", errors="replace")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, CHUNK)
    except OSError:  # closed: there is no more
        return b""
