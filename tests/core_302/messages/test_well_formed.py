"""Whatever stands in a history, what goes out is what a strict vendor takes."""

import json

import pytest

from core_302 import InvalidInputError
from core_302.messages.parts import call_part
from core_302.messages.tool_results import NOT_RUN, ORPHAN, mended
from core_302.messages.well_formed import UNREADABLE, object_text

USER = {"role": "user", "content": "Go on"}


def turn(*arguments, **more):
    calls = [
        {"id": f"c{n}", "type": "function", "function": {"name": "f", "arguments": text}}
        for n, text in enumerate(arguments)
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls, **more}


@pytest.mark.parametrize("text", ['{"a": 1}', "{}", ' {"ä": "\\u00e4"} '])
def test_arguments_that_are_an_object_go_as_they_are(text):
    assert object_text(text) == text


@pytest.mark.parametrize("none", ["", "  ", "null", " null\n", None])
def test_no_arguments_are_an_empty_object(none):
    assert object_text(none) == "{}"


@pytest.mark.parametrize("text", ['{"city": "Par', "[1]", "3", '"x"', "Paris", "[" * 100_000])
def test_arguments_that_are_no_object_are_kept_in_one(text):
    assert json.loads(object_text(text)) == {UNREADABLE: text}


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ('{"a": NaN}', {"a": "NaN"}),
        ('{"a": "\\ud83d"}', {"a": "\ufffd"}),
        ('{"a": "\ud83d"}', {"a": "\ufffd"}),
        ('{"cut": "\ud83d', {UNREADABLE: '{"cut": "\ufffd'}),
    ],
)
def test_arguments_hold_nothing_that_json_has_no_form_for(text, sent):
    object_text(text).encode()
    assert json.loads(object_text(text)) == sent


def test_arguments_that_cannot_be_written_are_an_error_that_says_where():
    with pytest.raises(InvalidInputError, match=r"messages\[3\].*'look'.*plain values"):
        call_part("look", {"at": object()}, "c1", "messages[3]")


def test_every_call_of_a_history_goes_out_well_formed():
    assert mended([turn("", '{"a'), USER]) == [
        turn("{}", json.dumps({UNREADABLE: '{"a'})),
        {"role": "tool", "tool_call_id": "c0", "content": NOT_RUN},
        {"role": "tool", "tool_call_id": "c1", "content": NOT_RUN},
        USER,
    ]


def test_half_letters_of_models_and_tools_are_replaced_and_those_of_the_program_are_not():
    history = [
        {"role": "user", "content": "\ud83d"},
        {**turn("{}", reasoning_content="b\udc00"), "content": "a\ud83d"},
        {"role": "tool", "tool_call_id": "c0", "content": "c\ud83d\ude00\ud83d"},
    ]
    assert mended(history) == [
        history[0],
        {**turn("{}", reasoning_content="b\ufffd"), "content": "a\ufffd"},
        {"role": "tool", "tool_call_id": "c0", "content": "c\U0001f600\ufffd"},
    ]


def test_ids_are_told_apart_in_the_whole_conversation():
    result = {"role": "tool", "tool_call_id": "c0", "content": "r"}
    again = {**turn("{}"), "tool_calls": [{**turn("{}")["tool_calls"][0], "id": "c0_2"}]}
    assert mended([turn("{}"), result, turn("{}"), result]) == [
        turn("{}"),
        result,
        again,
        {**result, "tool_call_id": "c0_2"},
    ]


def test_ids_that_are_missing_or_no_text_are_made_texts():
    calls = [{"type": "function", "function": {"name": "f"}}, {"id": 7, "function": {"name": "f"}}]
    wire = mended(
        [
            {"role": "assistant", "content": None, "tool_calls": calls},
            {"role": "tool", "tool_call_id": 7, "content": "seven"},
            {"role": "tool", "content": "none"},
        ]
    )
    assert [call["id"] for call in wire[0]["tool_calls"]] == ["call", "7"]
    assert [(m["tool_call_id"], m["content"]) for m in wire[1:]] == [
        ("call", "none"),
        ("7", "seven"),
    ]


@pytest.mark.parametrize(
    ("content", "told"), [("r", "r"), ([{"type": "text", "text": "a"}, "b", {"text": 3}], "a")]
)
def test_a_result_without_a_call_is_told_in_words_whatever_its_form(content, told):
    orphan = {"role": "tool", "tool_call_id": "x", "content": content}
    assert mended([orphan]) == [{"role": "user", "content": f"{ORPHAN}\n{told}"}]
    assert mended([{**orphan, "content": None}])[0]["content"] == f"{ORPHAN}\n"


@pytest.mark.parametrize(
    ("given", "sent"),
    [("human", "user"), ("ai", "assistant"), ("model", "assistant"), ("a-vendors", "a-vendors")],
)
def test_other_words_for_a_role_become_the_wires(given, sent):
    assert mended([{"role": given, "content": "Hi"}]) == [{"role": sent, "content": "Hi"}]


def test_a_speakers_name_becomes_one_that_a_strict_vendor_takes():
    (sent,) = mended([{"role": "user", "name": "Dr. No, agent", "content": "Hi"}])
    assert sent["name"] == "Dr__No__agent"


@pytest.mark.parametrize(
    ("model", "policy", "added"),
    [
        ("deepseek-v4-pro", "tool_turn", {"reasoning_content": ""}),
        ("kimi-k2-thinking", "always", {"reasoning_content": ""}),
        ("deepseek-v4-pro", "never", {}),
        ("gpt-4o", "tool_turn", {}),
        ("a-model-nobody-knows", "tool_turn", {}),
    ],
)
def test_a_turn_of_calls_without_reasoning_has_the_field_where_a_model_wants_it(
    model, policy, added
):
    said = {"role": "assistant", "content": "Hi"}
    wire = mended([said, turn("{}")], model=model, reasoning_back=policy)
    assert wire == [said, {**added, **turn("{}")}]
    thought = turn("{}", reasoning_content="hm")
    assert mended([thought], model=model, reasoning_back=policy) == [thought]
