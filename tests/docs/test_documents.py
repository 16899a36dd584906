"""The table of the documents' sentences names tests that there are."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "evidence" / "documents.md").read_text("utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "the page says" not in line]
NODES = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize("row", ROWS)
def test_a_sentence_of_a_document_has_a_test(row):
    assert re.search(r"`tests/[\w/]+\.py::test_\w+`", row)


@pytest.mark.parametrize(("file", "name"), NODES)
def test_a_test_that_the_table_names_is_there(file, name):
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert name in {node.name for node in tree.body if isinstance(node, kinds)}
