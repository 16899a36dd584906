"""The reader that clients are judged by finds what OpenAI's and vendors' documents say."""

import json

import pytest

from benchmarks.recordings.reader import NotJudgedError, read
from tests.benchmarks.recordings.wire_samples import USAGE, chunk, events, whole


def read_whole(*args, **kwargs):
    return read(json.dumps(whole(*args, **kwargs)).encode(), 200, stream=False)


def read_stream(*chunks, done=True):
    return read(events(*chunks, done=done), 200, stream=True)


def called(**function):
    return {"id": "call_1", "type": "function", "function": function}


def piece(index=0, call_id=None, **function):
    return {"index": index, "id": call_id, "function": function}


def test_a_plain_answer_is_its_text_its_reason_and_its_counts():
    found = read_whole("Hi")
    assert (found.text, found.finish_reason, found.error) == ("Hi", "stop", False)
    assert found.counts == {"input": 3, "output": 2, "total": 5}


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning", "thinking"])
def test_reasoning_has_several_names(name):
    assert read_whole("Hi", **{name: "hm"}).reasoning == "hm"
    assert read_stream(chunk(**{name: "h"}), chunk(**{name: "m"}), chunk("stop")).reasoning == "hm"


def test_reasoning_that_comes_under_two_names_counts_once():
    details = [{"type": "reasoning.text", "text": "hm"}]
    assert read_whole("Hi", reasoning="hm", reasoning_details=details).reasoning == "hm"
    assert read_whole("Hi", reasoning=None, reasoning_details=details).reasoning == "hm"


def test_a_content_in_parts_may_hold_both():
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "Hi"},
        {"type": "reference", "reference_ids": [1]},
    ]
    found = read_whole(parts)
    assert (found.text, found.reasoning) == ("Hi", "hm")


def test_a_content_may_be_the_object_that_was_asked_for():
    assert read_whole({"a": 1}).structure == {"a": 1}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [('{"x": 1}', {"x": 1}), ("", {}), ("null", {}), ({"x": 1}, {"x": 1}), ('{"x', None)],
)
def test_arguments_are_an_object_or_broken(arguments, expected):
    (call,) = read_whole(None, tool_calls=[called(name="f", arguments=arguments)]).calls
    assert (call.name, call.parsed()) == ("f", expected)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(
            [
                piece(0, "a", name="f", arguments=""),
                piece(0, arguments='{"x": 1}'),
                piece(1, "b", name="g", arguments="{}"),
            ],
            id="by index",
        ),
        pytest.param(
            [
                piece(0, "a", name="f", arguments='{"x": 1}'),
                piece(0, "b", name="g", arguments="{}"),
            ],
            id="each with the index 0",
        ),
        pytest.param(
            [
                piece(None, "", name="f", arguments='{"x": 1}'),
                piece(None, "", name="g", arguments="{}"),
            ],
            id="without index and id",
        ),
        pytest.param(
            [
                piece(0, "a", name="f", arguments='{"x"'),
                piece(0, "null", arguments=": 1}"),
                piece(1, "c", name="g", arguments="{"),
                piece(1, "d", arguments="}"),
            ],
            id="with a new id each time",
        ),
    ],
)
def test_pieces_of_calls_find_each_other(pieces):
    found = read_stream(*[chunk(tool_calls=[one]) for one in pieces], chunk("tool_calls"))
    assert [(call.name, call.parsed()) for call in found.calls] == [("f", {"x": 1}), ("g", {})]


def test_a_custom_tool_has_a_text_for_arguments():
    custom = {"id": "a", "type": "custom", "custom": {"name": "f", "input": "x = 1"}}
    (call,) = read_whole(None, tool_calls=[custom]).calls
    assert (call.name, call.arguments, call.parsed()) == ("f", "x = 1", None)
    empty = {**called(name="f", arguments="{}"), "custom": {"name": "", "input": ""}}
    assert read_whole(None, tool_calls=[empty]).calls[0].parsed() == {}


