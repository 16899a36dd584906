"""The page of the clean installs: what was tried, where, and what came of it."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PAGE = "docs/evidence/install-matrix.md"
START = """# Clean installs

Written by `make install-matrix`. Each row is a new environment: once with the built wheels, and,
for rows without other packages, also with the built sdists. `uv pip check` looks for conflicts.
Each of our files must be installed unchanged and belong to no other distribution; a framework that
was not requested must not be installed. Then programs of `release/programs` make real calls to an
emulator that runs in an environment of its own, at the address in `AI302_BASE_URL`.

In the rows with all five, they are uninstalled one after another, and the remaining ones are
checked and used again. `ai302` and `cli-302ai` are 302.AI's own command-line tools: they work
beside our packages, and uninstalling them leaves ours complete. No file is in two of the wheels.

"""


@dataclass(frozen=True)
class Outcome:
    """One environment: what was installed there and how far it came.

    Attributes:
        python: The version of its Python.
        kind: `wheel` or `sdist`.
        row: What was installed, as the page calls it.
        packages: How many packages it holds, itself included.
        failed: The step that failed, empty if none did.
        said: What that step printed.
    """

    python: str
    kind: str
    row: str
    packages: int = 0
    failed: str = ""
    said: str = ""


def page(found: Sequence[Outcome], versions: Sequence[str]) -> str:
    """Return the page.

    Args:
        found: Every environment that was tried.
        versions: The versions of Python that should have been.
    """
    there = [version for version in versions if any(o.python == version for o in found)]
    missing = [version for version in versions if version not in there]
    lines = [
        f"| installed | {' | '.join(there)} | packages |",
        f"|---|{'---|' * (len(there) + 1)}",
        *_rows(found, there),
    ]
    failed = sum(bool(outcome.failed) for outcome in found)
    where = f"{len(found) - failed} of {len(found)} passed, on {platform.system()}."
    if missing:
        where += f" Not found on that machine, so not tried: Python {', '.join(missing)}."
    return START + "\n".join(lines) + f"\n\n{where}\n"


def _rows(found: Sequence[Outcome], there: Sequence[str]) -> Iterator[str]:
    for row in dict.fromkeys(outcome.row for outcome in found):
        of_it = [outcome for outcome in found if outcome.row == row]
        cells = [_cell([o for o in of_it if o.python == version]) for version in there]
        counts = sorted({outcome.packages for outcome in of_it if not outcome.failed})
        told = " to ".join(str(n) for n in dict.fromkeys([*counts[:1], *counts[-1:]]))
        title = row if " " in row else f"`{row}`"
        yield f"| {title} | {' | '.join(cells)} | {told or '-'} |"


def _cell(of_it: Sequence[Outcome]) -> str:
    told = {o.kind: f"{o.failed} failed" if o.failed else "ok" for o in of_it}
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return ", ".join(f"{kind}: {result}" for kind, result in told.items())
