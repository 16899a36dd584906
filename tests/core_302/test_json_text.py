"""The reader of strangers' JSON reads what Python's reads, and lets nothing through that breaks."""

import json

import pytest

from core_302.json_text import DEEPEST, LONG, read_json

READ = [
    '{"a": [1, -2, 3.5, 1e22, 1e400, -0.0, true, null, {}], "b": {"c": "\\u00e9\\ud83d\\ude00"}}',
    '{"twice": 1, "twice": 2}',
    '  ["\u4f60\u597d", 123456789012345678901234567890]\n',
    "[NaN, Infinity, -Infinity]",
    "[" * DEEPEST + "]" * DEEPEST,
    "[" * DEEPEST + "1" + "]" * DEEPEST,
    "[" + ",".join(["{}"] * 300) + "]",
]


def nested(levels, inner=""):
    return "[" * levels + inner + "]" * levels


@pytest.mark.parametrize("text", READ)
def test_a_text_and_its_bytes_are_read_as_python_reads_them(text):
    assert repr(read_json(text.encode())) == repr(read_json(text)) == repr(json.loads(text))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"01", b"{'a': 1}", b'"\xff"', b'"a\x01"', b"1 2", b"nul", b"9" * 5000]
)
def test_what_is_no_json_is_refused(data):
    with pytest.raises(ValueError):
        read_json(data)


def test_a_byte_order_mark_is_passed_over():
    assert read_json(b"\xef\xbb\xbf[1]") == [1]


@pytest.mark.parametrize("quoted", ['"a\\ud83d"', '"a\\uD83D"', '"a\\udE00"'])
def test_half_of_a_pair_is_a_replacement_character(quoted):
    assert read_json(quoted) == read_json(quoted.encode()) == "a\ufffd"
    assert read_json(f"{{{quoted}: [{quoted}]}}") == {"a\ufffd": ["a\ufffd"]}


@pytest.mark.parametrize("levels", [DEEPEST + 1, 150, 300, 100_000])
@pytest.mark.parametrize("inner", ["", '"\\ud83d"'])
def test_what_nests_too_deeply_is_refused_by_each_reader(levels, inner):
    for text in (nested(levels, inner), nested(levels, inner).encode()):
        with pytest.raises(ValueError, match="nests too deeply"):
            read_json(text)


@pytest.mark.parametrize("words", ["word", "word " * LONG])
@pytest.mark.parametrize(
    ("begin", "end", "levels"), [("[", "]", 1), ('{"a":', "}", 1), ('[{"a":', "}]", 2)]
)
def test_a_long_text_may_nest_as_deeply_as_a_short_one(begin, end, levels, words):
    most = DEEPEST // levels
    read = f'{begin * most}"{words}"{end * most}'
    refused = f"{begin}{read}{end}"
    for text in (read, read.encode()):
        assert read_json(text) == json.loads(read)
    for text in (refused, refused.encode()):
        with pytest.raises(ValueError, match="nests too deeply"):
            read_json(text)


def test_a_refusal_does_not_hold_the_text():
    with pytest.raises(ValueError) as caught:
        read_json('{"a": "half \\ud83d", secret')
    assert "secret" not in repr(caught.value)
    assert caught.value.args == (str(caught.value),)
