"""The matrix is whole, the page is new, and what it points at is there."""

import ast
import json
from pathlib import Path

import pytest

from tests.faults.held import HELD, NUMBERS
from tests.faults.page import PAGE, RECORD, RIVALS, digest, is_of, page
from tests.faults.row import ASKED
from tests.faults.rows import ROWS
from tests.fidelity.rows import ROWS as FIDELITY

ROOT = Path(__file__).parents[2]
RECORDED = json.loads(RECORD.read_text("utf-8"))


def test_the_page_is_what_the_table_and_the_record_say():
    assert PAGE.read_text("utf-8") == page(RECORDED), "run `make faults`"


def test_the_record_is_of_the_table_as_it_is():
    rows = [row for row in ROWS if row.for_rivals]
    assert RECORDED["digests"] == {row.id: digest(row) for row in rows}, "run `make faults`"
    measured = {f"{row.id} {way}" for row in rows for way in row.ways if way in ASKED}
    assert [set(RECORDED["rivals"][name]["rows"]) for name in RIVALS] == [measured] * len(RIVALS)
    said = {f"{row.id} {ways[0]}" for row in ROWS for ways, one in row.expect.items() if one.error}
    assert set(RECORDED["ours"]) == said


def test_no_row_has_the_name_of_another():
    assert len({row.id for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_of_the_matrix_is_held_by_a_row_or_a_test(number):
    assert HELD.get(number) or any(is_of(row.id, number) for row in (*ROWS, *FIDELITY))


def test_every_row_and_every_list_of_tests_has_its_number():
    assert {row.number for row in ROWS} | set(HELD) <= set(NUMBERS)


@pytest.mark.parametrize("node", sorted({node for nodes in HELD.values() for node in nodes}))
def test_a_test_that_holds_a_number_is_there(node):
    path, _, name = node.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {
        part.name for part in tree.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
    }
