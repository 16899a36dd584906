"""What people type who come from elsewhere works, or the error says what to type."""

import pytest

from tests.docs.typed_wrong import PAGE, ROWS, WORKS, answers, page


@pytest.fixture(scope="module")
def told():
    return answers()


def test_the_page_says_what_happens(told):
    assert PAGE.read_text("utf-8") == page(told), "run `python -m tests.docs.typed_wrong`"


def test_each_row_works_or_leads_to_what_works(told):
    wrong = [
        (row.typed, text)
        for row, text in zip(ROWS, told, strict=True)
        if (text != WORKS if row.expected == WORKS else row.expected not in text)
    ]
    assert wrong == []


def test_no_hint_leads_to_what_was_typed_and_no_error_is_pythons(told):
    for row, text in zip(ROWS, told, strict=True):
        assert not text.startswith(("TypeError", "KeyError", "AttributeError")), (row.typed, text)
        assert "a key" not in text, "what came by position may be a key"
