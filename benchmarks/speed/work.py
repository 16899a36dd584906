"""What is measured of each contender, in a process of its own. Names of figures end in their unit.

CPU is that of the contender's own process; the server's is not in it.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import ssl
import statistics
import time
import tracemalloc
import urllib.request
from collections.abc import Callable
from typing import Any

from pydantic_core import from_json

from benchmarks.speed.contenders import Asked, Contender
from benchmarks.speed.server import large_body

CALLS = 300
STREAMS = 10
PIECES = 1000
AT_ONCE = 1000
SHORT = 100  # pieces of each of the streams at once
BURST = 20_000  # pieces
REPLY_MIB = 31  # longer than 32 we read none
LONG = 5.0  # seconds; who takes longer is not asked again, or for more
MICRO, MILLI, KIB = 1e6, 1e3, 1024
IMAGE_BYTES = 20 * 1024 * 1024
Figures = dict[str, float]


def calls(contender: Contender, url: str) -> Figures:
    """One call after another, blocking and asynchronous: CPU."""
    asked = contender.maker(url)
    asked.call()
    begun = time.process_time()
    for _ in range(CALLS):
        asked.call()
    blocking = (time.process_time() - begun) / CALLS * MICRO
    return {"call_us": blocking, "acall_us": asyncio.run(_acalls(asked, CALLS)) * MICRO}


async def _acalls(asked: Asked, number: int, **given: Any) -> float:
    assert asked.acall is not None
    await asked.acall(**given)
    begun = time.process_time()
    for _ in range(number):
        await asked.acall(**given)
    return (time.process_time() - begun) / number


def pieces(contender: Contender, url: str) -> Figures:
    """Streams of 1000 pieces: CPU of each piece, and the wall time until the first one."""
    asked = contender.maker(f"{url}/wait/0/pieces/{PIECES}")
    list(asked.stream())
    begun = time.process_time()
    for _ in range(STREAMS):
        for _piece in asked.stream():
            pass
    blocking = (time.process_time() - begun) / STREAMS / PIECES * MICRO
    short = contender.maker(f"{url}/wait/0/pieces/2")
    return {
        "piece_us": blocking,
        "apiece_us": asyncio.run(_apieces(asked)) * MICRO,
        "first_ms": statistics.median(_first(short) for _ in range(60)) * MILLI,
    }


async def _apieces(asked: Asked) -> float:
    assert asked.astream is not None
    begun = time.process_time()
    for _ in range(STREAMS):
        async for _piece in asked.astream():
            pass
    return (time.process_time() - begun) / STREAMS / PIECES


def _first(asked: Asked) -> float:
    begun = time.perf_counter()
    stream = asked.stream()
    next(iter(stream))
    taken = time.perf_counter() - begun
    for _piece in stream:
        pass
    return taken


def many_calls(contender: Contender, url: str) -> Figures:
    """1000 calls at once to a server that waits 0.2 s: wall and CPU, and a second round."""
    asked = contender.maker(f"{url}/wait/200/pieces/1")

    async def both() -> Figures:
        begun = time.process_time()
        figures = {"many_s": await _at_once(asked, AT_ONCE)}
        figures["many_cpu_s"] = time.process_time() - begun
        if figures["many_s"] < LONG:
            figures["many_again_s"] = await _at_once(asked, AT_ONCE)
        return figures

    return asyncio.run(both())


async def _at_once(asked: Asked, number: int) -> float:
    assert asked.acall is not None
    begun = time.perf_counter()
    await asyncio.gather(*(asked.acall() for _ in range(number)))
    return time.perf_counter() - begun


def many_streams(contender: Contender, url: str) -> Figures:
    """1000 streams of 100 pieces at once: wall and CPU."""
    asked = contender.maker(f"{url}/wait/200/pieces/{SHORT}")

    async def read() -> int:
        assert asked.astream is not None
        return sum([asked.text(piece).count("word") async for piece in asked.astream()])

    async def all_of_them() -> float:
        begun = time.perf_counter()
        seen = await asyncio.gather(*(read() for _ in range(AT_ONCE)))
        assert min(seen) >= SHORT, "a stream lost pieces"
        return time.perf_counter() - begun

    begun = time.process_time()
    wall = asyncio.run(all_of_them())
    return {"streams_s": wall, "streams_cpu_s": time.process_time() - begun}


def beginnings(contender: Contender, url: str) -> Figures:
    """The import beyond the framework's, the first object, its SSL contexts, ten streams.

    A cold start is all that up to the first token, divided by the framework's import alone.
    """
    begun = time.process_time()
    for module in contender.framework.split():
        importlib.import_module(module)
    framework = time.process_time() - begun
    begun = time.process_time()
    importlib.import_module(contender.adapter)
    imported = time.process_time() - begun
    made: list[int] = []
    kept = ssl.SSLContext.__new__

    def counted(kind: type, *given: Any, **more: Any) -> Any:
        made.append(1)
        return kept(kind, *given, **more)

    ssl.SSLContext.__new__ = counted  # type: ignore[method-assign, assignment]
    begun = time.perf_counter()
    asked = contender.maker(f"{url}/wait/0/pieces/10")
    first = time.perf_counter() - begun
    before = len(made)
    begun = time.process_time()
    tokens = [time.process_time() - begun for _piece in asked.stream()]
    own = framework and tokens and contender.framework != "json"
    return {
        **({"cold_x": (framework + imported + first + tokens[0]) / framework} if own else {}),
        "import_ms": imported * MILLI,
        "object_ms": first * MILLI,
        "contexts": float(before),
        "connections": _connections(asked, url),
    }


def _connections(asked: Asked, url: str) -> float:
    before = _seen(url)
    for _ in range(10):
        for _piece in asked.stream():
            pass
    return float(_seen(url) - before - 1)  # the question itself was one


def _seen(url: str) -> int:
    with urllib.request.urlopen(f"{url}/seen") as reply:  # noqa: S310
        return int(json.load(reply)[0])


def _large_image() -> str:
    """Return the base64 of an image of 20 MB."""
    return "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB" + "A" * (IMAGE_BYTES * 4 // 3 // 4 * 4)


def memory(contender: Contender, url: str) -> Figures:
    """An idle object, an open stream, and a call with an image of 20 MB: traced memory.

    The message with the image is there before: what is counted is what the call adds.
    """
    asked = contender.maker(f"{url}/wait/0/pieces/1/hold/3000")
    figures = {
        "idle_kib": _each(asked.make, 200) / KIB,
        "open_kib": _each(lambda: _opened(asked), 100) / KIB,
    }
    if asked.shown is not None:
        image = _large_image()
        given = asked.shown(image)
        asked.call()
        tracemalloc.start()
        asked.call(given=given)
        figures["image_x"] = tracemalloc.get_traced_memory()[1] / len(image)
        tracemalloc.stop()
    return figures


def _opened(asked: Asked) -> Any:
    stream = iter(asked.stream())
    next(stream)
    return stream


def _each(make: Callable[[], Any], number: int) -> float:
    """Return the bytes that each of `number` objects holds."""
    make()
    gc.collect()
    tracemalloc.start()
    kept = [make() for _ in range(number)]
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0] / number
    tracemalloc.stop()
    del kept
    return taken


def gaps(contender: Contender, url: str) -> Figures:
    """How long a coroutine waits at most beside a burst, a large image and a large reply.

    A reply of that length holds the loop for the one call of its parser at least.
    """
    figures: Figures = {}
    burst = contender.maker(f"{url}/wait/0/pieces/{BURST}")
    if burst.astream is not None:
        figures["burst_gap_ms"] = asyncio.run(_longest_gap(lambda: _read(burst))) * MILLI
    asked, large = contender.maker(url), contender.maker(f"{url}/large/{REPLY_MIB}")
    if asked.shown is None or asked.acall is None or large.acall is None:
        return figures
    given, show, read = asked.shown(_large_image()), asked.acall, large.acall
    figures["image_gap_ms"] = asyncio.run(_longest_gap(lambda: show(given=given))) * MILLI
    figures["reply_gap_ms"] = asyncio.run(_longest_gap(read)) * MILLI
    body = large_body(REPLY_MIB)
    figures["reply_parse_ms"] = _parsed(body) * MILLI
    return figures


def _parsed(body: bytes) -> float:
    """Return the seconds of the parser's one call, into fresh memory, as a contender's is."""
    kept, seconds = [], []
    for _ in range(3):
        begun = time.perf_counter()
        kept.append(from_json(body))
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


async def _read(asked: Asked) -> None:
    assert asked.astream is not None
    async for _piece in asked.astream():
        pass


async def _longest_gap(doing: Callable[[], Any]) -> float:
    """Return the longest time between two turns of a coroutine that wants one each millisecond."""
    await doing()  # what is imported or built for the first call is another question
    working = asyncio.create_task(doing())
    longest, last = 0.0, time.perf_counter()
    while not working.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    await working
    return longest


def growth(contender: Contender, url: str) -> Figures:
    """How the cost of a piece, a call, a tool call and a message grows with their number: CPU."""
    figures: Figures = {}
    for number in (100, 1_000, 10_000, 100_000):
        asked = contender.maker(f"{url}/wait/0/pieces/{number}")
        begun = time.process_time()
        for _piece in asked.stream():
            pass
        spent = time.process_time() - begun
        figures[f"piece_of_{number}_us"] = spent / number * MICRO
        if spent > LONG:
            break
    asked = contender.maker(f"{url}/wait/200/pieces/1")
    for number in (1, 10, 100, 1_000, 5_000):
        begun = time.process_time()
        asyncio.run(_at_once(asked, number))
        spent = time.process_time() - begun
        figures[f"call_of_{number}_us"] = spent / number * MICRO
        if spent > LONG:
            break
    for number in (10, 100, 1_000, 2_000, 4_000):
        asked = contender.maker(f"{url}/calls/{number}")
        begun = time.process_time()
        for _piece in asked.stream():
            pass
        spent = time.process_time() - begun
        figures[f"toolcall_of_{number}_us"] = spent / number * MICRO
        if spent > LONG:
            break
    asked = contender.maker(url)
    for number in (1, 10, 100, 1_000):
        history = [("user" if turn % 2 else "assistant", "a few words") for turn in range(number)]
        rounds = max(3, 300 // number)
        spent = asyncio.run(_acalls(asked, rounds, history=history))
        figures[f"message_of_{number}_us"] = spent / number * MICRO
    return figures


WORK = {
    work.__name__: work
    for work in (calls, pieces, many_calls, many_streams, beginnings, memory, growth, gaps)
}
