"""Environments below `.venv` for what is no dependency of ours: rivals, and libraries of others."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path


def made_once(name: str, *packages: str) -> str:
    """Return the Python of an environment with `packages`, which is made if it is missing."""
    folder = Path(".venv") / name
    if not (folder / "bin" / "python").exists():
        return _installed(folder, packages)
    return str(folder / "bin" / "python")


def newest(name: str, *packages: str) -> str:
    """Return the Python of an environment, after installing the newest versions of `packages`."""
    folder = Path(".venv") / name
    print(f"== installing the newest {' '.join(packages)} into {folder}", file=sys.stderr)
    return _installed(folder, ("--upgrade", *packages))


def _installed(folder: Path, asked: tuple[str, ...]) -> str:
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *asked], check=True)  # noqa: S603 - what our own modules name
    return str(python)
