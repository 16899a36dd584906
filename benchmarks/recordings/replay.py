"""Puts recordings to one chat model over a real socket, in that model's environment.

`python -m benchmarks.recordings.replay ChatOpenAI FILE` reads recordings as lines of JSON, and
prints a line for each of them and each way of reading it: blocking, awaited, cut at odd bytes.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.fidelity.contenders import CONTENDERS
from benchmarks.recordings.judge import complaints
from benchmarks.recordings.reader import Reading, read
from benchmarks.recordings.recording import Recording, from_json
from tests.fidelity.asking import Face, face_of
from tests.fidelity.contender import Contender
from tests.fidelity.observation import Observation, read_error
from tests.fidelity.row import Row
from tests.scripted_server import reply, scripted_server, stream

WAYS = ("blocking", "awaited", "cut")
CUTS = (1, 2, 3, 5, 7, 11, 13, 97, 211, 499)  # bytes
SETUP = Row("recording", "", (), max_retries=0, timeout=60.0)


@dataclass(frozen=True)
class _Asked:
    face: Face
    model: Any
    loop: asyncio.AbstractEventLoop


def main() -> None:
    """Print a line for the versions, and one for each recording and way."""
    contender = CONTENDERS[sys.argv[1]]
    print(json.dumps({"versions": _versions(contender)}))
    with Path(sys.argv[2]).open(encoding="utf-8") as lines:
        recordings = (from_json(json.loads(line)) for line in lines)
        for verdict in verdicts(contender, recordings):
            print(json.dumps(verdict), flush=True)


def verdicts(contender: Contender, recordings: Iterator[Recording]) -> Iterator[dict[str, Any]]:
    """Yield for each recording and way: its place in the list, the way, the complaints."""
    loop = asyncio.new_event_loop()
    with scripted_server() as script:
        model = contender.make(script.url, SETUP)
        asked = _Asked(face_of(contender.framework), model, loop)
        for place, recording in enumerate(recordings):
            reading = reading_of(recording)
            for way in WAYS:
                script.answer(wire(recording, cut=way == "cut"))
                seen, older = _observe(asked, recording, way, tools=bool(reading.calls))
                found = complaints(reading, seen, older)
                yield {"place": place, "way": way, "complaints": found}
            script.seen.clear()
    loop.close()


def reading_of(recording: Recording) -> Reading:
    """Return what the recording holds."""
    plain = gzip.decompress(recording.body) if recording.gzipped else recording.body
    return read(plain, recording.status, stream=recording.stream)


def wire(recording: Recording, *, cut: bool) -> list[object]:
    """Return the reply as the server sends it; `cut` parts it at odd bytes."""
    headers = {"Content-Encoding": "gzip"} if recording.gzipped else {}
    if recording.status != 200 or not (recording.stream or cut):  # noqa: PLR2004
        return reply(recording.status, recording.body, headers=headers)
    pieces = _pieces(recording.body) if cut else [recording.body]
    media_type = "text/event-stream" if recording.stream else "application/json"
    head, *steps = stream(*pieces, headers=headers, media_type=media_type)
    return [head, b"".join(step for step in steps if isinstance(step, bytes))]


def _pieces(body: bytes) -> Iterator[bytes]:
    start = 0
    for length in cycle(CUTS):
        if start >= len(body):
            return
        yield body[start : start + length]
        start += length


def _observe(
    asked: _Asked, recording: Recording, way: str, *, tools: bool
) -> tuple[Observation, Any]:
    face, model = asked.face, asked.model
    seen = Observation()
    chunks: list[Any] = []
    try:
        if way == "awaited":
            answer = asked.loop.run_until_complete(
                _awaiting(face, model, chunks, tools=tools, stream=recording.stream)
            )
        elif recording.stream:
            chunks.extend(face.stream(model, tools=tools))
            answer = face.added_up(chunks)
        else:
            answer = face.invoke(model, tools=tools)
        face.read(model, answer, seen)
    except Exception as error:  # noqa: BLE001 - any error is what the user would see
        read_error(error, seen)
        return seen, None
    _look_back(face, model, chunks, seen)
    message = getattr(answer, "message", answer)
    return seen, message.additional_kwargs.get("function_call")


async def _awaiting(face: Face, model: Any, chunks: list[Any], *, tools: bool, stream: bool) -> Any:
    if not stream:
        return await face.ainvoke(model, tools=tools)
    chunks.extend([chunk async for chunk in face.astream(model, tools=tools)])
    return face.added_up(chunks)


def _look_back(face: Face, model: Any, chunks: list[Any], seen: Observation) -> None:
    """Look for the counts and the finish reason in earlier chunks, where a user could as well."""
    for chunk in reversed(chunks):
        if seen.usage is not None and seen.finish_reason is not None:
            return
        earlier = Observation()
        face.read(model, chunk, earlier)
        seen.usage = seen.usage or earlier.usage
        seen.finish_reason = seen.finish_reason or earlier.finish_reason


def _versions(contender: Contender) -> Mapping[str, str]:
    core = {"langchain": "langchain-core", "llama_index": "llama-index-core"}[contender.framework]
    found = {}
    for package in (contender.package, core, "openai", "httpx"):
        try:
            found[package] = version(package)
        except ImportError:
            continue
    return {**found, "Python": sys.version.split()[0]}


if __name__ == "__main__":
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "LANGSMITH_TRACING"):
        os.environ.pop(proxy, None)
        os.environ.pop(proxy.lower(), None)
    warnings.simplefilter("ignore")  # some quote what they warn of, which is a recording's text
    logging.disable()
    main()
