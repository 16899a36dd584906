"""Thoughts of a conversation go back to the models that want them, as in LangChain."""

import pytest
from llama_index.core.base.llms.types import (
    ChatMessage,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
)

from core_302 import InvalidInputError

CALL = ToolCallBlock(tool_name="look", tool_kwargs={}, tool_call_id="c1")
HISTORY = [
    ChatMessage(role="user", content="Look!"),
    ChatMessage(role="assistant", blocks=[ThinkingBlock(content="first"), CALL]),
    ChatMessage(role="tool", content="blue", additional_kwargs={"tool_call_id": "c1"}),
    ChatMessage(
        role="assistant", blocks=[ThinkingBlock(content="second"), TextBlock(text="Blue.")]
    ),
    ChatMessage(role="user", content="Thanks"),
]


def sent_thoughts(stage, llm, **options):
    stage.says()
    stage.chat(llm, HISTORY, **options)
    return [m["reasoning_content"] for m in stage.body["messages"] if "reasoning_content" in m]


@pytest.mark.parametrize(
    ("model", "thoughts"),
    [
        ("gpt-4o", []),
        ("deepseek-r1", []),
        ("deepseek-v4-flash", ["first"]),
        ("a-model-nobody-knows", ["first"]),
        ("kimi-k2-thinking", ["first", "second"]),
    ],
)
def test_thoughts_go_back_where_the_model_wants_them(stage, model, thoughts):
    assert sent_thoughts(stage, stage.llm(model=model)) == thoughts


def test_the_users_word_on_thoughts_wins_over_the_catalogue(stage):
    llm = stage.llm(model="gpt-4o", reasoning_back="always")
    assert sent_thoughts(stage, llm) == ["first", "second"]
    assert sent_thoughts(stage, llm, reasoning_back="never") == []
    asked = {"model": "deepseek-v4-pro", "reasoning_back": None}
    assert sent_thoughts(stage, llm, **asked) == ["first"]


def test_thoughts_go_back_in_streams_too(stage):
    stage.streams({"content": "Hello"})
    stage.stream(stage.llm(model="kimi-k2-thinking"), HISTORY)
    kept = [m["reasoning_content"] for m in stage.body["messages"] if "reasoning_content" in m]
    assert kept == ["first", "second"]


def test_an_unknown_policy_of_thoughts_is_refused(stage):
    with pytest.raises(InvalidInputError, match="reasoning_back"):
        stage.llm(reasoning_back="sometimes")
    with pytest.raises(InvalidInputError, match="'sometimes' is unknown"):
        stage.chat(stage.llm(), reasoning_back="sometimes")
