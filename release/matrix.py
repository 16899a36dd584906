"""`make install-matrix`: install what would be published, in clean environments, and use it there.

For each Python that is found, the wheel and the sdist, and each extra alone and all together: a new
environment, `uv pip check`, and a small program of `release/programs` that makes real calls. Writes
`docs/install-matrix.md`; ends with 1 if anything failed. MATRIX_PYTHONS names further interpreters.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from release.matrix_page import PAGE, Outcome, page

ROOT = Path(__file__).parent.parent
PROGRAMS = ROOT / "release" / "programs"
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
UV = [sys.executable, "-m", "uv"]
EXTRAS = {
    "": "with_nothing.py",
    "langchain": "with_langchain.py",
    "llama-index": "with_llama_index.py",
    "emulator": "with_emulator.py",
    "ocr": "with_ocr.py",
    "all": "with_all.py",
}


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


def tried(python: str, interpreter: str, built: Path, extra: str, folder: Path) -> Outcome:
    """Install `built` with `extra` in a new environment, and run its program there."""
    kind = "wheel" if built.suffix == ".whl" else "sdist"
    shutil.rmtree(folder, ignore_errors=True)
    environment = folder / "environment"
    inside = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = f"ai302{f'[{extra}]' if extra else ''} @ {built.as_uri()}"
    program: list[str | Path] = [inside, "-I", "-X", "utf8", folder / "program.py"]
    steps: dict[str, list[str | Path]] = {
        "create": [*UV, "venv", "--quiet", "--python", interpreter, environment],
        "install": [*UV, "pip", "install", "--quiet", "--python", inside, wanted],
        "check": [*UV, "pip", "check", "--python", inside],
        "program": [*program, ROOT / "cookbook" / "pictures" / "receipt.png"],
    }
    shutil.copytree(PROGRAMS, folder)
    # -I keeps everything but the environment away from the program; this names its neighbours.
    start = f"import sys; sys.path.append({str(folder)!r})\n"
    text = (PROGRAMS / EXTRAS[extra]).read_text("utf-8")
    (folder / "program.py").write_text(start + text, "utf-8")
    for name, command in steps.items():
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return Outcome(python, kind, extra, failed=name, said=done.stdout + done.stderr)
    listed = [*UV, "pip", "list", "--quiet", "--format", "freeze", "--python", str(inside)]
    packages = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
    return Outcome(python, kind, extra, packages=len(packages.splitlines()))


def outcomes(dist: Path) -> Iterator[Outcome]:
    """Try everything that was built in `dist`, on every Python that is found."""
    built = sorted(dist.glob("ai302-*"), reverse=True)
    with tempfile.TemporaryDirectory() as scratch:
        for version, interpreter in pythons().items():
            for extra in EXTRAS:
                for file in built:
                    yield tried(version, interpreter, file, extra, Path(scratch) / "tried")


def main() -> int:
    """Try all, print a line for each, write the page; return the exit code."""
    found = []
    for outcome in outcomes(ROOT / "dist"):
        found.append(outcome)
        told = f"{outcome.failed} FAILED" if outcome.failed else f"ok, {outcome.packages} packages"
        print(
            f"{outcome.python:6}{outcome.kind:7}{outcome.extra or '(none)':12} {told}", flush=True
        )
        if outcome.failed:
            print(outcome.said)
    failed = [outcome for outcome in found if outcome.failed]
    (ROOT / "docs" / PAGE).write_text(page(found, VERSIONS), "utf-8")
    print(f"{len(found) - len(failed)} passed, {len(failed)} failed")
    return bool(failed or not found)


if __name__ == "__main__":
    sys.exit(main())
