"""The page of the clean installs says what failed and what was not tried; no row is missing."""

import zipfile

from release.matrix import in_two_wheels
from release.matrix_environment import PROGRAMS
from release.matrix_page import Outcome, page
from release.matrix_rows import ROWS
from release.projects import PROJECTS


def outcome(row="core-302", kind="wheel", python="3.11", **more):
    return Outcome(python, kind, row, **{"packages": 9, **more})


def test_what_worked_on_both_files_is_one_word_with_the_number_of_packages():
    found = [outcome(), outcome(kind="sdist"), outcome(python="3.12", packages=11)]
    assert "| `core-302` | ok | ok | 9 to 11 |" in page(found, ["3.11", "3.12"])


def test_a_failure_names_its_file_and_its_step():
    found = [outcome("all five"), outcome("all five", kind="sdist", failed="with_core.py")]
    said = page(found, ["3.11"])
    assert "| all five | wheel: ok, sdist: with_core.py failed | 9 |" in said
    assert "1 of 2 passed" in said


def test_a_python_that_was_not_found_is_named():
    assert "not tried: Python 3.10, 3.14." in page([outcome()], ["3.10", "3.11", "3.14"])


def test_every_distribution_is_tried_alone_and_with_each_of_its_extras():
    alone = {
        f"{project.name}[{extra}]" if extra else project.name
        for project in PROJECTS
        for extra in ("", *project.extras)
    }
    assert {row.title for row in ROWS if len(row.asked) == 1} == alone
    assert {row.kinds for row in ROWS if "[" not in row.title and len(row.asked) == 1} == {
        ("wheel", "sdist")
    }


def test_all_five_are_tried_together_and_beside_each_tool_of_302_ai():
    five = {project.name for project in PROJECTS}
    others = [set(row.asked) - five for row in ROWS if set(row.asked) >= five]
    assert others == [set(), {"ai302"}, {"cli-302ai"}]
    together = next(row for row in ROWS if set(row.asked) == five)
    assert [gone for gone, _, _ in together.uninstalls] == [
        "emulator-302",
        "langchain-302",
        "llama-index-302",
        "mcp-302",
    ]


def test_every_program_is_run_in_some_row():
    named = {program.split()[0] for row in ROWS for program in row.programs}
    assert {file.name for file in PROGRAMS.glob("with_*.py")} == named


def test_a_file_of_two_wheels_is_found(tmp_path):
    for name in ("a-1-py3-none-any.whl", "b-1-py3-none-any.whl"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("core_302/__init__.py", "")
            archive.writestr(name, "")
    assert in_two_wheels(tmp_path) == ["core_302/__init__.py"]
