"""What the process holds, sampled; whether it grows tells a line through the second half."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

EVERY = 5.0  # seconds
MEBIBYTE = 1024 * 1024
MEASURES = ("memory", "sockets", "threads", "tasks")
# How much more the line through the second half may show at its end than at its start: a share of
# its middle, and a number below which nothing can be told from the ups and downs of the load.
MOST_GROWTH = 0.05
UNSEEN = {"memory": 4.0, "sockets": 4.0, "threads": 1.0, "tasks": 4.0}


@dataclass(frozen=True)
class Sample:
    """What the process held at one moment: seconds from the start, MiB, and three counts."""

    second: float
    memory: float
    sockets: int
    threads: int
    tasks: int


def sample(start: float, loop: asyncio.AbstractEventLoop | None) -> Sample:
    """Count what this process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return Sample(
        second=round(time.monotonic() - start, 2),
        memory=round(pages * os.sysconf("SC_PAGE_SIZE") / MEBIBYTE, 2),
        sockets=_sockets(),
        threads=threading.active_count(),
        tasks=_tasks(loop),
    )


def _sockets() -> int:
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found += str(entry.readlink()).startswith("socket:")
        except FileNotFoundError:  # closed since it was listed
            continue
    return found


def _tasks(loop: asyncio.AbstractEventLoop | None) -> int:
    return len(asyncio.all_tasks(loop)) if loop is not None else 0


def growth(samples: list[Sample]) -> dict[str, dict[str, Any]]:
    """Return, for each measure, what a straight line through the second half says."""
    half = samples[len(samples) // 2 :]
    seconds = [one.second for one in half]
    return {name: _line(name, seconds, [asdict(one)[name] for one in half]) for name in MEASURES}


def _line(name: str, seconds: list[float], values: list[float]) -> dict[str, Any]:
    middle = sum(values) / len(values)
    slope = _slope(seconds, values)
    rise = slope * (seconds[-1] - seconds[0])
    return {
        "mean": round(middle, 2),
        "per_minute": round(slope * 60, 4),
        "rise": round(rise, 2),
        "flat": rise <= max(MOST_GROWTH * middle, UNSEEN[name]),
    }


def _slope(xs: list[float], ys: list[float]) -> float:
    """Return the slope of the line of least squares."""
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    across = sum((x - x_mean) ** 2 for x in xs)
    together = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    return together / across if across else 0.0
