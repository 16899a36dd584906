"""OpenAI's own libraries, for Python and for Node, as strangers to the emulator.

    python -m benchmarks.sdks

Each lives below `.venv`, in a place of its own, which is made if it is missing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import emulator_302
from benchmarks.environments import made_once

HERE = Path(__file__).parent.resolve()
PLACE = Path(".venv").resolve()


def python() -> list[str]:
    """Return how the library for Python is run."""
    run = Path(made_once("sdk-python", "openai")).absolute()
    return [str(run), str(HERE / "openai_python.py")]


def node() -> list[str]:
    """Return how the library for Node is run.

    Raises:
        SystemExit: There is no Node.
    """
    folder = PLACE / "sdk-node"
    if shutil.which("npm") is None:
        sys.exit("npm is not installed: OpenAI's library for Node cannot be tried.")
    if not (folder / "node_modules" / "openai").exists():
        folder.mkdir(exist_ok=True)
        done(["npm", "install", "--silent", "--no-fund", "--no-audit", "openai"], folder)
    return ["node", str(HERE / "openai_node.mjs")]


def done(command: list[str], folder: Path) -> None:
    """Run a command in a folder, and end if it fails."""
    subprocess.run(command, cwd=folder, check=True)  # noqa: S603 - our own commands


def main() -> None:
    """Run both."""
    ways = {"sdk-python": python(), "sdk-node": node()}
    with emulator_302.running(any_key=True, any_model=True) as gateway:
        for name, command in ways.items():
            done([*command, gateway.base_url], PLACE / name)


if __name__ == "__main__":
    main()
