"""`docs/security.md` says what the table says, and every test that it names is there."""

import ast

import pytest

from tests.guard.table import ATTACKS, PAGE, TESTS, page

NODES = sorted({node for attack in ATTACKS for node in attack.nodes})


def test_the_page_is_what_the_table_says():
    assert PAGE.read_text("utf-8") == page(), "run `make guard`"


def test_every_attack_of_the_list_is_there_once():
    assert [attack.number for attack in ATTACKS] == [f"S{n}" for n in range(1, 20)]
    assert all(attack.nodes for attack in ATTACKS)


@pytest.mark.parametrize("node", NODES)
def test_a_test_that_the_page_names_is_there(node):
    file, _, name = node.partition("::")
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert name in {item.name for item in tree.body if isinstance(item, functions)}
