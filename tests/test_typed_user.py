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

ROOT = Path(__file__).parent.parent
PROGRAMS = Path(__file__).parent / "typed_user"
MISTAKE = re.compile(r"# wrong: ")


def mypy(folder, _):
    """Return where mypy --strict objects: file and line."""
    options = ["--strict", "--config-file=", "--no-pretty", "--no-error-summary"]
    command = [sys.executable, "-m", "mypy", *options, str(PROGRAMS / folder)]
    # From the root: the packages of the tree come before those that are installed.
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr  # 2: it could not check
    found = re.findall(r"^(.+):(\d+): error: ", done.stdout, re.MULTILINE)
    return {(Path(file).name, int(line)) for file, line in found}


def pyright(folder, tmp_path):
    """Return where basedpyright, as strict as pyright's strict, objects: file and line."""
    config = {"include": [str(PROGRAMS / folder)], "extraPaths": [str(ROOT)]}
    config |= {"typeCheckingMode": "strict", "pythonVersion": "3.10"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config), "utf-8")
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--project", str(tmp_path)]
    command += ["--pythonpath", sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == len(list((PROGRAMS / folder).glob("*.py")))
    return {
        (Path(found["file"]).name, found["range"]["start"]["line"] + 1)
        for found in report["generalDiagnostics"]
        if found["severity"] == "error"
    }


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_what_a_user_writes_passes_strict_checking(checker, tmp_path):
    assert checker("right", tmp_path) == set()


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_each_mistake_is_an_error_and_nothing_else_is(checker, tmp_path):
    marked = {
        (file.name, number)
        for file in (PROGRAMS / "wrong").glob("*.py")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if MISTAKE.search(line)
    }
    assert len(marked) > 20
    assert checker("wrong", tmp_path) == marked
