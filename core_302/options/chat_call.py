"""What one chat call asks, made of what a model's class was given and of what the call says.

Here are also the options about reading an answer, for which nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

from core_302.catalogue import USUAL_REASONING_BACK, ReasoningBack, facts_about
from core_302.errors import InvalidInputError
from core_302.options.chat import ChatOptions, asked_options
from core_302.options.declaration import Declared


class AnswerFields(Declared):
    """How an answer is read: options for which nothing is sent."""

    stream_usage: bool = True
    """Ask for the token counts at the end of a stream."""
    split_think: bool = False
    """Move `<think>...</think>` out of the text into the reasoning, for models that have no field
    for thoughts."""
    reasoning_back: ReasoningBack | None = None
    """When thoughts in the history go back to the model: "never", "tool_turn" (with tool calls),
    "always"; by default what `core_302.catalogue` knows of the model, or else "tool_turn"."""


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


def chat_call(
    model: str, answer: AnswerFields, defaults: Mapping[str, Any], call: Mapping[str, Any]
) -> ChatCall:
    """Return what one call asks; what the call says wins over the constructor.

    Args:
        model: The constructor's model.
        answer: The object that was constructed, which says how answers are read.
        defaults: The constructor's options.
        call: What the call says.

    Raises:
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """
    given = dict(call)
    model = given.pop("model", None) or model
    stream_usage = bool(given.pop("stream_usage", answer.stream_usage))
    split_think = bool(given.pop("split_think", answer.split_think))
    policy = _policy(model, given.pop("reasoning_back", answer.reasoning_back))
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
