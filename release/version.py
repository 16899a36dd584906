"""`python -m release.version 1.2.3`: write a version wherever the distributions name it.

All of them have one version, and an adapter requires the core of its own: an older one beside it
would be a pair that nobody tested.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted(ROOT.glob("*_302/pyproject.toml"))
VERSION = re.compile(r'^(version = ")([^"]+)(?=")', re.MULTILINE)
CORE = re.compile(r'("core-302(?:\[[a-z,]+\])?==)([^"]+)(?=")')


def with_version(text: str, version: str) -> str:
    """Return the text of a pyproject.toml with another version of ours."""
    for where in (VERSION, CORE):
        text = where.sub(rf"\g<1>{version}", text)
    return text


def main() -> int:
    """Write the version that the command line names; return the exit code."""
    (version,) = sys.argv[1:]
    for file in FILES:
        file.write_text(with_version(file.read_text("utf-8"), version), "utf-8")
    print(f"{version} in {len(FILES)} files. Next: its heading in CHANGELOG.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
