"""`docs/parity.md` says what the code has, and both adapters have every option."""

from tests.docs.parity_table import PAGE, page


def test_the_page_is_what_the_code_has():
    assert PAGE.read_text("utf-8") == page(), "run `make parity`"


def test_no_option_is_missing_in_either_adapter():
    options = [line for line in page().splitlines() if line.startswith("| option")]
    assert len(options) > 20
    assert not [line for line in options if "| no" in line]
