"""`python -m release.tag v1.2.3`: the tag, pyproject.toml and the changelog name one version.

The version stands in pyproject.toml, not in git: an archive, an sdist and a clone without tags
build the same package. What can differ then is the tag, and this looks before anything is built.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def faults_of(tag: str, *, project: str, changelog: str) -> list[str]:
    """Return what speaks against releasing `tag`.

    Args:
        tag: The tag of git, `v` and a version.
        project: The text of pyproject.toml.
        changelog: The text of CHANGELOG.md.
    """
    found = re.search(r'^version = "([^"]+)"$', project, re.MULTILINE)
    if found is None:
        return ["pyproject.toml names no version"]
    version = found[1]
    faults = []
    if tag != f"v{version}":
        faults.append(f"the tag is {tag}, pyproject.toml says {version}: it should be v{version}")
    if not re.search(rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE):
        faults.append(f'CHANGELOG.md has no "## {version} - YYYY-MM-DD"')
    return faults


def main() -> int:
    """Say what is wrong with the tag; return the exit code."""
    (tag,) = sys.argv[1:]
    faults = faults_of(
        tag,
        project=(ROOT / "pyproject.toml").read_text("utf-8"),
        changelog=(ROOT / "CHANGELOG.md").read_text("utf-8"),
    )
    print("\n".join(faults) or f"{tag}: the tag, pyproject.toml and the changelog agree")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
