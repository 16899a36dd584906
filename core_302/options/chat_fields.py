"""The options of a chat call, as fields of an adapter's class: the same ones in both frameworks.

What they may be is checked by `core_302.options.chat`; here stands what a user reads of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from core_302.catalogue import USUAL_REASONING_BACK, ReasoningBack, facts_about
from core_302.errors import InvalidInputError
from core_302.options.chat import ChatOptions, WebSearch, asked_options


class ChatCall(NamedTuple):
    """What one call asks, beside the conversation.

    Attributes:
        model: The model's name.
        options: What else is asked.
        stream_usage: Whether the token counts are wanted at the end of a stream.
        split_think: Whether `<think>...</think>` is moved out of the text.
        reasoning_back: When thoughts in the history go back to this model.
    """

    model: str
    options: ChatOptions
    stream_usage: bool
    split_think: bool
    reasoning_back: ReasoningBack


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

    def _chat_call(
        self, model: str, defaults: Mapping[str, Any], call: Mapping[str, Any]
    ) -> ChatCall:
        """Return what one call asks; what the call says wins over the constructor.

        Raises:
            InvalidInputError: An option is unknown, or its value cannot be sent.
        """
        given = dict(call)
        model = given.pop("model", None) or model
        stream_usage = bool(given.pop("stream_usage", self.stream_usage))
        split_think = bool(given.pop("split_think", self.split_think))
        policy = _policy(model, given.pop("reasoning_back", self.reasoning_back))
        options = asked_options(defaults, given)
        return ChatCall(model, options, stream_usage, split_think, policy)


def _policy(model: str, chosen: Any) -> ReasoningBack:
    """Return when thoughts go back: what the user chose, else what the model wants."""
    if chosen not in (None, *get_args(ReasoningBack)):
        raise InvalidInputError(
            f"reasoning_back: {chosen!r} is unknown; use one of "
            f"{', '.join(get_args(ReasoningBack))}."
        )
    facts = facts_about(model)
    policy: ReasoningBack | None = chosen or (facts.reasoning_back if facts else None)
    return policy or USUAL_REASONING_BACK
