"""Puts the rows of chat and streams to one rival, in its own environment.

`python -m tests.faults.rivals ChatOpenAI` prints one line of JSON for its versions and one for each
row and way. Nothing here imports this project's packages.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from benchmarks.fidelity.contend import _versions
from benchmarks.fidelity.contenders import CONTENDERS
from tests.faults.row import ASKED, Row
from tests.faults.rows import ROWS
from tests.fidelity.asking import observe
from tests.fidelity.judges import stays_small
from tests.fidelity.observation import Observation, shortened
from tests.fidelity.row import Row as FidelityRow

AT_ONCE = 6  # rows that mostly wait
LARGE = 64 * 1024 * 1024  # bytes
WAY = {"chat": "invoke", "stream": "stream"}


def main():
    """Print what the rival's user sees of each row."""
    contender = CONTENDERS[sys.argv[1]]
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "LANGSMITH_TRACING"):
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    print(json.dumps({"versions": _versions(contender)}), flush=True)
    runs = [(row, way) for row in ROWS if row.for_rivals for way in row.ways if way in ASKED]
    measured = [run for run in runs if run[0].expected(run[1]).growth is not None]
    others = [run for run in runs if run not in measured]
    for run in measured:  # alone: what others take must not count as theirs
        _tell(contender, *run)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda run: _tell(contender, *run), others))
    sys.stdout.flush()
    os._exit(0)  # a call that was left behind must not keep the process


def _tell(contender, row: Row, way: str):
    seen = observe(contender.make, _as_fidelity(row, way), WAY[way], "sync", contender.framework)
    print(
        json.dumps({"row": row.id, "way": way, "requests": seen.requests, "saw": in_words(seen)}),
        flush=True,
    )


def _as_fidelity(row: Row, way: str) -> FidelityRow:
    limits = row.settings.get("timeout")
    measured = row.expected(way).growth is not None
    replies = row.inject.for_way(way)
    return FidelityRow(
        row.id,
        row.case,
        (stays_small,) if measured else (),
        invoke=replies if way == "chat" else None,
        stream=replies if way == "stream" else None,
        timeout=min(limits.values()) if limits else None,  # it has one limit for all
        max_retries=row.settings.get("max_retries", 2),
        times=row.times,
    )


def in_words(seen: Observation) -> str:
    """Say what the rival's user sees: an answer, an error of whose making, or nothing."""
    grown = ""
    if seen.memory is not None and seen.memory > LARGE:
        grown = f" (takes {seen.memory // 2**20} MiB)"
    if seen.unfinished:
        return f"hangs{grown}"
    if seen.error is None:
        return (f"accepts {shortened(seen.text, 40)!r}" if seen.text else "an empty answer") + grown
    known = seen.recognised or "OpenAIError" in seen.families
    return f"{'typed' if known else 'foreign'} {seen.error}{grown}"


if __name__ == "__main__":
    main()
