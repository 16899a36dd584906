"""Puts every row to every contender and writes `docs/evidence/fidelity.md`.

Each rival lives in an environment of its own below `.venv`, which is made here if it is missing;
`make fidelity` runs this from the project's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.environments import newest
from benchmarks.fidelity.contenders import (
    FOR_LANGCHAIN,
    FOR_LLAMA_INDEX,
)
from benchmarks.fidelity.report import Findings, page
from tests.fidelity.contender import Contender

PAGE = Path("docs/evidence/fidelity.md")
AT_ONCE = 2  # contenders that run at the same time; rows that measure seconds need a free core
LIMIT = 1800.0  # seconds for one contender


def main() -> None:
    """Run the contenders, and write the page."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(_run, [*FOR_LANGCHAIN, *FOR_LLAMA_INDEX]))
    first = len(FOR_LANGCHAIN)
    written = page(found[:first], found[first:])
    PAGE.write_text(written, encoding="utf-8")
    print(
        *(line for line in written.splitlines() if " of " in line and line.endswith(".")), sep="\n"
    )


def _run(contender: Contender) -> Findings:
    python = _python(contender)
    print(f"== {contender.name}", file=sys.stderr)
    lines = _lines(python, "benchmarks.fidelity.contend", contender.name)
    claims = []
    if contender.framework == "llama_index":
        maker = f"tests.llama_index_contract.makers:{contender.name}"
        claims = _lines(python, "tests.llama_index_contract", maker)
    return Findings(contender.name, lines[0]["versions"], lines[1:], claims)


def _lines(python: str, module: str, argument: str) -> list[dict[str, Any]]:
    command = [python, "-m", module, argument]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT)  # noqa: S603
    return [json.loads(line) for line in done.stdout.splitlines()]


def _python(contender: Contender) -> str:
    """Return the interpreter that has `contender`, after installing it if need be."""
    if contender.ours:
        return sys.executable
    home = f"rivals-{contender.package.removeprefix('langchain-')}"
    return newest(home, contender.package)


if __name__ == "__main__":
    main()
