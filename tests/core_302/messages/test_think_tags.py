"""Thoughts inside a text are told apart from it, wherever the pieces of a stream cut the tags."""

import pytest

from core_302.endpoints.chat_stream import ChatStream
from core_302.http import Reply
from core_302.messages.think_tags import ThinkSplitter, ThinkStream
from tests.scripted_server import DONE, frame

END = frame({"choices": [{"delta": {}, "finish_reason": "stop"}]})
TEXTS = [
    ("<think>\nI reckon: 6 × 7\n</think>\n\nIt is 42.", "It is 42.", "I reckon: 6 × 7"),
    ("no thoughts at all", "no thoughts at all", ""),
    ("a < b and </think is no tag, <thin", "a < b and </think is no tag, <thin", ""),
    ("first <think>a</think>then<think> b </think> end", "first thenend", "a\n\nb"),
    ("<think>never closed </thi", "", "never closed </thi"),
    ("<think></think>答案", "答案", ""),
    ("<think>  </think> <think>你好</think>x", "x", "你好"),
    ("</think>x", "</think>x", ""),
    ("<<think>a<</think>b", "<b", "a<"),
]


def split(pieces):
    splitter = ThinkSplitter()
    found = [*map(splitter.feed, pieces), splitter.finish()]
    return "".join(text for text, _ in found), "".join(thoughts for _, thoughts in found)


@pytest.mark.parametrize(("given", "text", "thoughts"), TEXTS)
def test_the_result_is_the_same_wherever_the_text_is_cut(given, text, thoughts):
    assert split([given]) == (text, thoughts)
    assert split(given) == (text, thoughts)
    for first in range(len(given) + 1):
        for second in range(first, len(given) + 1):
            pieces = [given[:first], given[first:second], given[second:]]
            assert split(pieces) == (text, thoughts)


@pytest.mark.parametrize(("given", "text", "thoughts"), TEXTS)
def test_the_result_is_the_same_at_whatever_byte_the_connection_cuts(given, text, thoughts):
    said = [{"content": given[i : i + 3]} for i in range(0, len(given), 3)]
    wire = b"".join([*(frame({"choices": [{"delta": delta}]}) for delta in said), END, DONE])
    for place in range(len(wire)):
        stream, think = ChatStream(Reply(200, {}, b"", "r-1")), ThinkStream()
        came = [*stream.feed(wire[:place]), *stream.feed(wire[place:]), *stream.finish()]
        deltas = [think.split(delta) for delta in came]
        assert "".join(delta.text for delta in deltas) == text
        assert "".join(delta.reasoning for delta in deltas) == thoughts
