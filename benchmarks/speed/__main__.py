"""Runs every contender in interleaved rounds, and writes results, a page and its plots.

`make bench` runs it whole (about half an hour); `--only calls --only pieces` runs part of it, and
then writes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import statistics
import subprocess
import sys
import venv
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.speed.contenders import CONTENDERS, Contender
from benchmarks.speed.report import page, plots
from benchmarks.speed.server import ceiling, serving
from benchmarks.speed.work import WORK

RESULTS = Path("benchmarks/results")
ROUNDS = {"calls": 5, "pieces": 5, "beginnings": 5}  # the others are long, and need fewer
LIMIT = 600.0  # seconds for one piece of work of one contender
FLOORS_WITHOUT = {  # what a floor cannot show
    "raw httpx": {"beginnings"},
    "raw aiohttp": {"calls", "pieces", "beginnings", "memory"},
    "empty BaseChatModel": {"many_calls", "many_streams", "beginnings", "memory", "growth"},
}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=list(WORK), help="this work alone")
    asked = parser.parse_args()
    works = asked.only or list(WORK)
    pythons = {name: _python(contender) for name, contender in CONTENDERS.items()}
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    versions: dict[str, str] = {}
    with serving() as url:
        most = asyncio.run(ceiling(url))
        print(f"the server answers {most:.0f} calls a second when nothing is done with them")
        for work in works:
            for number in range(ROUNDS.get(work, 3)):
                for name, python in pythons.items():
                    if work in FLOORS_WITHOUT.get(name, ()):
                        continue
                    print(f"{work} {number + 1}: {name}", file=sys.stderr)
                    figures = _run(python, name, work, url, versions)
                    for figure, value in figures.items():
                        found[name][figure].append(value)
    result = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day here is what is meant
        "machine": f"{platform.system()}, {platform.processor() or platform.machine()}",
        "python": platform.python_version(),
        "versions": dict(sorted(versions.items())),
        "server_calls_per_second": round(most),
        "figures": {name: dict(figures) for name, figures in found.items()},
    }
    medians = {
        name: {figure: statistics.median(values) for figure, values in figures.items()}
        for name, figures in found.items()
    }
    if asked.only:
        print(json.dumps(medians, indent=1))
        return
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "speed.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    plots(medians)
    print(page(result, medians))


def _run(python: str, name: str, work: str, url: str, versions: dict[str, str]) -> dict[str, float]:
    command = [python, "-m", "benchmarks.speed.contend", name, work, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)  # noqa: S603
    if done.returncode:
        print(f"{name} cannot do {work}: {done.stderr.strip()[-200:]}", file=sys.stderr)
        return {}
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    versions.update(said["versions"])
    figures: dict[str, float] = said["figures"]
    return figures


def _python(contender: Contender) -> str:
    """Return the interpreter that has `contender`, after installing its newest version."""
    if not contender.packages:
        return sys.executable
    folder = Path(".venv") / f"rivals-{contender.packages[0].removeprefix('langchain-')}"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    print(f"== installing the newest {', '.join(contender.packages)}", file=sys.stderr)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--upgrade", *contender.packages], check=True)  # noqa: S603
    return str(python)


if __name__ == "__main__":
    main()
