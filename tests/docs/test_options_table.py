"""`docs/options.md` has every option as it is declared, with the words that editors show."""

from tests.docs.options_table import GROUPS, PAGE, page


def test_the_page_is_what_is_declared():
    assert PAGE.read_text("utf-8") == page(), "run `make options`"


def test_every_option_is_told():
    said = page()
    for _, kind in GROUPS:
        assert all(f"| `{name}` |" in said for name in kind.model_fields)
