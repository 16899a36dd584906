"""Runs every contender in interleaved rounds, and writes results, a page and its plots.

`make bench` runs it whole, which is long; `--only calls --who ChatAI302 --who ChatOpenAI`
runs part of it, and then writes nothing. `--anew calls` runs that part with everybody, and writes
its figures in place of the last run's. `paced` runs the streams at reading speed alone, which takes
some minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.environments import newest
from benchmarks.speed import paced
from benchmarks.speed.contenders import CONTENDERS, PACED_ONLY, Contender
from benchmarks.speed.report import page, plots, targets
from benchmarks.speed.server import ceiling, serving
from benchmarks.speed.targets import Medians
from benchmarks.speed.work import WORK

RESULTS = Path("benchmarks/results")
ROUNDS = {"calls": 5, "pieces": 5, "beginnings": 5}  # the others are long, and need fewer: 3
ROUNDS_OF_RIVALS = {"many_calls": 2, "many_streams": 2, "memory": 1, "growth": 1}
LIMIT = 240.0  # seconds for one piece of work of one contender; who takes longer is left out
FLOORS_WITHOUT = {  # what a floor cannot show
    "raw httpx": {"beginnings"},
    "raw aiohttp": {"calls", "pieces", "beginnings", "memory", "growth"},
    "empty BaseChatModel": {"many_calls", "many_streams", "beginnings", "memory"},
    "empty LLM": {"many_calls", "many_streams", "beginnings", "memory"},
}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=list(WORK), help="this work alone")
    parser.add_argument(
        "--who", action="append", choices=[*CONTENDERS, *PACED_ONLY], help="them alone"
    )
    parser.add_argument(
        "--anew",
        action="append",
        choices=list(WORK),
        help="this work of everybody, side by side, into the last run's results",
    )
    parser.add_argument("--page", action="store_true", help="write the last run's page anew")
    parser.add_argument("part", nargs="?", choices=["paced"], help="this part alone")
    asked = parser.parse_args()
    if asked.part == "paced":
        _paced(asked.who)
        return
    if asked.page:
        _write(json.loads((RESULTS / "speed.json").read_text("utf-8")))
        return
    works = asked.anew or asked.only or list(WORK)
    known = {**CONTENDERS, **PACED_ONLY}
    chosen = [known[name] for name in (None if asked.anew else asked.who) or CONTENDERS]
    homes = {contender.home: contender.packages for contender in chosen}
    pythons = {home: newest(home, *packages) for home, packages in homes.items()}
    started = time.monotonic()
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    versions: dict[str, set[str]] = defaultdict(set)
    unable: set[tuple[str, str]] = set()
    with serving() as url:
        most = asyncio.run(ceiling(url))
        print(f"the server answers {most:.0f} calls a second when nothing is done with them")
        for work, number, who in _rounds(works, chosen):
            print(f"{work} {number}: {who.name}", file=sys.stderr)
            if (who.name, work) in unable:
                continue
            figures = _run(pythons[who.home], who.name, work, url, versions)
            if not figures:
                unable.add((who.name, work))
            for figure, value in figures.items():
                found[who.name][figure].append(value)
    result = {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the day here is what is meant
        "machine": _machine(),
        "python": platform.python_version(),
        "versions": {name: " and ".join(sorted(seen)) for name, seen in sorted(versions.items())},
        "minutes": round((time.monotonic() - started) / 60, 1),
        "server_calls_per_second": round(most),
        "figures": {name: dict(figures) for name, figures in found.items()},
    }
    if asked.anew:
        result = _into_last(result, works)
    elif asked.only or asked.who:
        medians = _medians(result)
        print(json.dumps(medians, indent=1))
        print(targets(medians))
        return
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "speed.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    _write(result)
    if not asked.anew:
        _paced()


def _paced(only: list[str] | None = None) -> None:
    """Measure streams at reading speed; of `only` some of them, and then write nothing."""
    known = {**CONTENDERS, **PACED_ONLY}
    who = tuple(name for name in paced.WHO if not only or name in only)
    homes = {known[name].home: known[name].packages for name in who}
    pythons = {home: newest(home, *packages) for home, packages in homes.items()}
    its, mine = paced.cores()
    started = time.monotonic()
    with serving(its) as url:
        found = paced.measure(paced.runner(pythons, url, mine), who)
    minutes = (time.monotonic() - started) / 60
    print(json.dumps(found, indent=1) if only else paced.write(found, minutes))


def _rounds(works: list[str], chosen: list[Contender]) -> Iterator[tuple[str, int, Contender]]:
    """Yield each work, round by round, for everybody who takes part in that round."""
    for work in works:
        for number in range(1, ROUNDS.get(work, 3) + 1):
            for who in chosen:
                rounds = number if who.ours else ROUNDS_OF_RIVALS.get(work, number)
                if number <= rounds and work not in FLOORS_WITHOUT.get(who.name, ()):
                    yield work, number, who


def _into_last(result: Mapping[str, Any], works: list[str]) -> dict[str, Any]:
    """Return the last run's results with `works` as they were measured now."""
    last: dict[str, Any] = json.loads((RESULTS / "speed.json").read_text("utf-8"))
    for name, figures in result["figures"].items():
        last["figures"].setdefault(name, {}).update(figures)
    last["versions"] |= result["versions"]
    works = sorted({*works, *last.get("anew", {}).get("works", ())})  # the page names them all
    last["anew"] = {"works": works, "minutes": result["minutes"], "date": result["date"]}
    return last


def _medians(result: Mapping[str, Any]) -> Medians:
    return {
        name: {figure: statistics.median(values) for figure, values in figures.items()}
        for name, figures in result["figures"].items()
    }


def _write(result: Mapping[str, Any]) -> None:
    """Write the page of a run, and its plots."""
    medians = _medians(result)
    plots(medians)
    print(page(result, medians))


def _machine() -> str:
    """Say what this was measured on, as far as the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{platform.system()}, {os.cpu_count()} x {processor}"


def _run(
    python: str, name: str, work: str, url: str, versions: Mapping[str, set[str]]
) -> dict[str, float]:
    command = [python, "-m", "benchmarks.speed.contend", name, work, url]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        print(f"{name} took longer than {LIMIT:.0f} s for {work}", file=sys.stderr)
        return {}
    if done.returncode:
        print(f"{name} cannot do {work}: {done.stderr.strip()[-200:]}", file=sys.stderr)
        return {}
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for library, version in said["versions"].items():
        versions[library].add(version)
    figures: dict[str, float] = said["figures"]
    return figures


if __name__ == "__main__":
    main()
