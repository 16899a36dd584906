"""The parser of a stream's events reads what Python's reads, and says the same."""

import json

import pytest

from core_302.endpoints.reading import json_of

READ = [
    '{"a": [1, -2, 3.5, 1e22, 1e400, -0.0, true, null, {}], "b": {"c": "\\u00e9\\ud83d\\ude00"}}',
    '{"twice": 1, "twice": 2}',
    '  ["\u4f60\u597d", 123456789012345678901234567890]\n',
    "[NaN, Infinity, -Infinity]",
    '"half of a pair: \\ud83d"',  # what a vendor sends that cuts a character in two
    "[" * 300 + "]" * 300,
]


@pytest.mark.parametrize("text", READ)
def test_an_event_is_read_as_python_reads_it(text):
    assert repr(json_of(text.encode())) == repr(json.loads(text))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"01", b"{'a': 1}", b'"\xff"', b'"a\x01"', b"\xef\xbb\xbf1", b"1 2", b"nul"]
)
def test_what_is_no_json_is_refused(data):
    with pytest.raises(ValueError):
        json_of(data)