def test_the_form_before_tool_calls_is_a_call_too():
    found = read_whole(None, function_call={"name": "f", "arguments": "{}"})
    assert found.function_call is not None
    assert not read_whole("Hi", function_call={}).function_call


@pytest.mark.parametrize(
    "wire",
    [
        {"error": {"message": "down"}, "choices": [chunk()["choices"][0]]},
        chunk("error", content=""),
        {"choices": [{"index": 0, "delta": {}, "error": {"code": 502}}]},
        {"choices": None, "base_resp": {"status_code": 1008, "status_msg": "no balance"}},
        {"error_code": 336007, "error_msg": "too long"},
    ],
)
def test_an_error_is_one_wherever_it_stands(wire):
    assert read_stream(chunk(content="Hel"), wire, done=False).error
    whole_body = json.dumps(wire).replace('"delta"', '"message"').encode()
    assert read(whole_body, 200, stream=False).error


def test_what_is_null_is_no_error():
    wire = {**whole("Hi"), "error": None, "base_resp": {"status_code": 0}}
    assert not read(json.dumps(wire).encode(), 200, stream=False).error


@pytest.mark.parametrize("empty", [{}, {"content": ""}, {"role": "assistant", "content": ""}])
def test_a_whole_message_counts_only_where_nothing_came_before(empty):
    message = {"message": {"role": "assistant", "content": "Hello"}}
    found = read_stream(chunk(content="Hello"), chunk("stop", message, **empty))
    assert found.text == "Hello"
    assert read_stream(chunk("stop", message, **empty)).text == "Hello"
    assert read_whole("Hello", choice={"delta": empty}).text == "Hello"


@pytest.mark.parametrize(
    "last",
    [
        {"choices": [], "usage": USAGE},
        {"choices": [], "x_groq": {"usage": USAGE}},
        {"choices": [{"index": 0, "delta": {}, "usage": USAGE}]},
    ],
)
def test_counts_stand_in_several_places(last):
    assert read_stream(chunk("stop", content="Hi"), last).counts["total"] == 5


def test_only_the_first_choice_is_read():
    second = {"choices": [{"index": 1, "delta": {"content": "No"}}]}
    assert read_stream(chunk(content="Yes"), second, chunk("stop")).text == "Yes"


def test_line_ends_comments_and_the_mark_before_do_not_matter():
    wire = b"\xef\xbb\xbf: hello\r\n\r\n" + events(chunk("stop", content="Hi")).replace(
        b"\n", b"\r\n"
    )
    assert read(wire, 200, stream=True).text == "Hi"


@pytest.mark.parametrize(
    ("wire", "stream"),
    [
        (b"{", False),
        (b"[]", False),
        (b"{}", False),
        (b"\xff", False),
        (b'{"choices": [{"text": "old"}]}', False),
        (b"data: {\n\n", True),
        (b"data: []\n\n", True),
        (b"data: [DONE]\n\n", True),
        (b'data: {"choices": [{"delta": {"content": "Hel"}}]}\n\n', True),
    ],
)
def test_what_is_no_whole_reply_judges_nobody(wire, stream):
    with pytest.raises(NotJudgedError):
        read(wire, 200, stream=stream)


@pytest.mark.parametrize(
    ("wire", "form"),
    [
        (whole(None, tool_calls=[called(name="f", arguments="null")]), "arguments that are null"),
        ({"choices": [{"index": 0, "finish_reason": "stop"}]}, "a choice without a message"),
        (whole("Hi", reasoning_details=[{"text": "hm"}]), "`reasoning_details`"),
        ({**whole("Hi"), "usage": None, "x_groq": {"usage": USAGE}}, "token counts in x_groq"),
    ],
)
def test_what_is_unusual_has_a_name(wire, form):
    assert read(json.dumps(wire).encode(), 200, stream=False).forms == {form}
