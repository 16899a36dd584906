"""Tokens are counted and profiles are known without any request."""

import base64

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage, trim_messages

from core_302 import InvalidInputError
from core_302.messages.token_estimate import (
    TOKENS_PER_ATTACHMENT,
    TOKENS_PER_IMAGE,
    TOKENS_PER_SMALL_IMAGE,
)
from langchain_302 import ChatAI302
from tests import media_files
from tests.conftest import KEY


def model(**given):
    return ChatAI302(**{"model": "gpt-4o", "api_key": KEY, **given})


ENGLISH = "The quick brown fox jumps over the lazy dog, 12345 times; it does not get tired."
PNG = base64.b64encode(media_files.image("x")).decode()


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        (ENGLISH, 18, 24),
        ("", 0, 0),
        ("人工智能正在改变世界。", 8, 12),
        ("Привет, как дела?", 4, 10),
        ("def add(a, b):\n    return a + b\n", 10, 18),
        ("_____ 😀😀", 2, 6),
        ("\ud800", 1, 1),
    ],
)
def test_a_text_has_about_as_many_tokens_as_models_count(text, least, most):
    assert least <= model().get_num_tokens(text) <= most
    assert len(model().get_token_ids(text)) == model().get_num_tokens(text)


def test_equal_words_have_equal_ids_and_an_own_tokenizer_is_asked_instead():
    first, second = model().get_token_ids("same"), model().get_token_ids("same")
    assert first == second
    assert model(custom_get_token_ids=lambda _: [1, 2]).get_num_tokens("same") == 2


@pytest.mark.parametrize(
    ("block", "tokens"),
    [
        ({"type": "image", "url": "https://nowhere.invalid/x.png"}, TOKENS_PER_IMAGE),
        ({"type": "image", "base64": PNG, "mime_type": "image/png"}, TOKENS_PER_IMAGE),
        (
            {"type": "image_url", "image_url": {"url": "https://x.invalid/", "detail": "low"}},
            TOKENS_PER_SMALL_IMAGE,
        ),
        ({"type": "video", "url": "https://x.invalid/v"}, TOKENS_PER_ATTACHMENT),
    ],
)
def test_an_image_counts_as_a_constant_and_is_never_fetched(block, tokens):
    def counted(*blocks):
        return model().get_num_tokens_from_messages([HumanMessage(["look", *blocks])])

    assert counted(block) - counted() == tokens


def test_tool_calls_and_tools_and_names_count():
    def search(query: str) -> str:
        """Search for something."""
        return query

    call = {"name": "search", "args": {"query": "cats"}, "id": "1"}
    messages = [
        HumanMessage("x"),
        AIMessage("", tool_calls=[call]),
        ToolMessage("y", tool_call_id="1"),
    ]
    plain = model().get_num_tokens_from_messages(messages)
    assert plain > model().get_num_tokens_from_messages([HumanMessage("x")])
    assert model().get_num_tokens_from_messages(messages, tools=[search]) > plain + 10
    named = [HumanMessage("x", name="somebody"), *messages[1:]]
    assert model().get_num_tokens_from_messages(named) > plain


def test_no_messages_have_hardly_any_tokens_and_unsendable_ones_are_refused():
    assert model().get_num_tokens_from_messages([]) < 5
    with pytest.raises(InvalidInputError):
        model().get_num_tokens_from_messages([HumanMessage([{"type": "hologram"}])])


def test_a_conversation_is_cut_to_a_window_without_a_request():
    history = [HumanMessage(f"message {n} " + "word " * 50) for n in range(20)]
    kept = trim_messages(history, max_tokens=300, token_counter=model(), strategy="last")
    assert 2 <= len(kept) <= 5
    assert kept[-1] == history[-1]


def test_the_profile_says_what_the_catalogue_knows():
    profile = model().profile
    assert profile["max_input_tokens"] == 128000
    assert profile["max_output_tokens"] == 16384
    assert profile["image_inputs"]
    assert profile["tool_calling"]
    assert not profile["reasoning_output"]
    assert "max_output_tokens" not in model(model="deepseek-r1").profile


def test_options_of_the_gateway_change_what_a_model_can():
    assert not model(model="deepseek-chat").profile["image_inputs"]
    with_help = model(model="deepseek-chat", ocr="auto", reasoning_fusion=True).profile
    assert with_help["image_inputs"]
    assert with_help["reasoning_output"]


def test_an_unknown_model_has_no_profile_and_a_given_one_is_kept():
    assert model(model="brand-new").profile is None
    assert model(profile={"max_input_tokens": 5}).profile == {"max_input_tokens": 5}


def test_the_profile_promises_no_help_that_ocr_auto_does_not_give():
    known = model(model="mistral-large", ocr="auto").profile
    assert "image_inputs" not in known
    assert model(model="mistral-large", ocr=True).profile["image_inputs"]
    assert model(model="gpt-4o", ocr="auto").profile["image_inputs"]


@pytest.mark.parametrize(
    ("name", "window", "reasons"),
    [
        ("gpt-5-mini-2025-08-07", 272_000, True),
        ("gpt-5.4", 922_000, True),
        ("claude-sonnet-4-5-20250929", 200_000, True),
        ("gemini-3-pro-preview", 1_048_576, True),
        ("grok-4-0709", 256_000, True),
        ("doubao-seed-1-6-250615", 256_000, True),
        ("qwen3-max", 258_048, None),
        ("deepseek-v3.2", 128_000, False),
        ("deepseek-v3.2-thinking", 128_000, True),
        ("deepseek-v4-pro", 1_000_000, True),
    ],
)
def test_todays_models_have_a_profile_that_says_what_is_known_and_no_more(name, window, reasons):
    profile = model(model=name).profile
    assert profile["max_input_tokens"] == window
    assert profile.get("reasoning_output") is reasons
    assert profile["tool_calling"]
    given = model(model=name, profile={"max_input_tokens": 5})
    assert given.profile == {"max_input_tokens": 5}
