"""Facts about models, from a data file that is read on first use. They advise; they never refuse.

An unknown name has no facts, and is always sent. `gpt-4o-2024-08-06` and `gpt-4o-web-search` have
the facts of `gpt-4o`; what else may follow an entry's name stands in `names.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from core_302.catalogue.names import (
    bare_name,
    beginnings,
    changes_no_fact,
    says_thinking,
    spelled_alike,
    without_gateway_suffixes,
)
from core_302.lazy_imports import attribute_of

if TYPE_CHECKING:
    from core_302.catalogue.image_facts import ImageModelFacts, image_model_facts, image_models
    from core_302.catalogue.transcription_facts import (
        TranscriptionFacts,
        transcription_model_facts,
        transcription_models,
    )
    from core_302.catalogue.video_facts import VideoModelFacts, video_model_facts, video_models

__all__ = [
    "USUAL_REASONING_BACK",
    "ImageModelFacts",
    "ModelFacts",
    "ReasoningBack",
    "TranscriptionFacts",
    "VideoModelFacts",
    "facts_about",
    "image_model_facts",
    "image_models",
    "transcription_model_facts",
    "transcription_models",
    "video_model_facts",
    "video_models",
]

ReasoningBack = Literal["never", "tool_turn", "always"]
"""When a model's reasoning is sent back: never, with its tool calls, or with all its messages."""
# What most reasoning models want: without the reasoning of a turn of tool calls, DeepSeek answers
# 400 (https://api-docs.deepseek.com/guides/thinking_mode); models that want none ignore them there.
USUAL_REASONING_BACK: ReasoningBack = "tool_turn"


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model.

    Attributes:
        name: The entry that matched.
        context_window: Input and output tokens together, or None if unknown.
        max_input: The most input tokens, where this is less than the window, or None if unknown.
        max_output: The most output tokens, or None if unknown.
        vision: Whether it sees images, or None if unknown.
        tools: Whether it calls tools by itself, or None if unknown (the gateway helps the others).
        reasoning: Whether it thinks before it answers, or None if unknown.
        reasoning_back: When it wants its reasoning back, or None if unknown.
        json_schema: Whether it takes a JSON schema for its answer, or None if unknown.
        forced_tool_choice: Whether it takes a `tool_choice` that forces a call, in its default mode
            (some refuse it while they reason), or None if unknown.
        token_parameter: The only name under which it accepts the limit of output tokens, or None if
            it accepts both or if unknown.
        source: Where these facts come from.
    """

    name: str
    context_window: int | None = None
    max_input: int | None = None
    max_output: int | None = None
    vision: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    reasoning_back: ReasoningBack | None = None
    json_schema: bool | None = None
    forced_tool_choice: bool | None = None
    token_parameter: Literal["max_tokens", "max_completion_tokens"] | None = None
    source: str | None = None


class _Entry(NamedTuple):
    """What is known of a name and of its reasoning variant, and what may follow it."""

    facts: ModelFacts
    thinking: ModelFacts | None
    suffixes: tuple[str, ...]


@lru_cache(maxsize=1024)
def facts_about(model: str) -> ModelFacts | None:
    """Return what is known of `model`, or None."""
    name = bare_name(model)
    # `qwen-vl-ocr` is a model, `gpt-4o-ocr` a model and an option of the gateway.
    return _facts_of(name) or _facts_of(without_gateway_suffixes(name)[0])


def _facts_of(name: str) -> ModelFacts | None:
    """Return the facts of the longest entry that `name` begins with, if they hold for all of it."""
    entries = _entries()
    for beginning, rest in beginnings(name):
        if entry := entries.get(beginning):
            return _inherited(entry, rest)
    return None


def _inherited(entry: _Entry, rest: str) -> ModelFacts | None:
    """Return the entry's facts for its name followed by `rest`, or None if they may not hold."""
    if not changes_no_fact(rest, entry.suffixes):
        return None
    return entry.thinking if says_thinking(rest) else entry.facts


@lru_cache(maxsize=1)
def _entries() -> dict[str, _Entry]:
    text = resources.files(__name__).joinpath("models.json").read_text("utf-8")
    data = json.loads(text)
    entries: dict[str, _Entry] = {}
    for row in data["models"]:
        row["source"] = data["sources"][row["source"]]
        names, thinking = row.pop("names"), row.pop("thinking", None)
        suffixes = (*row.pop("suffixes", ()), *(["thinking"] if thinking else ()))
        for name in names:
            facts = ModelFacts(name, **row)
            variant = replace(facts, **thinking) if thinking else None
            entries[spelled_alike(name)] = _Entry(facts, variant, suffixes)
    return entries


_ON_DEMAND = {
    **dict.fromkeys(("ImageModelFacts", "image_model_facts", "image_models"), "image_facts"),
    **dict.fromkeys(
        ("TranscriptionFacts", "transcription_model_facts", "transcription_models"),
        "transcription_facts",
    ),
    **dict.fromkeys(("VideoModelFacts", "video_model_facts", "video_models"), "video_facts"),
}


def __getattr__(name: str) -> Any:
    return attribute_of(__name__, _ON_DEMAND, name)
