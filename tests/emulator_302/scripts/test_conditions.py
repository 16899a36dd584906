"""Each condition holds for the requests that it is for, and says why it fails."""

import pytest

from emulator_302 import Conversation, When
from emulator_302.scripts.conditions import meant
from tests.emulator_302.tools import LOOKUP, answered

CALL = {"id": "1", "function": {"name": "lookup_order", "arguments": '{"order_id": "A-17"}'}}
CHAT = Conversation(
    {
        "model": "gpt-4o-web-search",
        "messages": [
            {"role": "system", "content": "Be Kind."},
            {"role": "user", "content": "hi"},
            *answered(CALL, {"total": 3}, before=[{"role": "user", "content": "My ORDER"}]),
        ],
        "tools": [LOOKUP],
    }
)


@pytest.mark.parametrize(
    ("conditions", "misses"),
    [
        ({}, None),
        ({"text": "my order"}, None),
        ({"text": "refund"}, "the text 'My ORDER' does not contain 'refund'"),
        ({"regex": "^My"}, None),
        ({"regex": r"\d"}, r"the text 'My ORDER' does not match '\\d'"),
        ({"model": "gpt-4o"}, None),
        ({"model": "gpt-*-search"}, None),
        ({"model": "gpt"}, "the model is 'gpt-4o-web-search', not 'gpt'"),
        ({"tools": "lookup_order"}, None),
        ({"tools": ("lookup_order", "f")}, "f is not among the tools: lookup_order"),
        ({"turn": 2}, None),
        ({"turn": 1}, "it is turn 2, not 1"),
        ({"after_tool": "lookup_order"}, None),
        ({"after_tool": "f"}, "it ends with a result of lookup_order, not of f"),
        ({"system": "kind"}, None),
        ({"system": "rude"}, "the system message 'Be Kind.' does not contain 'rude'"),
        ({"where": lambda chat: chat.result == {"total": 3}}, None),
        ({"where": lambda _: False}, "the function `where` says no"),
    ],
)
def test_a_condition_holds_or_says_why_not(conditions, misses):
    assert When(**conditions).misses(CHAT) == ([misses] if misses else [])


def test_all_conditions_must_hold():
    assert len(When(text="x", turn=9, model="y").misses(CHAT)) == 3


def test_a_request_without_tools_or_messages_is_compared_too():
    image = Conversation({"prompt": "a red fox", "model": "flux"})
    assert When("fox", model="flux").misses(image) == []
    assert When(tools="f").misses(image) == ["f is not among the tools: none"]
    assert When(after_tool="f").misses(image) == ["it ends with no result of a tool, not of f"]
    assert Conversation({"messages": "broken", "tools": 5}).text == ""
    assert Conversation({"tools": [5, {"function": 5}]}).tools == ()
    assert (image.result, image.system, image.turn) == (None, "", 0)


def test_a_long_text_is_shown_in_part():
    (said,) = When("y").misses(Conversation({"prompt": "x" * 200}))
    assert "xxx...' does not" in said


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"text": 5}, "text of a When is not text: 5"),
        ({"turn": 0}, "turn of a When is not an integer, at least 1"),
        ({"tools": [1]}, "tools of a When is not a name, or a list of names"),
        ({"regex": "("}, "is not a regular expression"),
        ({"where": "no"}, "where of a When is not a function"),
        ({"colour": "red"}, "a When has no field colour"),
        (5, "a When is not a JSON object: 5"),
    ],
)
def test_conditions_that_are_none_are_refused(given, says):
    with pytest.raises(ValueError, match=says.replace("(", r"\(")):
        When.from_json(given)


def test_a_text_a_function_or_json_stand_for_conditions():
    assert meant("a") == When("a") == meant({"text": "a"}) == meant(When("a"))
    assert meant(None) == When()
    assert meant(len) == When(where=len)
    assert When.from_json({"tools": ["f"]}) == When(tools=("f",))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"total": 4.5}', {"total": 4.5}),
        ("{'total': 4.5}", {"total": 4.5}),
        ("4.5", 4.5),
        ("not found", "not found"),
        ("__import__('os')", "__import__('os')"),
        ("[" * 5_000, "[" * 5_000),
    ],
)
def test_a_result_is_read_as_the_values_that_it_shows(text, value):
    chat = Conversation({"messages": answered(CALL, text)})
    assert chat.results == {"lookup_order": value}
    assert chat.result == value
