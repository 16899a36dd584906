"""Makes each fault of `mutants.toml` in a copy of the tree, and says which test finds it.

`python -m tests.mutants [WORD]` takes those whose words or file hold WORD. It ends with 1 if a
fault is found by no test of its area, and with 2 if the list is no longer one of this tree.
"""

import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants import ROOT, complaints, mutants

AT_ONCE = max(2, (os.cpu_count() or 2))
SECONDS = 300.0  # for the tests of one fault: one that hangs is found, too
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "site", "dist", "*.ipynb")
FOUND_BY = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
# Old bytecode would pass for new: the texts may have one length, and be written in one second.
UNCHANGED = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""}


def main():
    """Try every fault, and print what finds it, in the order of the list."""
    if wrong := complaints():
        print(*wrong, sep="\n", file=sys.stderr)
        return 2
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [one for one in mutants() if word in f"{one['fault']} {one['file']}"]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = queue.SimpleQueue()
        for number in range(AT_ONCE):
            copies.put(shutil.copytree(ROOT, Path(folder, str(number)), ignore=NOT_COPIED))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = []
            killers = pool.map(lambda one: _in_a(copies, one), chosen)
            for one, killer in zip(chosen, killers, strict=True):
                found.append(killer)
                told = killer or "FOUND BY NO TEST"
                print(f"{one['file']}: {one['fault']}\n    {told}", flush=True)
    print(f"{len(found) - found.count(None)} of {len(found)} faults are found")
    return int(None in found)


def _in_a(copies, mutant):
    """Return which test finds a fault, or None, in one of the copies."""
    copy = copies.get()
    path = Path(copy, mutant["file"])
    whole = path.read_text("utf-8")
    path.write_text(whole.replace(mutant["old"], mutant["new"]), "utf-8")
    try:
        return _killer(copy, mutant["tests"])
    finally:
        path.write_text(whole, "utf-8")
        copies.put(copy)


def _killer(copy, tests):
    command = [sys.executable, "-m", "pytest", "-x", "-rfE", "-p", "no:cacheprovider", *tests]
    environ = {**os.environ, **UNCHANGED, "PYTHONPATH": str(copy)}
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            env=environ,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"none ended within {SECONDS:g} s"
    if not done.returncode:
        return None
    by = FOUND_BY.search(done.stdout)
    assert by is not None, f"pytest ended with {done.returncode}: {done.stdout}{done.stderr}"
    return by[1]


if __name__ == "__main__":
    sys.exit(main())
