"""How an answer is read: options of a chat call that are not sent."""

from __future__ import annotations

from core_302.catalogue import ReasoningBack
from core_302.options.declaration import Declared


class AnswerFields(Declared):
    """How an answer is read. Of these, only `stream_usage` is sent."""

    stream_usage: bool = True
    """Request the token counts at the end of a stream."""
    split_think: bool = False
    """Move `<think>...</think>` out of the text into the reasoning, for models that have no field
    for reasoning."""
    merge_chunks: bool = True
    """Return the text of a stream that has already come in one chunk of up to 2,000 characters, if
    the program reads more slowly than the server sends; False: one chunk an event. Text and order
    are the same. A chunk is no token either way."""
    reasoning_back: ReasoningBack | None = None
    """When reasoning in the history goes back to the model: "never", "tool_turn" (with tool calls),
    "always"; by default what `core_302.catalogue` says for the model, or else "tool_turn"."""
