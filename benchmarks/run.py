"""What one call and one streamed piece cost: ChatAI302, its rival and the floor, in one run.

Rounds are interleaved, each contender in a process of its own, against one server in another; the
figures are CPU time of the client, medians over rounds, and the ratio to the floor. `make bench`
runs it, with ChatOpenAI in an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from server import PIECES, serving

CALLS = 200
STREAMS = 10
ROUNDS = 7
KEY = "benchmark"
QUESTION = "Hello"


def floor(url: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """Raw httpx and json: what no adapter can be faster than."""
    import httpx  # noqa: PLC0415 - each contender is imported in its own process

    client = httpx.Client(headers={"authorization": f"Bearer {KEY}"})
    body = {"model": "m", "messages": [{"role": "user", "content": QUESTION}]}
    address = f"{url}/v1/chat/completions"

    def call() -> object:
        return client.post(address, json=body).json()["choices"][0]["message"]["content"]

    def stream() -> object:
        with client.stream("POST", address, json={**body, "stream": True}) as reply:
            lines = (line for line in reply.iter_lines() if line.startswith("data: {"))
            return [json.loads(line[6:]) for line in lines]

    return call, stream


def ours(url: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """ChatAI302."""
    from langchain_302 import ChatAI302  # noqa: PLC0415

    model = ChatAI302(model="m", base_url=url, api_key=KEY)
    return lambda: model.invoke(QUESTION), lambda: list(model.stream(QUESTION))


def rival(url: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """ChatOpenAI, pointed at the gateway."""
    from langchain_openai import ChatOpenAI  # type: ignore[import-not-found] # noqa: PLC0415

    model = ChatOpenAI(model="m", base_url=f"{url}/v1", api_key=KEY, stream_usage=True)
    return lambda: model.invoke(QUESTION), lambda: list(model.stream(QUESTION))


CONTENDERS = {"raw httpx": floor, "ChatAI302": ours, "ChatOpenAI": rival}


def measure(name: str, url: str) -> dict[str, float]:
    """Return the microseconds of CPU of one call and of one streamed piece."""
    call, stream = CONTENDERS[name](url)
    call()
    stream()
    begun = time.process_time()
    for _ in range(CALLS):
        call()
    between = time.process_time()
    for _ in range(STREAMS):
        stream()
    ended = time.process_time()
    micro = 1e6
    return {
        "call": (between - begun) / CALLS * micro,
        "piece": (ended - between) / STREAMS / PIECES * micro,
    }


def main() -> None:
    """Run every contender in turn, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rival-python", help="an interpreter that has langchain-openai")
    parser.add_argument("--measure", choices=list(CONTENDERS), help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure, asked.url)))
        return
    interpreters = {"raw httpx": sys.executable, "ChatAI302": sys.executable}
    if asked.rival_python:
        interpreters["ChatOpenAI"] = asked.rival_python
    found: dict[str, list[dict[str, float]]] = {name: [] for name in interpreters}
    with serving() as url:
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", file=sys.stderr)
            for name, python in interpreters.items():
                command = [python, str(Path(__file__)), "--measure", name, "--url", url]
                done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
                found[name].append(json.loads(done.stdout.splitlines()[-1]))
    show(found)


def show(found: dict[str, list[dict[str, float]]]) -> None:
    """Print medians, spread and ratios to the floor."""
    units = ("call", "piece")
    base = {unit: statistics.median(r[unit] for r in found["raw httpx"]) for unit in units}
    print(f"{'client CPU':<12}{'one call':>26}{'one streamed piece':>30}")
    for name, rounds in found.items():
        row = f"{name:<12}"
        for unit in units:
            values = sorted(result[unit] for result in rounds)
            middle = statistics.median(values)
            spread = f"({values[0]:.1f}-{values[-1]:.1f})"
            row += f"{middle:>9.1f} us {spread} x{middle / base[unit]:.2f}"
        print(row)


if __name__ == "__main__":
    main()
