"""Writes `docs/evidence/faults.json` and `docs/evidence/faults.md`: `python -m tests.faults`.

Each rival lives in an environment of its own below `.venv`, which is made here if it is missing.
`--ours` measures no rival: what is recorded of them stays, with the rows that it is of.
"""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.fidelity.__main__ import _python
from benchmarks.fidelity.contenders import CONTENDERS
from tests.faults.callers import BlockingCore, observe, ours
from tests.faults.page import PAGE, RECORD, RIVALS, digest, page
from tests.faults.rows import ROWS

LIMIT = 1800.0  # seconds for one rival


def main():
    """Measure, and write both files."""
    if "--ours" in sys.argv:
        record = json.loads(RECORD.read_text("utf-8"))
    else:
        with ThreadPoolExecutor(len(RIVALS)) as pool:
            rivals = dict(zip(RIVALS, pool.map(_rival, RIVALS), strict=True))
        digests = {row.id: digest(row) for row in ROWS if row.for_rivals}
        record = {"digests": digests, "rivals": rivals}
    record["ours"] = dict(_ours())
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    RECORD.write_text(text, encoding="utf-8")
    PAGE.write_text(page(record), encoding="utf-8")
    print(*PAGE.read_text("utf-8").splitlines()[2:4], sep="\n")


def _ours():
    """Yield what each error says, in the first way of each group."""
    for row in ROWS:
        for ways, expect in row.expect.items():
            if expect.error is None:
                continue
            with pytest.MonkeyPatch.context() as patch:
                _, saw = observe(row, ways[0], BlockingCore, patch)
            yield f"{row.id} {ways[0]}", _without_numbers(str(ours(saw.error)))


def _without_numbers(words):
    """Return `words` without what differs from run to run."""
    words = re.sub(r"(127\.0\.0\.1|localhost):\d+", r"\1", words)
    return re.sub(r" \(_ssl\.c:\d+\)", "", words)


def _rival(name):
    command = [_python(CONTENDERS[name]), "-m", "tests.faults.rivals", name]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT)
    return as_record(done.stdout.splitlines())


def as_record(lines):
    """Return a rival's lines as they are recorded, in the order of the table."""
    versions, *found = map(json.loads, lines)
    order = [row.id for row in ROWS]
    found.sort(key=lambda one: (order.index(one["row"]), one["way"]))
    rows = {f"{one['row']} {one['way']}": one for one in found}
    return {"versions": versions["versions"], "rows": rows}


if __name__ == "__main__":
    main()
