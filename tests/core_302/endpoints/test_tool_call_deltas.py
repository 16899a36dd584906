"""Streamed tool calls in every dialect that gateways speak: each call arrives once and whole."""

import json
import re
import time

import pytest

from core_302 import MalformedReplyError, StreamInterruptedError
from core_302.endpoints.chat_reply import read_completion
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
    for delta in stream.finish():
        for call in delta.tool_calls:
            calls[call.index][0] += call.id or ""
    return [(a, b, json.loads(c) if c else {}) for a, b, c in calls.values()]


A, B = ("a", "f", {"x": 1}), ("b", "g", {"y": 2})
MADE = re.compile("[A-Za-z0-9]{9}")  # the only ids that every vendor takes back

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
    "pieces interleave and have ids alone": [
        piece(None, "a", "f", '{"x"'),
        piece(None, "b", "g", '{"y"'),
        piece(None, "a", None, ": 1}"),
        piece(None, "b", None, ": 2}"),
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
    "later pieces have a placeholder for an id": [
        piece(0, "a", "f", ""),
        piece(0, "null", None, '{"x"'),
        piece(0, "null", None, ": 1}"),
        piece(1, "b", "g", ""),
        piece(1, "null", "", '{"y": 2}'),
    ],
    "later pieces have a new id each": [
        piece(0, "a", "f", ""),
        piece(0, "a2", None, '{"x"'),
        piece(0, "a3", None, ": 1}"),
        piece(1, "b", "g", ""),
        piece(1, "b2", None, '{"y": 2}'),
    ],
    "later pieces have a new id each and no index": [
        piece(None, "a", "f", ""),
        piece(None, "a2", None, '{"x"'),
        piece(None, "a3", None, ": 1}"),
        piece(None, "b", "g", ""),
        piece(None, "b2", None, '{"y": 2}'),
    ],
    "the name repeats under a new id each": [
        piece(0, "a", "f", '{"x"'),
        piece(0, "a2", "f", ": 1}"),
        piece(1, "b", "g", '{"y"'),
        piece(1, "b2", "g", ": 2}"),
    ],
    "every piece has an index of its own": [
        piece(0, "a", "f", ""),
        piece(1, None, None, '{"x"'),
        piece(2, None, None, ": 1}"),
        piece(3, "b", "g", '{"y": 2}'),
    ],
    "the id comes before the name": [
        piece(0, "a"),
        piece(0, None, "f", ""),
        piece(0, arguments='{"x": 1}'),
        piece(1, "b", None, '{"y"'),
        piece(1, None, "g", ": 2}"),
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


X1, X2 = '{"x": 1}', '{"x": 2}'
WITHOUT_IDS = {
    "one index, two tools": ([piece(0, None, "f", X1), piece(0, None, "g", X2)], "fg"),
    "one index, one tool": ([piece(0, None, "f", X1), piece(0, None, "f", X2)], "ff"),
    "no index, two tools": ([piece(None, "", "f", X1), piece(None, "", "g", X2)], "fg"),
    "no index, one tool": ([piece(None, None, "f", X1), piece(None, None, "f", X2)], "ff"),
    "in one chunk": ([[piece(None, "", "f", X1), piece(None, "", "f", X2)]], "ff"),
    "placeholders": ([piece(0, "null", "f", X1), piece(1, "None", "g", X2)], "fg"),
    "one id for both": ([piece(0, "a", "f", X1), piece(1, "a", "g", X2)], "fg"),
    "in pieces": (
        [piece(0, None, "f", X1[:4]), piece(0, None, None, X1[4:]), piece(1, "", "g", X2)],
        "fg",
    ),
    "the name in every piece": (
        [piece(None, "", "f", X1[:4]), piece(None, "", "f", X1[4:]), piece(None, "", "g", X2)],
        "fg",
    ),
}


@pytest.mark.parametrize(("pieces", "names"), WITHOUT_IDS.values(), ids=WITHOUT_IDS)
def test_streamed_calls_without_ids_of_their_own_get_one_each(pieces, names):
    calls = assembled(*pieces)
    told = [(name, arguments["x"]) for _, name, arguments in calls]
    assert told == [(names[0], 1), (names[1], 2)]
    ids = [call_id for call_id, _, _ in calls]
    assert len(set(ids)) == 2
    assert all(MADE.fullmatch(call_id) or call_id == "a" for call_id in ids)


@pytest.mark.parametrize("cut", range(1, 14))
def test_where_arguments_end_is_known_however_their_escapes_are_cut(cut):
    text = json.dumps({"x": '}"{\\'})
    pieces = [piece(None, "", "f", part) for part in (text[:cut], text[cut:]) if part]
    calls = assembled(*pieces, piece(None, "", "f", X1))
    assert [arguments for _, _, arguments in calls] == [json.loads(text), {"x": 1}]


def test_an_id_that_comes_again_with_its_late_name_is_the_same_call():
    assert assembled(piece(0, "a"), piece(0, "a", "f", X1)) == [("a", "f", {"x": 1})]


def test_calls_without_arguments_ids_and_indices_are_as_many_as_came():
    calls = assembled(piece(None, "", "f", ""), piece(None, "", "g", ""))
    assert [(name, arguments) for _, name, arguments in calls] == [("f", {}), ("g", {})]


def test_an_id_made_here_is_never_made_again():
    made = [assembled(piece(0, "", "f", "{}"))[0][0] for _ in range(200)]
    assert len(set(made)) == 200


def whole_calls(*calls):
    body = {"choices": [{"message": {"tool_calls": list(calls)}, "finish_reason": "tool_calls"}]}
    answer = read_completion(Reply(200, {}, json.dumps(body).encode()))
    return [(call.id, call.name, call.read_arguments()) for call in answer.choices[0].tool_calls]


@pytest.mark.parametrize("given", ["", None, "null", "None", "undefined"])
def test_calls_of_a_whole_reply_without_ids_get_one_each(given):
    function = {"name": "f", "arguments": "{}"}
    turns = [whole_calls(*[{"id": given, "function": function}] * 2) for _ in range(50)]
    ids = [call_id for turn in turns for call_id, _, _ in turn]
    assert len(set(ids)) == 100
    assert all(map(MADE.fullmatch, ids))


def test_two_calls_of_a_whole_reply_under_one_id_are_told_apart():
    first, second = ({"id": "a", "function": {"name": n, "arguments": "{}"}} for n in "fg")
    (one, f, _), (other, g, _) = whole_calls(first, second)
    assert (one, f, g) == ("a", "f", "g")
    assert MADE.fullmatch(other)


def test_a_piece_without_a_name_opens_no_call():
    pieces = [piece(0, "a"), piece(0, "b", None, ""), {"index": 1}]
    assert assembled(*pieces, finish="stop") == []


def test_arguments_that_no_call_was_named_for_are_an_error():
    with pytest.raises(MalformedReplyError, match="without a name"):
        assembled(piece(0, "a", None, '{"x": 1}'))


def test_ten_thousand_pieces_of_a_call_that_repeat_its_name_cost_no_square():
    def seconds(count):
        body = ['{"x": "', *["}"] * count, '"}']
        begun = time.process_time()
        assembled(*[piece(None, "", "f", part) for part in body])
        return time.process_time() - begun

    small = min(seconds(2_500) for _ in range(3))
    assert seconds(10_000) < 12 * small


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
    with pytest.raises(StreamInterruptedError, match="arguments of a call to 'pay'"):
        assembled(piece(0, "a", "pay", arguments), finish=finish)
