"""The list of deliberate faults, and whether it still is one of this tree."""

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("mutants.toml")


def mutants():
    """Return the faults: `fault`, `file`, `old`, `new`, `tests`."""
    return tomllib.loads(LIST.read_text("utf-8"))["mutant"]


def complaints():
    """Return what is wrong with the list, a line for each fault that cannot be made."""
    return [
        f"{one['file']}: {one['fault']}: {wrong}" for one in mutants() if (wrong := _wrong(one))
    ]


def _wrong(mutant):
    path = ROOT / mutant["file"]
    if not path.is_file():
        return "there is no such file"
    times = path.read_text("utf-8").count(mutant["old"])
    if times != 1:
        return f"its old text is there {times} times"
    if missing := [name for name in mutant["tests"] if not (ROOT / name).exists()]:
        return f"there is no {' and no '.join(missing)}"
    return "it changes nothing" if mutant["old"] == mutant["new"] else ""
