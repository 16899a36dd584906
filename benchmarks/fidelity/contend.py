"""Runs every row through one contender, in its own environment, and prints a line of JSON for each.

`python -m benchmarks.fidelity.contend ChatOpenAI` is what the runner calls; with ids of rows after
the class's name, only those are run.
"""

from __future__ import annotations

import json
import os
import re
import sys
from importlib.metadata import version
from typing import get_args

from benchmarks.fidelity.contenders import CONTENDERS
from tests.fidelity.asking import KEY, observe
from tests.fidelity.contender import Contender
from tests.fidelity.observation import shortened
from tests.fidelity.row import Kind, Row, Way
from tests.fidelity.rows import ROWS_FOR
from tests.scripted_server import scripted_server

LONGEST_CELL = 150  # characters


def main() -> None:
    """Print one line for the versions, and one for each row, way and kind."""
    contender = CONTENDERS[sys.argv[1]]
    wanted = set(sys.argv[2:])
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "LANGSMITH_TRACING"):
        os.environ.pop(name, None)
        os.environ.pop(name.lower(), None)
    print(json.dumps({"versions": _versions(contender)}), flush=True)
    rows = ROWS_FOR[contender.framework]
    observe(
        contender.make, rows[0], "invoke", "sync", contender.framework
    )  # what a first call imports is not timed
    for row in rows:
        if wanted and row.id not in wanted:
            continue
        for way in row.ways:
            for kind in get_args(Kind):
                found = {
                    "row": row.id,
                    "way": way,
                    "kind": kind,
                    **_verdict(contender, row, way, kind),
                }
                print(json.dumps(found), flush=True)
    sys.stdout.flush()
    os._exit(0)  # a call that was left behind must not keep the process


def _verdict(contender: Contender, row: Row, way: Way, kind: Kind) -> dict[str, str]:
    refused = _refused(contender, row)
    if refused is not None:
        return {"verdict": "not applicable", "words": refused}
    complaint = row.complaint(observe(contender.make, row, way, kind, contender.framework))
    if complaint is None:
        return {"verdict": "yes", "words": ""}
    return {
        "verdict": "no",
        "words": shortened(_without_address(complaint.replace(KEY, "***")), LONGEST_CELL),
    }


def _without_address(words: str) -> str:
    return re.sub(r"https?://127\.0\.0\.1:\d+", "https://gateway", words)


def _refused(contender: Contender, row: Row) -> str | None:
    """Return why the class cannot be set up as the row wants, or None."""
    with scripted_server() as script:
        try:
            contender.make(script.url, row)
        except (TypeError, ValueError) as error:
            return shortened(str(error))
    return None


def _versions(contender: Contender) -> dict[str, str]:
    core = {"langchain": "langchain-core", "llama_index": "llama-index-core"}[contender.framework]
    packages = (contender.package, core, "openai", "openrouter", "httpx", "httpx2")
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except ImportError:
            continue
    return {**found, "Python": sys.version.split()[0]}


if __name__ == "__main__":
    main()
