"""`make soak`: run the load on a server that is killed now and then, and judge what is left.

It writes `benchmarks/results/soak.json` and `docs/evidence/soak.md`, and ends with 1 if a claim
is broken. SOAK_MINUTES says how long; every address is on this machine.
"""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

from benchmarks.soak.judge import claims, images
from benchmarks.soak.load import TASKS, THREADS, Load
from benchmarks.soak.report import write
from benchmarks.soak.server import SPOILED
from benchmarks.soak.tally import Tally
from benchmarks.soak.watch import EVERY, Sample, growth, sample

RESULTS = Path("benchmarks/results/soak.json")
LIBRARIES = ("httpx", "langchain-core", "llama-index-core")
KILL_EVERY = 180.0  # seconds; a short run is killed twice all the same
SECONDS_DOWN = 2.0
SECONDS_TO_END = 60.0  # far more than any call may take
SECONDS_TO_START = 30.0


class Server:
    """The emulator in its own process, on one port through all its lives."""

    def __init__(self, orders: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.kills = 0
        self._orders = orders
        self._start()

    def kill_and_restart(self) -> None:
        """End it in the middle of whatever it does; begin anew a little later."""
        self.end()
        self.kills += 1
        time.sleep(SECONDS_DOWN)
        self._start()

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()

    def _start(self) -> None:
        command = [sys.executable, "-m", "benchmarks.soak.server", str(self.port)]
        self._process = subprocess.Popen([*command, str(self._orders)])  # noqa: S603
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until:
            try:
                httpx.get(f"{self.url}/_emulator", trust_env=False)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("the server did not start")


@contextmanager
def served(orders: Path) -> Iterator[Server]:
    """Run the server until the block ends."""
    server = Server(orders)
    try:
        yield server
    finally:
        server.end()


def main() -> int:
    """Run, judge, write; return 1 if a claim is broken."""
    minutes = float(os.environ.get("SOAK_MINUTES", "30"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    with tempfile.TemporaryDirectory() as folder:
        orders, fates = Path(folder, "orders"), Path(folder, "fates")
        orders.touch()
        fates.touch()
        tally = Tally(fates)
        with served(orders) as server:
            load = Load(server.url, tally)
            samples, hanging = _run(load, server, minutes * 60)
        found: dict[str, Any] = {
            "about": _about(minutes, server.kills),
            "calls": _calls(tally, hanging),
            "images": images(orders.read_text("utf-8"), fates.read_text("utf-8")),
            "growth": growth(samples),
            "samples": [asdict(one) for one in samples],
        }
    found["claims"] = claims(found)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    write(found)
    for claim, kept in found["claims"].items():
        print(f"{'kept  ' if kept else 'BROKEN'} {claim}")
    return 0 if all(found["claims"].values()) else 1


def _run(load: Load, server: Server, seconds: float) -> tuple[list[Sample], int]:
    """Carry the load for so long; return the samples, and how many callers never came back."""
    threads = load.threads()
    start = time.monotonic()
    kill_every = min(KILL_EVERY, seconds / 3)
    next_kill, samples = kill_every, []
    for thread in threads:
        thread.daemon = True  # one that hangs is told as hanging, and must not keep the process
        thread.start()
    while (now := time.monotonic() - start) < seconds:
        if now >= next_kill:
            server.kill_and_restart()
            next_kill += kill_every
        time.sleep(EVERY)
        samples.append(sample(start, load.loop))
    load.stopping.set()
    until = time.monotonic() + SECONDS_TO_END
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    hanging = sum(thread.is_alive() for thread in threads)
    if not hanging:
        load.close()
    return samples, hanging


def _about(minutes: float, kills: int) -> dict[str, Any]:
    return {
        "minutes": minutes,
        "kills": kills,
        "threads": THREADS,
        "tasks": TASKS,
        "spoiled": SPOILED,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "versions": {
            name: version(name) for name in ("httpx", "langchain-core", "llama-index-core")
        },
    }


def _calls(tally: Tally, hanging: int) -> dict[str, Any]:
    return {
        "begun": sum(tally.begun.values()),
        "answered": sum(tally.answered.values()),
        "refused": sum(tally.refused.values()),
        "by_kind": dict(sorted(tally.begun.items())),
        "by_error": dict(tally.refused.most_common()),
        "wrong": tally.wrong,
        "strangers": tally.strangers,
        "hanging": hanging,
    }


if __name__ == "__main__":
    threading.excepthook = lambda args: sys.exit(f"a caller died: {args.exc_value!r}")
    # A thread that hangs must not keep the process from telling of it.
    code = main()
    sys.stdout.flush()
    os._exit(code)
