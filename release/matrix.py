"""`make install-matrix`: install what would be published, in clean environments, and use it there.

For each Python that is found: each distribution alone and all five together, from the built wheels
and from the built sdists; with each extra, and beside 302.AI's own command-line tools, from the
wheels. Writes `docs/evidence/install-matrix.md`; ends with 1 if anything failed. MATRIX_PYTHONS
names further interpreters, MATRIX_ROWS a part of the rows (the page is then not written).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from release.matrix_environment import Environment, StepFailedError, emulator
from release.matrix_page import PAGE, Outcome, page
from release.matrix_rows import ROWS, Row

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
AT_ONCE = 4  # environments; most of their time is waiting for the disk and the registry
KINDS = {"wheel": "*.whl", "sdist": "*.tar.gz"}


def pythons() -> dict[str, str]:
    """Return the interpreters that run, by version: those named, then those found on the path."""
    found: dict[str, str] = {}
    named = os.environ.get("MATRIX_PYTHONS", "").split()
    for command in [*named, sys.executable, *(f"python{version}" for version in VERSIONS)]:
        if path := shutil.which(command):
            asked = [path, "-c", "import platform; print(platform.python_version())"]
            told = subprocess.run(asked, capture_output=True, text=True, check=False)
            if told.returncode == 0:
                found.setdefault(told.stdout.strip().rpartition(".")[0], path)
    return {version: found[version] for version in VERSIONS if version in found}


def in_two_wheels(dist: Path) -> list[str]:
    """Return the files that more than one of the built wheels holds."""
    owners: Counter[str] = Counter()
    for wheel in dist.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            owners.update(archive.namelist())
    return [name for name, count in owners.items() if count > 1]


def tried(row: Row, python: str, kind: str, environment: Environment) -> Outcome:
    """Return how far a row came in a new environment."""
    try:
        environment.create()
        environment.install(*row.asked)
        packages = environment.packages()
        environment.check(row.present, absent=row.absent)
        for program in row.programs:
            environment.run(program)
        for gone, left, programs in row.uninstalls:
            environment.uninstall(gone)
            environment.check(left)
            for program in programs:
                environment.run(program)
    except StepFailedError as failed:
        return Outcome(python, kind, row.title, failed=failed.step, said=failed.said)
    return Outcome(python, kind, row.title, packages=packages)


def outcomes(dist: Path, rows: list[Row]) -> Iterator[Outcome]:
    """Try every row on every Python that is found, from the wheels and from the sdists alone."""
    found = pythons()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for kind, pattern in KINDS.items():
            (scratch / kind).mkdir()
            for file in dist.glob(pattern):
                shutil.copy2(file, scratch / kind)
        wheels = scratch / "wheel"
        own = Environment(scratch / "own", next(iter(found.values())), wheels, wheels, {})
        with emulator(own) as variables, ThreadPoolExecutor(AT_ONCE) as pool:

            def one(number: int, python: str, row: Row, kind: str) -> Outcome:
                where = scratch / f"tried-{number}"
                built, interpreter = scratch / kind, found[python]
                environment = Environment(where, interpreter, built, wheels, variables)
                try:
                    return tried(row, python, kind, environment)
                finally:
                    environment.remove()

            asked = [(p, row, kind) for p in found for row in rows for kind in row.kinds]
            waiting = [pool.submit(one, number, *given) for number, given in enumerate(asked)]
            for future in waiting:
                yield future.result()


def main() -> int:
    """Try all, print a line for each, write the page; return the exit code."""
    if shared := in_two_wheels(ROOT / "dist"):
        print(f"in two wheels: {', '.join(shared)}")
        return 1
    chosen = os.environ.get("MATRIX_ROWS", "").split()
    rows = [row for row in ROWS if not chosen or row.title in chosen]
    found = []
    for outcome in outcomes(ROOT / "dist", rows):
        found.append(outcome)
        told = f"{outcome.failed} FAILED" if outcome.failed else f"ok, {outcome.packages} packages"
        print(f"{outcome.python:6}{outcome.kind:7}{outcome.row:34} {told}", flush=True)
        if outcome.failed:
            print(outcome.said, flush=True)
    failed = [outcome for outcome in found if outcome.failed]
    if not chosen:
        (ROOT / PAGE).write_text(page(found, VERSIONS), "utf-8")
    print(f"{len(found) - len(failed)} passed, {len(failed)} failed")
    return bool(failed or not found)


if __name__ == "__main__":
    sys.exit(main())
