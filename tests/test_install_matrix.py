"""The page of the clean installs tells what failed and what was not tried."""

from release.matrix import EXTRAS, PROGRAMS
from release.matrix_page import Outcome, page
from tests.test_supply_chain import PROJECT


def outcome(extra="", kind="wheel", python="3.11", **more):
    return Outcome(python, kind, extra, **{"packages": 9, **more})


def test_what_worked_on_both_files_is_one_word_with_the_number_of_packages():
    found = [outcome("ocr"), outcome("ocr", "sdist"), outcome("ocr", python="3.12", packages=11)]
    assert "| `ocr` | ok | ok | 9 to 11 |" in page(found, ["3.11", "3.12"])


def test_a_failure_names_its_file_and_its_step():
    found = [outcome(), outcome(kind="sdist", failed="program")]
    said = page(found, ["3.11"])
    assert "| none | wheel: ok, sdist: program failed | 9 |" in said
    assert "1 of 2 passed" in said


def test_a_python_that_was_not_found_is_named():
    assert "not tried: Python 3.10, 3.14." in page([outcome()], ["3.10", "3.11", "3.14"])


def test_every_extra_is_tried_but_those_of_a_cluster_and_of_a_page_to_look_at():
    extras = set(PROJECT["project"]["optional-dependencies"])
    assert set(EXTRAS) == {""} | extras - {"ray", "studio"}
    assert {file.name for file in PROGRAMS.glob("with_*.py")} == set(EXTRAS.values())
