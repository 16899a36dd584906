"""`docs/parity.md` says what was found by trying, and nothing is missing without a reason."""

import pytest

from tests.docs.parity_table import PAGE, REASONS, page


@pytest.fixture(scope="module")
def rows():
    table = page().split("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]


def test_the_page_is_what_was_found():
    assert PAGE.read_text("utf-8") == page(), "run `make parity`"


def test_no_option_is_missing_in_either_adapter(rows):
    options = [row for row in rows if row[0].startswith("option")]
    assert len(options) > 20
    assert not [row for row in options if "no" in row[1:]]


def test_what_is_missing_has_a_reason_and_no_reason_is_left_over(rows):
    assert {row[0] for row in rows if "no" in row[1:]} == REASONS.keys()
