"""Measures reading in one run: speed, memory, and what a killed run asks for again.

    python -m benchmarks.reading [--only speed,memory,killed,large,mixed,ray]

Every contender runs in a process of its own, against a server of this machine. LangChain's parser
lives in an environment of its own below `.venv`. Only a whole run writes
`benchmarks/results/reading.json` and `docs/evidence/reading.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.environments import made_once
from benchmarks.reading.images import image
from benchmarks.reading.mixed import mixed
from benchmarks.reading.report import page
from benchmarks.reading.server import Server

RESULTS = Path("benchmarks/results/reading.json")
PAGE = Path("docs/evidence/reading.md")
RIVALS = ["langchain-openai", "langchain-community", "pillow", "numpy"]
SLOW, QUICK, KILLED = 0.5, 0.0, 0.1  # seconds that the server takes for an answer
FEW, MANY = 100, 10_000
PAUSE = 0.01  # seconds between looks at the server's count
ROUNDS = 3


def rivals() -> str:
    """Return the Python of the rivals' environment."""
    return made_once("rivals-reading", *RIVALS)


def ours(way: str, url: str, count: int, *more: object) -> list[str]:
    """Return the command of one run of ours."""
    return [sys.executable, "-m", "benchmarks.reading.ours", way, url, *map(str, (count, *more))]


def theirs(way: str, url: str, count: int) -> list[str]:
    """Return the command of one run of a rival."""
    return [rivals(), "benchmarks/reading/rivals.py", way, url, str(count)]


def done(command: list[str]) -> dict[str, Any]:
    """Run a command; return what it measured."""
    out = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    measured: dict[str, Any] = json.loads(out.stdout.splitlines()[-1])
    return measured


def speed() -> list[dict[str, Any]]:
    """Return the images a second of each contender, whose rounds take turns."""
    with Server(SLOW) as server:
        contenders: dict[str, tuple[list[str], int]] = {
            "a plain loop over `ChatOpenAI`": (theirs("loop", server.url, 20), 20),
            "`LLMImageBlobParser` on `ChatOpenAI`": (theirs("parser", server.url, 20), 20),
            "`ChatOpenAI.batch`, 8 at once": (theirs("batch", server.url, 160), 160),
            "ours, one at a time": (ours("blocking", server.url, 20, "--at-once", 1), 20),
            "ours, 8 at once (the default)": (ours("blocking", server.url, 160), 160),
            "ours, 8 at once, asynchronous": (ours("awaiting", server.url, 160), 160),
            "ours, 32 at once": (ours("blocking", server.url, 640, "--at-once", 32), 640),
            "ours, 32 at once, asynchronous": (
                ours("awaiting", server.url, 640, "--at-once", 32),
                640,
            ),
        }
        found: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(ROUNDS):
            for name, (command, count) in contenders.items():
                found[name].append(count / done(command)["seconds"])
                print(f"{name}: {found[name][-1]:.1f} images a second", flush=True)
    return [
        {"who": name, "images": contenders[name][1], "images_per_second": sorted(rates)}
        for name, rates in found.items()
    ]


def memory() -> list[dict[str, Any]]:
    """Return the peak memory of short runs and of long ones."""
    rows: list[dict[str, Any]] = []
    with Server(QUICK) as server:
        contenders: dict[str, Callable[[int], list[str]]] = {
            "`LLMImageBlobParser` on `ChatOpenAI`": lambda count: theirs(
                "parser", server.url, count
            ),
            "`ChatOpenAI.batch`, 8 at once": lambda count: theirs("batch", server.url, count),
            "ours, 8 at once": lambda count: ours("blocking", server.url, count),
            "ours, 8 at once, asynchronous": lambda count: ours("awaiting", server.url, count),
        }
        for name, command in contenders.items():
            peaks = [done(command(count)) for count in (FEW, MANY)]
            rows.append({"who": name, "peak_mib": [peak["peak_mib"] for peak in peaks]})
            rows[-1]["seconds"] = [peak["seconds"] for peak in peaks]
            print(rows[-1], flush=True)
    return rows


