"""Streams at reading speed, which is what a service does: `python -m benchmarks.speed paced`.

Every stream brings 50 tokens a second, each stamped by the server. Measured are the CPU of a token
among 200 streams, and the most streams of which 99 % of the tokens are read within 100 ms, after
the first second; for LangChain, which keeps every chunk of a stream, also without Python's
collector of garbage, whose pauses are what ends it there. The server has one core, the client
another.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import platform
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.speed.contenders import CONTENDERS, PACED_ONLY, Asked, Contender

RATE = 50  # tokens a second of each stream
TOKENS = 200  # of each stream: four seconds
STARTED_WITHIN = 1.0  # seconds; streams that began at once would pause at once too
FIRST = 1.0  # seconds of each stream that do not count
IN_TIME = 0.1  # seconds
SHARE = 0.99
STREAMS = 200  # at which the CPU of a token is measured
LADDER = (25, 50, 75, 100, 150, 200, 250, 300, 400, 500, 600, 800, 1_000, 1_200, 1_500)
LIMIT = 120.0  # seconds for one run
WHO = (
    "raw aiohttp",
    "empty BaseChatModel over aiohttp",
    "ChatAI302",
    "ChatOpenAI",
    "empty LLM over aiohttp",
    "AI302",
    "OpenAILike",
)
FLOORS = {"ChatAI302": "empty BaseChatModel over aiohttp", "AI302": "empty LLM over aiohttp"}
MOST_CPU = 1.10  # of a token, relative to the floor
LEAST_STREAMS = 0.9  # of the most streams, relative to the floor
KEEPS_ALL = ("empty BaseChatModel over aiohttp", "ChatAI302", "ChatOpenAI")
RESULTS = Path("benchmarks/results/paced.json")
PAGE = Path("docs/evidence/performance.md")
PLOT = "paced"
BEGIN, END = "<!-- written by make bench: paced -->", "<!-- end: paced -->"
Figures = dict[str, float]
Run = Callable[[str, int, bool], Figures]


def paced(contender: Contender, url: str, streams: int, *, collector: bool) -> Figures:
    """Read `streams` streams at once. Returns the CPU of a token, and how late tokens were."""
    asked = contender.maker(f"{url}/paced/{RATE}/pieces/{TOKENS}")
    if not collector:
        gc.disable()
    late: list[float] = []

    async def measured() -> float:
        await _read(asked, 2, [], whole=False)  # imports, and what else the first call does once
        begun = time.process_time()
        tokens = await _read(asked, streams, late)
        return (time.process_time() - begun) / tokens

    spent = asyncio.run(measured())
    late.sort()
    return {
        "token_us": spent * 1e6,
        "p50_ms": late[len(late) // 2] * 1e3,
        "p99_ms": late[int(len(late) * SHARE)] * 1e3,
        "in_time": bisect_left(late, IN_TIME) / len(late),
    }


async def _read(asked: Asked, streams: int, late: list[float], *, whole: bool = True) -> int:
    """Read streams that begin one after another; note how late tokens were; return their number."""

    async def read(number: int) -> int:
        assert asked.astream is not None
        await asyncio.sleep(STARTED_WITHIN * number / streams)
        counted = time.monotonic() + FIRST
        found = 0
        stream = asked.astream()
        async for piece in stream:
            now = time.monotonic()
            stamps = asked.text(piece).split()
            found += len(stamps)
            if now > counted:
                late.extend(now - float(stamp) for stamp in stamps)
            if not whole:
                await stream.aclose()  # type: ignore[attr-defined] # all of them are generators
                break
        return found

    found = await asyncio.gather(*(read(number) for number in range(streams)))
    assert not whole or min(found) == max(found) == TOKENS, "a stream lost tokens"
    return sum(found)


def most_streams(run: Callable[[int], Figures], ladder: tuple[int, ...] = LADDER) -> int:
    """Return the most streams of `ladder` whose tokens come in time; 0 if its fewest do not."""
    low, high = 0, len(ladder)
    while low < high:
        middle = (low + high) // 2
        if run(ladder[middle])["in_time"] >= SHARE:
            low = middle + 1
        else:
            high = middle
    return ladder[low - 1] if low else 0


def measure(run: Run, who: tuple[str, ...] = WHO, streams: int = STREAMS) -> dict[str, Figures]:
    """Return the figures of everybody, with the collector on, and where it matters without it."""
    found: dict[str, Figures] = {}
    for name in who:
        found[name] = dict(run(name, streams, True))
        found[name]["most"] = most_streams(lambda n, name=name: run(name, n, True))  # type: ignore[misc]
        if name in KEEPS_ALL:
            without = run(name, streams, False)
            found[name]["token_us_without"] = without["token_us"]
            found[name]["most_without"] = most_streams(lambda n, name=name: run(name, n, False))  # type: ignore[misc]
    return found


def runner(pythons: dict[str, str], url: str, core: int | None) -> Run:
    """Return what runs a contender in a process of its own, on a core of its own."""
    known = {**CONTENDERS, **PACED_ONLY}
    done: dict[tuple[str, int, bool], Figures] = {}

    def run(name: str, streams: int, collector: bool) -> Figures:  # noqa: FBT001
        asked = (name, streams, collector)
        if asked not in done:
            print(f"paced: {name}, {streams} streams", file=sys.stderr)
            done[asked] = _run(pythons[known[name].home], *asked, url, core)
        return done[asked]

    return run


def _run(  # noqa: PLR0917
    python: str,
    name: str,
    streams: int,
    collector: bool,  # noqa: FBT001
    url: str,
    core: int | None,
) -> Figures:
    on = "on" if collector else "off"
    command = [python, "-m", "benchmarks.speed.contend", name, "paced", url, str(streams), on]
    if core is not None:
        command = ["taskset", "-c", str(core), *command]
    try:
        said = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return {"in_time": 0.0}
    if said.returncode:
        print(f"{name}: {said.stderr.strip()[-300:]}", file=sys.stderr)
        return {"in_time": 0.0}
    figures: Figures = json.loads(said.stdout.splitlines()[-1])["figures"]
    return figures


def cores() -> tuple[int | None, int | None]:
    """Return a core for the server and one for the client; None each, if there are not two."""
    mine = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return (mine[0], mine[1]) if len(mine) > 1 else (None, None)


def write(found: dict[str, Figures], minutes: float) -> str:
    """Write the results, the section of the page and its plot; return the section."""
    result = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day here is what is meant
        "python": platform.python_version(),
        "minutes": round(minutes, 1),
        "figures": found,
    }
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    said = section(result)
    text = PAGE.read_text("utf-8")
    if BEGIN not in text:
        text = f"{text.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{said}\n{END}{rest.partition(END)[2]}", "utf-8")
    plot(found)
    return said


def section(result: dict[str, Any]) -> str:
    """Return the section of the page."""
    head = (
        f"| streams of {RATE} tokens a second | CPU us a token at {STREAMS} | p50 ms | p99 ms | "
        f"most streams with {SHARE:.0%} of tokens within {IN_TIME * 1e3:.0f} ms | without the "
        "collector: CPU us | most |"
    )
    rows = [head, "|---|---|---|---|---|---|---|"]
    for name, figures in result["figures"].items():
        values = [
            _shown(figures, "token_us"),
            _shown(figures, "p50_ms"),
            _shown(figures, "p99_ms"),
            f"{figures['most']:,.0f}",
            _shown(figures, "token_us_without"),
            _shown(figures, "most_without"),
        ]
        rows.append(f"| {name} | {' | '.join(values)} |")
    about = (
        f"Measured on {result['date']} in {result['minutes']} minutes: Python {result['python']}, "
        "the server on one core and the client, one process, on another. Each stream has "
        f"{TOKENS} tokens, which the server stamps as it sends them; the first second of each does "
        "not count. LangChain keeps every chunk until the end of its stream, and the collector "
        "walks them all: so it is shown with the collector off too, which a service comes near to "
        "with `gc.freeze()` and a higher `gc.set_threshold`."
    )
    drawn = f"![CPU of a token, and the most streams, of each contender]({PLOT}.png)"
    parts = ["## Streams at reading speed", about, "\n".join(rows), _goals(result), drawn]
    return "\n\n".join(parts)


def _goals(result: dict[str, Any]) -> str:
    """Return what is wanted of ours beside the floor, and what came."""
    rows = ["| goal | who | measured | |", "|---|---|---|---|"]
    for who, floor in FLOORS.items():
        ours, its = result["figures"][who], result["figures"][floor]
        cpu, most = ours["token_us"] / its["token_us"], ours["most"] / max(its["most"], 1)
        goals = (
            (f"CPU of a token / {floor} <= {MOST_CPU}", cpu, cpu <= MOST_CPU),
            (f"most streams / {floor} >= {LEAST_STREAMS}", most, most >= LEAST_STREAMS),
        )
        for words, value, met in goals:
            rows.append(f"| {words} | {who} | {value:.3g} x | {'met' if met else '**missed**'} |")
    return "\n".join(rows)


def _shown(figures: Figures, name: str) -> str:
    return f"{figures[name]:,.3g}" if name in figures else ""


def plot(found: dict[str, Figures]) -> None:
    """Draw the CPU of a token, and the most streams."""
    import matplotlib as mpl  # noqa: PLC0415 - only here, and slow

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(1, 2, figsize=(12, 4), constrained_layout=True)
    drawn = (("token_us", f"CPU us a token at {STREAMS} streams"), ("most", "most streams in time"))
    for axis, (name, words) in zip(axes, drawn, strict=True):
        who = [one for one in found if name in found[one]]
        colours = ["tab:orange" if one in ("ChatAI302", "AI302") else "tab:gray" for one in who]
        bars = axis.barh(who, [found[one][name] for one in who], color=colours)
        axis.bar_label(bars, fmt="%.4g", padding=3, fontsize=8)
        axis.set_title(words, fontsize=10)
        axis.margins(x=0.15)
        axis.invert_yaxis()
    figure.savefig(PAGE.parent / f"{PLOT}.png", dpi=80)
