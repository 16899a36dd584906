"""Puts one row to one model over a real socket, and returns what its user could see.

A call that does not end is left behind after `DEADLINE`: some contenders wait for hours.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from langchain_core.messages import BaseMessage, BaseMessageChunk

from benchmarks.fidelity.judges import stays_small
from benchmarks.fidelity.observation import Observation, read_error, read_message
from benchmarks.fidelity.row import Kind, Row, Way
from tests.scripted_server import Script, scripted_server

DEADLINE = 8.0  # seconds
KEY = "test-key-not-real"
QUESTION = "Hello"
TOOL = {
    "type": "function",
    "function": {
        "name": "f",
        "description": "Does it.",
        "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}},
    },
}

Make = Callable[[str, Row], Any]
"""Makes a contender's chat model for the server's address and the row's settings."""


class _Call:
    """What has arrived so far; shared with the thread that may have to be left behind."""

    def __init__(self, model: Any, row: Row, way: Way) -> None:
        self.model = model.bind_tools([TOOL]) if row.tools else model
        self.row = row
        self.way = way
        self.message: BaseMessage | None = None
        self.error: BaseException | None = None
        self.chunks: list[BaseMessageChunk] = []

    def run(self, kind: Kind) -> None:
        try:
            if kind == "sync":
                self._blocking()
            else:
                asyncio.run(self._awaiting())
        except Exception as error:  # noqa: BLE001 - any error is what the user would see
            self.error = error

    def _blocking(self) -> None:
        for _ in range(self.row.times):
            if self.way == "invoke":
                self.message = self.model.invoke(QUESTION)
                continue
            self.chunks.clear()
            for chunk in self.model.stream(QUESTION):
                self.chunks.append(chunk)
            self._add_up()

    async def _awaiting(self) -> None:
        for _ in range(self.row.times):
            if self.way == "invoke":
                self.message = await self.model.ainvoke(QUESTION)
                continue
            self.chunks.clear()
            async for chunk in self.model.astream(QUESTION):
                self.chunks.append(chunk)
            self._add_up()

    def _add_up(self) -> None:
        total = self.chunks[0]
        for chunk in self.chunks[1:]:
            total += chunk
        self.message = total


def observe(make: Make, row: Row, way: Way, kind: Kind) -> Observation:
    """Ask the model that `make` makes, and return what was seen.

    Raises:
        Exception: Whatever `make` raises: this contender cannot be set up as the row wants.
    """
    replies = row.replies(way)
    assert replies is not None, f"{row.id} is not for {way}"
    with scripted_server() as script:
        script.answer(*replies)
        model = make(script.url, row)
        call = _Call(model, row, way)
        before = _start_measuring_memory() if stays_small in row.judges else None
        begun = time.monotonic()
        thread = threading.Thread(target=call.run, args=(kind,), daemon=True)
        thread.start()
        thread.join(DEADLINE)
        seen = Observation(seconds=time.monotonic() - begun, unfinished=thread.is_alive())
        seen.memory = _growth(before)
        _read(call, script, seen)
        if hasattr(model, "close"):
            model.close()
    return seen


def _read(call: _Call, script: Script, seen: Observation) -> None:
    if call.message is not None:
        read_message(call.message, seen)
    elif call.chunks:
        seen.text = "".join(str(chunk.text) for chunk in call.chunks)
    if call.error is not None:
        read_error(call.error, seen)
    seen.requests = len(script.seen)
    seen.connections = script.connections
    seen.idempotency_keys = [one.headers.get("idempotency-key", "") for one in script.seen]


def _start_measuring_memory() -> int | None:
    gc.collect()  # what an earlier row left must not count as this one's
    with suppress(OSError):  # only Linux lets a process reset its own peak
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        return _peak()
    return None


def _growth(before: int | None) -> int | None:
    return None if before is None else _peak() - before


def _peak() -> int:
    for line in (
        Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    ):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