def killed(count: int = 200) -> list[dict[str, Any]]:
    """Kill a run in its middle and run it again; return how many requests each took."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, Server(KILLED) as server:
        cache = ("--cache", os.path.join(folder, "readings"))  # noqa: PTH118 - it goes into a command
        for name, command in {
            "`LLMImageBlobParser` on `ChatOpenAI`": theirs("parser", server.url, count),
            "ours, with a cache": ours("blocking", server.url, count, *cache),
        }.items():
            start = server.requests
            first = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603
            while server.requests - start < count // 2:
                time.sleep(PAUSE)
            first.send_signal(signal.SIGKILL)
            first.communicate()
            before = server.requests - start
            done(command)
            again = server.requests - start - before
            rows.append({"who": name, "images": count, "before": before, "after": again})
            print(rows[-1], flush=True)
    return rows


def large() -> list[dict[str, Any]]:
    """Return the time and the memory of files that are large in one way or another."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, Server(QUICK) as server:
        make = [sys.executable, "-m", "benchmarks.reading.large_files", folder]
        subprocess.run(make, check=True)  # noqa: S603 - our own module
        for told, name, pages, text in [
            ("1,000 images in a folder", "scans", 1_000, "auto"),
            ("a TIFF of 12 pages, 300 MB", "pages.tif", 12, "auto"),
            ("a PDF of 50 pages, drawn and read", "50.pdf", 50, "read"),
            ("its text layers", "50.pdf", 50, "auto"),
            ("those of a PDF of 5,000 pages", "5000.pdf", 5_000, "auto"),
            ("those of a PDF of 50 pages and 3 GB", "huge.pdf", 50, "auto"),
        ]:
            given = ["--given", Path(folder, name), "--text", text]
            measured = done(ours("blocking", server.url, pages, *given))
            rows.append({"who": told, "pages": pages, **measured})
            print(rows[-1], flush=True)
    return rows


def ray(count: int = 640) -> list[dict[str, Any]]:
    """Run the recipe on Ray with one worker and two, with a rate, and with a full cache."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, Server(SLOW) as server:
        scans = Path(folder, "scans")
        scans.mkdir()
        for number in range(count):
            # Every image of the last tenth is there twice: it is asked for once.
            (scans / f"{number:05}.png").write_bytes(image(number % (count - count // 10)))
        environment = os.environ | {"AI302_API_KEY": "test-key-not-real"}
        environment["AI302_BASE_URL"] = server.url
        for name, workers, rate, cache in [
            ("1 worker", 1, 1000, "one"),
            ("2 workers", 2, 1000, "two"),
            ("2 workers, 10 pages a second in all", 2, 10, "paced"),
            ("2 workers, all pages in the cache", 2, 10, "two"),
        ]:
            start = server.requests
            command = [sys.executable, "cookbook/ocr_on_ray.py", "--folder", str(scans)]
            command += ["--workers", str(workers), "--rate", str(rate)]
            command += ["--cache", str(Path(folder, cache))]
            told = subprocess.run(  # noqa: S603
                command, check=True, capture_output=True, text=True, env=environment
            ).stdout
            numbers = re.search(r"(\d+) pages, (\d+) from.*?([\d.]+) s, ([\d.]+) pages", told)
            assert numbers, told
            pages, cached, seconds, rate_seen = map(float, numbers.groups())
            rows.append(
                {
                    "who": name,
                    "pages": int(pages),
                    "cached": int(cached),
                    "seconds": seconds,
                    "pages_per_second": rate_seen,
                    "requests": server.requests - start,
                }
            )
            print(rows[-1], flush=True)
    return rows


def main() -> None:
    """Measure everything and write the page, or a part and only print it."""
    parts: dict[str, Callable[[], list[dict[str, Any]]]] = {
        "speed": speed,
        "memory": memory,
        "killed": killed,
        "large": large,
        "mixed": mixed,
        "ray": ray,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help=", ".join(parts))
    only = parser.parse_args().only
    with Server(QUICK) as server:
        versions = done(theirs("loop", server.url, 1))["versions"]
    found: dict[str, Any] = {"versions": versions}
    for name in only.split(",") if only else parts:
        found[name] = parts[name]()
    if not only:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")
        PAGE.write_text(page(found))
        print(f"Wrote {RESULTS} and {PAGE}")


if __name__ == "__main__":
    main()
