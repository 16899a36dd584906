"""Puts one row to one model over a real socket, and returns what its user could see.

A call that does not end is left behind after `DEADLINE`: some contenders wait for hours.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from tests.fidelity.judges import stays_small
from tests.fidelity.observation import Observation, read_error
from tests.fidelity.row import Kind, Row, Way
from tests.scripted_server import Script, scripted_server

DEADLINE = 8.0  # seconds
KEY = "test-key-not-real"

Make = Callable[[str, Row], Any]
"""Makes a contender's chat model for the server's address and the row's settings."""


class Face(Protocol):
    """How the models of one framework are asked and read: a module, see `langchain_face`."""

    def invoke(self, model: Any, *, tools: bool) -> Any: ...
    async def ainvoke(self, model: Any, *, tools: bool) -> Any: ...
    def stream(self, model: Any, *, tools: bool) -> Iterator[Any]: ...
    def astream(self, model: Any, *, tools: bool) -> AsyncIterator[Any]: ...
    def added_up(self, chunks: Sequence[Any]) -> Any: ...
    def text_of(self, chunks: Sequence[Any]) -> str: ...
    def read(self, model: Any, answer: Any, seen: Observation) -> None: ...
    def recognised(self, error: BaseException) -> bool: ...


def face_of(framework: str) -> Face:
    """Return the face of a framework's models; imported here, as each has its environment."""
    return cast("Face", import_module(f"tests.fidelity.{framework}_face"))


class _Call:
    """What has arrived so far; shared with the thread that may have to be left behind."""

    def __init__(self, face: Face, model: Any, row: Row, way: Way) -> None:
        self.face = face
        self.model = model
        self.row = row
        self.way = way
        self.answer: Any = None
        self.error: BaseException | None = None
        self.chunks: list[Any] = []

    def run(self, kind: Kind) -> None:
        try:
            if kind == "sync":
                self._blocking()
            else:
                asyncio.run(self._awaiting())
        except Exception as error:  # noqa: BLE001 - any error is what the user would see
            self.error = error

    def _blocking(self) -> None:
        tools = self.row.tools
        for _ in range(self.row.times):
            if self.way == "invoke":
                self.answer = self.face.invoke(self.model, tools=tools)
                continue
            self.chunks.clear()
            for chunk in self.face.stream(self.model, tools=tools):
                self.chunks.append(chunk)
            self.answer = self.face.added_up(self.chunks)

    async def _awaiting(self) -> None:
        tools = self.row.tools
        for _ in range(self.row.times):
            if self.way == "invoke":
                self.answer = await self.face.ainvoke(self.model, tools=tools)
                continue
            self.chunks.clear()
            async for chunk in self.face.astream(self.model, tools=tools):
                self.chunks.append(chunk)
            self.answer = self.face.added_up(self.chunks)


def observe(
    make: Make, row: Row, way: Way, kind: Kind, framework: str = "langchain"
) -> Observation:
    """Ask the model that `make` makes, and return what was seen.

    Raises:
        Exception: Whatever `make` raises: this contender cannot be set up as the row wants.
    """
    replies = row.replies(way)
    assert replies is not None, f"{row.id} is not for {way}"
    with scripted_server() as script:
        script.answer(*replies)
        model = make(script.url, row)
        call = _Call(face_of(framework), model, row, way)
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
    if call.answer is not None:
        try:
            call.face.read(call.model, call.answer, seen)
        except Exception as error:  # noqa: BLE001 - reading its calls may be where it fails
            call.error = error
    elif call.chunks:
        seen.text = call.face.text_of(call.chunks)
    if call.error is not None:
        read_error(call.error, seen)
        seen.recognised = seen.recognised or call.face.recognised(call.error)
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
