"""`python -m release.tag v1.2.3`: whether this tag is the one that the tree calls for.

The release workflow starts at the tag, and this looks before anything is built.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from release.version import CORE, FILES, VERSION


def faults_of(tag: str, *, projects: Mapping[str, str], changelog: str) -> list[str]:
    """Return what speaks against releasing `tag`.

    Args:
        tag: The tag of git, `v` and a version.
        projects: The text of each pyproject.toml that is published, by its name.
        changelog: The text of CHANGELOG.md.
    """
    named = {
        name: [found[2] for place in (VERSION, CORE) for found in place.finditer(text)]
        for name, text in projects.items()
    }
    faults = [f"{name} names no version" for name, versions in named.items() if not versions]
    told = sorted({version for versions in named.values() for version in versions})
    if len(told) > 1:
        faults.append(f"the projects name {' and '.join(told)}: `python -m release.version` mends")
    elif told and tag != f"v{told[0]}":
        faults.append(f"the tag is {tag}, the projects say {told[0]}: it should be v{told[0]}")
    faults += [
        f'CHANGELOG.md has no "## {v} - YYYY-MM-DD"' for v in told if not _dated(changelog, v)
    ]
    return faults


def _dated(changelog: str, version: str) -> bool:
    heading = rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$"
    return re.search(heading, changelog, re.MULTILINE) is not None


def main() -> int:
    """Say what is wrong with the tag; return the exit code."""
    (tag,) = sys.argv[1:]
    texts = {f"{file.parent.name}/{file.name}": file.read_text("utf-8") for file in FILES}
    changelog = (FILES[0].parent.parent / "CHANGELOG.md").read_text("utf-8")
    faults = faults_of(tag, projects=texts, changelog=changelog)
    print("\n".join(faults) or f"{tag}: the tag, the projects and the changelog agree")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
