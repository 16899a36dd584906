"""Writes docs/evidence/reading.md from what was measured."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from statistics import median
from typing import Any

HEAD = """# Reading many images: figures

Written by `make reading`: everything below is from one run, on {machine}, on {day}. The server is
on the same machine and answers each request after a stated delay; each contender runs in a process
of its own. Rivals: {versions}. How reading works: [rag.md](../rag.md).
"""
SPEED = """
## Images a second

The server takes half a second for an answer. Medians of {rounds} rounds that took turns; in
brackets the slowest and the fastest.
"""
MEMORY = """
## Peak memory

Of the whole process, including its imports; the server answers at once.
"""
KILLED = """
## A run that is killed halfway and started again

The requests that the server received. Pages that were in progress when the process was killed had
been requested but not answered, so every client requests them again.
"""
LARGE = """
## Large files

Read by our blocking client, 8 pages at once; the server answers at once. Memory is that of the
whole process; one that has read 100 small images takes {least} MiB.
"""
MIXED = """
## Forty mixed pages

PDFs of one page: {kinds}. The columns name the character error rate on each: how many edits lead
to what a person reads, for each of its letters (0 is exact). The model of ours is the emulator's,
which reads with RapidOCR; PyMuPDF, which is under the AGPL, has RapidOCR too, and reads scans with
it. The cost is what the emulator charges for `gpt-4o-mini`. docling and marker are not measured:
their weights come from a hub.
"""
RAY = """
## On Ray, two workers

`cookbook/ocr_on_ray.py` on a cluster of this one machine; the server takes half a second. A tenth
of the images occur twice, so each run has fewer requests than pages. The seconds include the start
of the workers, which takes a few. The comment at the top of the recipe says what changes on a
cluster.
"""


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def page(found: Mapping[str, Any]) -> str:
    """Return the page."""
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    machine = f"{platform.system()}, Python {platform.python_version()}"
    head = HEAD.format(machine=machine, day=datetime.now(timezone.utc).date(), versions=versions)
    rounds = len(found["speed"][0]["images_per_second"])
    return "".join(
        [
            head,
            SPEED.format(rounds=rounds),
            table(["who", "images", "images a second"], map(speed_row, found["speed"])),
            MEMORY,
            table(["who", "100 images", "10,000 images"], map(memory_row, found["memory"])),
            KILLED,
            table(
                ["who", "images", "until it was killed", "after the restart"],
                map(killed_row, found["killed"]),
            ),
            LARGE.format(least=round(found["memory"][2]["peak_mib"][0])),
            table(
                ["what", "pages a second", "CPU of a page", "peak memory"],
                map(large_row, found["large"]),
            ),
            MIXED.format(kinds=", ".join(f"{kind}" for kind in found["mixed"][0]["scores"])),
            table(
                ["who", *found["mixed"][0]["scores"], "all", "calls", "cost", "seconds"],
                map(mixed_row, found["mixed"]),
            ),
            RAY,
            table(
                ["run", "pages", "from the cache", "requests", "seconds", "pages a second"],
                map(ray_row, found["ray"]),
            ),
        ]
    )


def speed_row(row: Mapping[str, Any]) -> list[str]:
    """Return a line of the first table."""
    rates = row["images_per_second"]
    middle = f"{median(rates):.1f} ({min(rates):.1f}-{max(rates):.1f})"
    return [row["who"], str(row["images"]), middle]


def memory_row(row: Mapping[str, Any]) -> list[str]:
    """Return a line of the second table."""
    return [row["who"], *(f"{peak:.0f} MiB" for peak in row["peak_mib"])]


def killed_row(row: Mapping[str, Any]) -> list[str]:
    """Return a line of the third table."""
    return [row["who"], *(str(row[name]) for name in ("images", "before", "after"))]


def large_row(row: Mapping[str, Any]) -> list[str]:
    """Return a line about a large file."""
    rate, cpu = row["pages"] / row["seconds"], row["cpu"] / row["pages"]
    return [row["who"], f"{rate:,.0f}", f"{cpu * 1_000:.1f} ms", f"{row['peak_mib']:,.0f} MiB"]


def mixed_row(row: Mapping[str, Any]) -> list[str]:
    """Return a line about the mixed pages."""
    rates = [f"{rate:.3f}" for rate in [*row["scores"].values(), row["all"]]]
    return [
        row["who"],
        *rates,
        str(row["calls"]),
        f"{row['cost']:.4f} PTC",
        f"{row['seconds']:.0f}",
    ]


def ray_row(row: Mapping[str, Any]) -> list[str]:
    """Return a line of the last table."""
    told = [str(row[name]) for name in ("pages", "cached", "requests", "seconds")]
    return [row["who"], *told, str(row["pages_per_second"])]
