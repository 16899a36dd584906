"""What one call of a chat model requests: the model's fields and the call's own options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from core_302.catalogue import ReasoningBack
from core_302.messages.reasoning_back import reasoning_policy
from core_302.options.answer import AnswerFields
from core_302.options.chat import ChatOptions, asked_options


class ChatCall(NamedTuple):
    """What one call requests, beside the conversation.

    Attributes:
        model: The model's name.
        options: What else is requested.
        stream_usage: Whether the stream ends with the token counts.
        split_think: Whether `<think>...</think>` is moved out of the text.
        merge_chunks: Whether text of a stream that has already come leaves in one chunk.
        reasoning_back: When reasoning in the history goes back to this model.
    """

    model: str
    options: ChatOptions
    stream_usage: bool
    split_think: bool
    merge_chunks: bool
    reasoning_back: ReasoningBack


def chat_call(
    fields: AnswerFields, model: str, defaults: Mapping[str, Any], call: Mapping[str, Any]
) -> ChatCall:
    """Return what one call requests; the call's options win over the constructor's.

    Args:
        fields: The object that is called.
        model: Its model.
        defaults: The options that its constructor set.
        call: The options of the call.

    Raises:
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """
    given = dict(call)
    model = given.pop("model", None) or model
    stream_usage = bool(given.pop("stream_usage", fields.stream_usage))
    split_think = bool(given.pop("split_think", fields.split_think))
    merge_chunks = bool(given.pop("merge_chunks", fields.merge_chunks))
    policy = reasoning_policy(model, given.pop("reasoning_back", fields.reasoning_back))
    options = asked_options(defaults, given)
    return ChatCall(model, options, stream_usage, split_think, merge_chunks, policy)
