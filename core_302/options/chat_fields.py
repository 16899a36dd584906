"""The options of a chat call, as fields of an adapter's class: the same ones in both frameworks.

What they may be is checked by `core_302.options.chat`; here stands what a user reads of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from core_302.catalogue import ReasoningBack
from core_302.options.chat import WebSearch


class ChatFields(BaseModel):
    """What can be asked of a chat model beside its name and the messages. None sends nothing."""

    stream_usage: bool = True
    """Ask for the token counts at the end of a stream."""
    split_think: bool = False
    """Move `<think>...</think>` out of the text into the reasoning, for models that have no field
    for thoughts."""
    reasoning_back: ReasoningBack | None = None
    """When thoughts in the history go back to the model: "never", "tool_turn" (with tool calls),
    "always"; by default what `core_302.catalogue` knows of the model, or else "tool_turn"."""

    temperature: float | None = None
    """0 to 2; higher is more random."""
    top_p: float | None = None
    """Nucleus sampling, 0 to 1; change this or the temperature."""
    max_tokens: int | None = None
    """The most tokens of the answer."""
    max_completion_tokens: int | None = None
    """The same under its newer name, for models that want it."""
    n: int | None = None
    """How many answers."""
    stop: list[str] | str | None = None
    """Texts that end the answer."""
    seed: int | None = None
    """For answers that repeat as far as the model can."""
    presence_penalty: float | None = None
    """-2 to 2; higher speaks of new things."""
    frequency_penalty: float | None = None
    """-2 to 2; higher repeats less."""
    logit_bias: Mapping[str, float] | None = None
    """Token id to a bias from -100 to 100."""
    logprobs: bool | None = None
    """Return the log-probabilities of the answer's tokens."""
    top_logprobs: int | None = None
    """And those of so many alternatives, 0 to 20."""
    user: str | None = None
    """Your own id of the end user."""
    reasoning_effort: str | None = None
    """How much the model thinks: `low`, `medium`, `high`, or what it knows."""
    thinking: Mapping[str, Any] | None = None
    """The vendor's thinking switch, such as `{"type": "enabled"}`."""

    web_search: bool | WebSearch | None = None
    """Search the web before answering. True, False (switches a suffix off), or `WebSearch`."""
    ocr: bool | str | None = None
    """Let another model read the pictures: True, a model's name, or "auto"."""
    reasoning_fusion: bool | None = None
    """Let DeepSeek-R1 think first."""
    deep_search: bool | str | None = None
    """Search in depth: True, or the service's name."""
    file_parse: bool | str | None = None
    """Read links and files in the messages: True, or the service's name."""
    user_id: str | None = None
    """A UUIDv4 that switches the gateway's long-term memory on."""
    model_suffixes: bool = False
    """Ask by the model's name instead of by fields."""
    extra_body: Mapping[str, Any] | None = None
    """Further fields of the body, sent as they are."""
