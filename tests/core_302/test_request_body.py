"""The body of a request: whatever its texts hold, however long they are, it says what was given."""

import json

import pytest

from core_302.http import LONG_TEXT, json_content


@pytest.mark.parametrize("letter", ["a", '"', "\\", "\n", "\x7f", "\u00e9", "\U0001f98a"])
def test_a_long_text_of_any_letters_arrives_as_it_was(letter):
    body = {"first": letter, "second": [{"text": letter * LONG_TEXT}, "end"]}
    assert json.loads(json_content(body)) == body
