"""A model's reasoning, wherever the message of its provider keeps it."""

from __future__ import annotations

from langchain_core.messages import AIMessage

from core_302.endpoints.message_text import reasoning_text


def reasoning_of(message: AIMessage) -> str:
    """Return a model's reasoning, wherever its provider's message keeps it; empty for none."""
    # Where it is beside the content, its blocks repeat it.
    return reasoning_text({**message.additional_kwargs, "content": message.content})
