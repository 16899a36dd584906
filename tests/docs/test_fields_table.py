"""docs/emulator.md has every field of a fault, of conditions and of a pace as it is declared."""

from tests.docs.fields_table import PAGE, page


def test_the_page_is_what_is_declared():
    assert PAGE.read_text("utf-8") == page(), "run `make options`"
