"""What the catalogue says of sight, against facts gathered by somebody who had not seen it.

Run as a program, it prints the score: `python -m tests.core_302.catalogue.test_vision_names`.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from core_302.catalogue import facts_about

NAMES = json.loads(Path(__file__).with_name("vision_names.json").read_text("utf-8"))["names"]


def said(name):
    """Return what the catalogue says of a name's sight."""
    facts = facts_about(name)
    return None if facts is None else facts.vision


@pytest.mark.parametrize(
    "row", [r for r in NAMES if r["sees"] is not False], ids=lambda r: r["name"]
)
def test_no_model_that_may_see_is_called_blind(row):
    assert said(row["name"]) is not False


@pytest.mark.parametrize("row", [r for r in NAMES if r["sees"] is False], ids=lambda r: r["name"])
def test_no_blind_model_is_said_to_see(row):
    assert said(row["name"]) is not True


def test_of_the_blind_models_hardly_any_is_unknown():
    found = score()
    assert found[False, False] >= 127  # of 129; the other two are called "lite" and "x1"
    assert found[True, True] >= 147  # of 152


def score():
    """Return how often the catalogue says what of names that see, do not, or are in doubt."""
    return Counter((row["sees"], said(row["name"])) for row in NAMES)


def main():
    """Print the score."""
    found = score()
    for truth in (False, True, None):
        rows = {answer: found[truth, answer] for answer in (False, True, None)}
        sys.stdout.write(f"sees {truth}: {sum(rows.values())} names; said {rows}\n")


if __name__ == "__main__":
    main()
