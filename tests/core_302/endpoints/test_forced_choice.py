"""A model that refuses a forced tool choice is told in words instead."""

import pytest

from core_302 import ChatOptions
from core_302.endpoints.forced_choice import CALL_ONE, CALL_THIS, refuses_forced_choice
from tests.conftest import HELLO
from tests.scripted_server import completion, reply

THINKS = "deepseek-v4-pro"
ON, OFF = {"type": "enabled"}, {"type": "disabled"}


def tool(name):
    return {"type": "function", "function": {"name": name}}


TOOLS = (tool("look"), tool("hear"))


def sent(connect, server, model=THINKS, messages=HELLO, **options):
    server.answer(reply(200, completion()))
    connect(server.url).chat(model, messages, ChatOptions(tools=TOOLS, **options))
    return server.seen[-1].json


def test_any_tool_is_asked_for_in_words(connect, server):
    assert sent(connect, server, tool_choice="required") == {
        "model": THINKS,
        "messages": [{"role": "system", "content": CALL_ONE}, *HELLO],
        "tools": [*TOOLS],
        "tool_choice": "auto",
    }


def test_a_named_tool_stands_alone_and_is_asked_for_in_words(connect, server):
    assert sent(connect, server, tool_choice=tool("hear")) == {
        "model": THINKS,
        "messages": [{"role": "system", "content": CALL_THIS.format(name="hear")}, *HELLO],
        "tools": [tool("hear")],
        "tool_choice": "auto",
    }


@pytest.mark.parametrize(
    ("said", "sent_on"),
    [
        ("Be brief.", f"Be brief.\n\n{CALL_ONE}"),
        ("", CALL_ONE),
        (
            [{"type": "text", "text": "Be brief."}],
            [{"type": "text", "text": "Be brief."}, {"type": "text", "text": CALL_ONE}],
        ),
    ],
)
def test_the_words_join_a_system_message_that_stands_first(connect, server, said, sent_on):
    messages = [{"role": "developer", "content": said}, *HELLO]
    body = sent(connect, server, messages=messages, tool_choice="any")
    assert body["messages"] == [{"role": "developer", "content": sent_on}, *HELLO]
    assert messages[0]["content"] == said


@pytest.mark.parametrize("choice", ["auto", "none", None])
def test_a_choice_that_forces_nothing_goes_as_it_is(connect, server, choice):
    body = sent(connect, server, tool_choice=choice)
    assert body.get("tool_choice") == choice
    assert body["messages"] == HELLO


def test_a_model_that_takes_it_or_that_nobody_knows_is_sent_it(connect, server):
    for model in ("gpt-4o", "a-model-nobody-knows"):
        assert sent(connect, server, model, tool_choice="required")["tool_choice"] == "required"


@pytest.mark.parametrize(
    ("model", "thinking", "refused"),
    [
        (THINKS, None, True),
        (THINKS, ON, True),
        (THINKS, OFF, False),
        ("claude-sonnet-4-5", None, False),
        ("claude-sonnet-4-5", ON, True),
        ("claude-sonnet-4-5-thinking", None, True),
        ("a-model-nobody-knows", ON, False),
    ],
)
def test_who_refuses_it_depends_on_whether_the_model_thinks(model, thinking, refused):
    assert refuses_forced_choice(model, thinking) is refused
