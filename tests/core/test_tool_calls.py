"""Streamed tool calls in every dialect that gateways speak: each call arrives once and whole."""

import json

import pytest

from core_302 import StreamInterruptedError
from core_302.endpoints.chat_stream import ChatStream
from core_302.http import Reply
from tests.scripted_server import DONE, chunk


def piece(index=0, call_id=None, name=None, arguments=None):
    values = {"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}
    return {name: value for name, value in values.items() if value is not None}


def assembled(*pieces, finish="tool_calls"):
    """Feed one chunk for each group of pieces, and return the calls as a consumer joins them."""
    stream = ChatStream(Reply(200, {"content-type": "text/event-stream"}))
    groups = [group if isinstance(group, list) else [group] for group in pieces]
    wire = [chunk(delta={"tool_calls": group}) for group in groups]
    calls: dict[int, list[str]] = {}
    for data in (*wire, chunk(finish=finish), DONE):
        for delta in stream.feed(data):
            for call in delta.tool_calls:
                joined = calls.setdefault(call.index, ["", "", ""])
                joined[0] += call.id or ""
                joined[1] += call.name or ""
                joined[2] += call.arguments
    list(stream.finish())
    return [(a, b, json.loads(c) if c else {}) for a, b, c in calls.values()]


A, B = ("a", "f", {"x": 1}), ("b", "g", {"y": 2})

DIALECTS = {
    "OpenAI's own": [
        piece(0, "a", "f", ""),
        piece(0, arguments='{"x"'),
        piece(0, arguments=": 1}"),
        piece(1, "b", "g", ""),
        piece(1, arguments='{"y": 2}'),
    ],
    "both calls in one chunk": [
        [piece(0, "a", "f", '{"x": 1}'), piece(1, "b", "g", '{"y": 2}')],
    ],
    "every index is 0": [
        piece(0, "a", "f", '{"x"'),
        piece(0, arguments=": 1}"),
        piece(0, "b", "g", '{"y"'),
        piece(0, arguments=": 2}"),
    ],
    "id and name repeat": [
        piece(0, "a", "f", '{"x"'),
        piece(0, "a", "f", ": 1}"),
        piece(1, "b", "g", '{"y": 2}'),
        piece(1, "b", "g", ""),
    ],
    "indices interleave": [
        piece(0, "a", "f", '{"x"'),
        piece(1, "b", "g", '{"y"'),
        piece(0, arguments=": 1}"),
        piece(1, arguments=": 2}"),
    ],
    "the index is missing": [
        piece(None, "a", "f", '{"x"'),
        piece(None, arguments=": 1}"),
        piece(None, "b", "g", '{"y": 2}'),
    ],
    "empty ids follow": [
        piece(0, "a", "f", ""),
        {"index": 0, "id": "", "function": {"name": "", "arguments": '{"x": 1}'}},
        piece(1, "b", "g", '{"y": 2}'),
    ],
    "arguments are objects": [
        piece(0, "a", "f", {"x": 1}),
        piece(1, "b", "g", {"y": 2}),
    ],
    "the name comes before the id": [
        piece(0, None, "f", ""),
        piece(0, "a", None, '{"x": 1}'),
        piece(1, "b", "g", '{"y": 2}'),
    ],
}


@pytest.mark.parametrize("pieces", DIALECTS.values(), ids=DIALECTS)
def test_two_calls_arrive_whole(pieces):
    assert assembled(*pieces) == [A, B]


def test_calls_without_ids_and_with_one_index_are_told_apart_by_their_names():
    pieces = [piece(0, None, "f", '{"x": 1}'), piece(0, None, "g", '{"y": 2}')]
    assert assembled(*pieces) == [("", "f", {"x": 1}), ("", "g", {"y": 2})]


def test_two_calls_of_one_tool_without_index_and_id_are_two():
    pieces = [piece(None, None, "f", '{"x": 1}'), piece(None, None, "f", '{"x": 2}')]
    assert assembled(*pieces) == [("", "f", {"x": 1}), ("", "f", {"x": 2})]


def test_a_name_that_comes_in_pieces_is_joined():
    pieces = [piece(0, "a", "get_"), piece(0, None, "weather"), piece(0, arguments="{}")]
    assert assembled(*pieces) == [("a", "get_weather", {})]


def test_a_call_without_arguments_is_a_call():
    assert assembled(piece(0, "a", "f", "")) == [("a", "f", {})]


def test_pieces_that_are_no_objects_are_passed_over():
    assert assembled([None, "x", piece(0, "a", "f", "{}"), {"index": 0}]) == [("a", "f", {})]


@pytest.mark.parametrize("finish", ["tool_calls", "length", None])
@pytest.mark.parametrize("arguments", ['{"amount": 1', '{"amount": 1}2}', "[1]", "nonsense"])
def test_arguments_that_are_cut_off_are_never_a_call(arguments, finish):
    with pytest.raises(StreamInterruptedError, match="arguments of a call of 'pay'"):
        assembled(piece(0, "a", "pay", arguments), finish=finish)
