"""Strict checkers accept what users write, and object to each of their mistakes and to no more.

The programs are checked against this tree. That the packages say they are typed when installed is
a claim of `test_dist.py`.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "typed_user"
FOLDERS = ("right", "wrong")
MISTAKE = re.compile(r"# wrong: ")


def mypy(_):
    """Return where mypy --strict objects: file and line."""
    # As strict as `make types`, whose cache is of use to these: it holds what both import.
    options = ["--strict", "--config-file=", "--no-pretty", "--no-error-summary"]
    folders = [str(PROGRAMS / folder) for folder in FOLDERS]
    command = [sys.executable, "-m", "mypy", *options, *folders]
    # From the root: the packages of the tree come before those that are installed.
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr  # 2: it could not check
    found = re.findall(r"^(.+):(\d+): error: ", done.stdout, re.MULTILINE)
    return {(Path(file), int(line)) for file, line in found}


def pyright(tmp_path):
    """Return where basedpyright, as strict as pyright's strict, objects: file and line."""
    folders = [PROGRAMS / folder for folder in FOLDERS]
    config = {"include": [str(folder) for folder in folders], "extraPaths": [str(ROOT)]}
    config |= {"typeCheckingMode": "strict", "pythonVersion": "3.10"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config), "utf-8")
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--project", str(tmp_path)]
    command += ["--pythonpath", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    programs = [program for folder in folders for program in folder.glob("*.py")]
    assert report["summary"]["filesAnalyzed"] == len(programs)
    return {
        (Path(found["file"]), found["range"]["start"]["line"] + 1)
        for found in report["generalDiagnostics"]
        if found["severity"] == "error"
    }


@pytest.fixture(scope="module", params=[mypy, pytest.param(pyright, marks=pytest.mark.apart)])
def objections(request, tmp_path_factory):
    """Return a function that tells where a checker objects in a folder: both are read at once."""
    found = request.param(tmp_path_factory.mktemp("checked"))
    assert {file.parent.name for file, _ in found} <= set(FOLDERS)
    return lambda folder: {(file.name, line) for file, line in found if file.parent.name == folder}


def test_what_a_user_writes_passes_strict_checking(objections):
    assert objections("right") == set()


def test_each_mistake_is_an_error_and_nothing_else_is(objections):
    marked = {
        (file.name, number)
        for file in (PROGRAMS / "wrong").glob("*.py")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if MISTAKE.search(line)
    }
    assert len(marked) > 20
    assert objections("wrong") == marked
