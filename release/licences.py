"""`make licences`: the licence of everything that a user installs with us, from its own metadata.

What is walked are the requirements of the five distributions with their extras, as they are
installed here or in the environment of `make mcp`; the tests' tools are not among them. Writes
`docs/evidence/licences.md`; ends with 1 if a licence is not known, or would bind a program that
uses one of the packages.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.projects import PROJECTS

PAGE = Path(__file__).parent.parent / "docs" / "evidence" / "licences.md"
ROOTS = tuple(project.with_extras for project in PROJECTS)
# Binds the files of the package itself and no program around it: MPL-2.0, section 3.3.
BINDS_ITS_OWN_FILES = re.compile(r"\bMPL\b|Mozilla Public", re.IGNORECASE)
BINDS_THE_PROGRAM = re.compile(
    r"\b[AL]?GPL|General Public|\b(EUPL|SSPL|OSL|CDDL|EPL|CC-BY-SA|CC-BY-NC|BUSL)\b", re.IGNORECASE
)
LONGEST_NAME = 60  # characters
SEVERITY = ("", "binds its own files", "binds the program", "not known")  # the mildest first
START = f"""# Licences

Written by `make licences` from the metadata of every package that this installs:

```sh
pip install {" ".join(f'"{root}"' for root in ROOTS)}
```

A test fails if a licence is unknown, or if it binds the program that uses the package (GPL, LGPL,
AGPL and similar licences). MPL-2.0 binds the files of that package only.

| package | licence | |
|---|---|---|
"""


def licence_of(package: Distribution) -> str:
    """Return what the metadata of `package` says, empty if it says nothing."""
    about = package.metadata.json
    if expression := about.get("license_expression"):
        return str(expression)
    told = [line for line in about.get("classifier", ()) if line.startswith("License :: ")]
    named = [line.rpartition(" :: ")[2] for line in told]
    # "OSI Approved" alone, or any that says no more, is no licence.
    if named := [name for name in named if name not in ("OSI Approved", "License")]:
        return " AND ".join(named)
    first = str(about.get("license", "")).strip().partition("\n")[0].strip()
    # A longer one is the licence's text, and a package without a licence may say so.
    return "" if len(first) > LONGEST_NAME or first.upper() == "UNKNOWN" else first


def verdict(licence: str) -> str:
    """Return what is to be said of a licence: nothing, where it asks for a notice at most.

    Of alternatives (OR) the mildest counts, for the user chooses; of several (AND) the strictest.
    """
    text = licence.strip()
    for word, choose in ((r"\bOR\b", min), (r"\bAND\b", max)):
        parts = _parts(text, word)
        if len(parts) > 1:
            return choose((verdict(part) for part in parts), key=SEVERITY.index)
    if text.startswith("(") and text.endswith(")"):
        return verdict(text[1:-1])
    if not text:
        return "not known"
    if BINDS_THE_PROGRAM.search(text):
        return "binds the program"
    return "binds its own files" if BINDS_ITS_OWN_FILES.search(text) else ""


def _parts(text: str, word: str) -> list[str]:
    """Return `text` split at `word`, where it stands in no brackets."""
    parts, start = [], 0
    for found in re.finditer(word, text):
        before = text[: found.start()]
        if before.count("(") == before.count(")"):
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


def installed(roots: Iterable[str]) -> Iterator[Distribution]:
    """Yield what `roots` bring along in this environment, themselves included, each once."""
    seen: set[tuple[str, str]] = set()
    names: set[str] = set()
    waiting = [Requirement(root) for root in roots]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        fresh = {(name, extra) for extra in ("", *wanted.extras)} - seen
        seen |= fresh
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # for another system, or left out here
        if name not in names:
            names.add(name)
            yield package
        for line in package.requires or []:
            needed = Requirement(line)
            chosen = [extra for _, extra in fresh]
            marker = needed.marker
            if any(marker is None or marker.evaluate({"extra": extra}) for extra in chosen):
                waiting.append(needed)


def rows(roots: Iterable[str] = ROOTS) -> list[tuple[str, str, str]]:
    """Return name, licence and verdict of each package, by name."""
    found = []
    for package in installed(roots):
        name = canonicalize_name(package.metadata["Name"])
        licence = licence_of(package)
        found.append((name, licence, verdict(licence)))
    return sorted(found)


def main() -> int:
    """Write the page, also of what is in the folders that are named; return the exit code."""
    sys.path += sys.argv[1:]
    found = rows()
    lines = [f"| {name} | {licence or '-'} | {said} |\n" for name, licence, said in found]
    PAGE.write_text(START + "".join(lines), "utf-8")
    bad = [row for row in found if row[2] in ("not known", "binds the program")]
    for name, licence, said in bad:
        print(f"{name}: {said} {licence}")
    print(f"{len(found)} packages, {len(bad)} that need a look")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
