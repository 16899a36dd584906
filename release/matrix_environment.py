"""An environment that was made from nothing, into which only built files of ours are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAMS = ROOT / "release" / "programs"
IMAGE = ROOT / "cookbook" / "pictures" / "receipt.png"
UV: tuple[str | Path, ...] = (sys.executable, "-m", "uv")


class StepFailedError(Exception):
    """A command failed.

    Attributes:
        step: What it was for.
        said: What it printed.
    """

    def __init__(self, step: str, said: str) -> None:
        super().__init__(f"{step}: {said}")
        self.step = step
        self.said = said


@dataclass(frozen=True)
class Environment:
    """A virtual environment.

    Attributes:
        folder: Where it and the files of its programs are.
        interpreter: The Python that it is of.
        built: The folder of the files that are installed.
        wheels: The folder of the wheels that they are compared with.
        variables: What its programs find in their environment beside what is there.
    """

    folder: Path
    interpreter: str
    built: Path
    wheels: Path
    variables: Mapping[str, str]

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.folder / "environment" / ("Scripts" if os.name == "nt" else "bin") / "python"

    def create(self) -> None:
        """Make it."""
        self.folder.mkdir()
        made = self.folder / "environment"
        self._do("create", [*UV, "venv", "--quiet", "--python", self.interpreter, made])

    def remove(self) -> None:
        """Take it away: a hundred of them would fill a disk."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def install(self, *asked: str) -> None:
        """Install what is asked for: ours from the built files, the rest from the registry."""
        links: list[str | Path] = ["--find-links", self.built]
        self._do("install", [*UV, "pip", "install", "--quiet", *self._here, *links, *asked])
        self._do("pip check", [*UV, "pip", "check", *self._here])

    def uninstall(self, name: str) -> None:
        """Take a distribution away."""
        self._do(f"uninstall {name}", [*UV, "pip", "uninstall", "--quiet", *self._here, name])

    def packages(self) -> int:
        """Return how many distributions it holds."""
        listed = [*UV, "pip", "list", "--quiet", "--format", "freeze", *self._here]
        return len(self._do("list", listed).splitlines())

    def check(self, present: Sequence[str], *, absent: Sequence[str] = ()) -> None:
        """Look that ours are there as they were built, and that others are not there."""
        program: list[str | Path] = [self.python, "-I", PROGRAMS / "whole.py", self.wheels]
        self._do("files", [*program, *absent, "--", *present])

    def run(self, program: str) -> None:
        """Run a program of `release/programs`, which is given an image first."""
        name, *given = program.split()
        self._do(name, [self.python, "-I", "-X", "utf8", PROGRAMS / name, IMAGE, *given])

    @property
    def _here(self) -> list[str | Path]:
        return ["--python", self.python]

    def _do(self, step: str, command: Sequence[str | Path]) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **self.variables},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StepFailedError(step, done.stdout + done.stderr)
        return done.stdout


@contextmanager
def emulator(environment: Environment) -> Iterator[dict[str, str]]:
    """Run the emulator in an environment of its own; yield the variables that it tells of."""
    environment.create()
    environment.install("emulator-302[ocr]")
    command: list[str | Path] = [environment.python, "-I", "-m", "emulator_302", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        told: dict[str, str] = {}
        for line in running.stdout:
            if line.strip().startswith("export "):
                name, _, value = line.split()[1].partition("=")
                told[name] = value
            if "Stop: Ctrl-C" in line:
                break
        try:
            yield told
        finally:
            running.terminate()
