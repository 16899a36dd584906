"""A client is right if its user was told what the reply holds, and wrong in as many words."""

import pytest

from benchmarks.recordings.judge import complaints
from benchmarks.recordings.reader import Call, Reading
from tests.fidelity.observation import Observation

READING = Reading(
    text="Hi",
    reasoning="hm",
    calls=[Call("f", '{"x": 1}')],
    finish_reason="tool_calls",
    counts={"input": 3, "output": 2},
)


def saw(**more):
    right = {
        "text": "Hi",
        "reasoning": "hm\n",
        "tool_calls": [("f", {"x": 1})],
        "finish_reason": "tool_calls",
        "usage": {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5},
    }
    return Observation(**{**right, **more})


def test_all_of_it_is_right():
    assert complaints(READING, saw()) == []


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"text": "Hi Hi"}, "text"),
        ({"reasoning": ""}, "reasoning"),
        ({"tool_calls": []}, "tool calls"),
        ({"tool_calls": [("f", {})]}, "tool calls"),
        ({"tool_calls": [("f", {"x": 1}), ("f", {"x": 1}), ("g", {})]}, "tool calls"),
        ({"finish_reason": None}, "finish reason"),
        ({"usage": None}, "token counts"),
        ({"usage": {"input_tokens": 3, "output_tokens": 0}}, "token counts"),
        ({"error": "ValueError"}, "ValueError in place of the answer"),
    ],
)
def test_whatever_is_wrong_is_named(wrong, complaint):
    assert complaints(READING, saw(**wrong)) == [complaint]


def test_an_error_must_be_raised():
    assert complaints(Reading(error=True), Observation(error="AnyError")) == []
    assert complaints(Reading(error=True), saw()) == ["an answer in place of the error"]


def test_a_broken_call_is_kept_or_an_error_and_never_lost():
    reading = Reading(calls=[Call("f", '{"x')])
    assert complaints(reading, Observation(invalid_tool_calls=[("f", '{"x')])) == []
    assert complaints(reading, Observation(error="AnyError")) == []
    assert complaints(reading, Observation()) == ["tool calls"]


def test_the_older_form_counts_wherever_it_is_kept():
    reading = Reading(function_call=Call("f", "{}"))
    assert complaints(reading, Observation(tool_calls=[("f", {})])) == []
    assert complaints(reading, Observation(), {"name": "f", "arguments": "{}"}) == []
    assert complaints(reading, Observation()) == ["tool calls"]


@pytest.mark.parametrize(("text", "reasoning"), [("<think>\nhm\n</think>\n\nHi", ""), ("Hi", "hm")])
def test_reasoning_in_tags_may_stay_or_go(text, reasoning):
    reading = Reading(text="<think>\nhm\n</think>\n\nHi")
    assert complaints(reading, Observation(text=text, reasoning=reasoning)) == []
    assert complaints(reading, Observation(text="Hi", reasoning="other")) == ["reasoning"]


def test_a_refusal_may_stand_for_an_empty_text():
    reading = Reading(spoken="I will not.")
    assert complaints(reading, Observation(text="I will not.")) == []
    assert complaints(reading, Observation()) == []


def test_an_answer_that_came_as_an_object_is_its_json():
    reading = Reading(structure={"a": 1})
    assert complaints(reading, Observation(text='{"a":1}')) == []
    assert complaints(reading, Observation()) == ["text"]
