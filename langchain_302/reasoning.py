"""A model's thoughts, wherever the message of its provider keeps them."""

from __future__ import annotations

from langchain_core.messages import AIMessage

from core_302.endpoints.message_text import reasoning_text


def reasoning_of(message: AIMessage) -> str:
    """Return a model's thoughts, wherever its provider's message keeps them; empty for none."""
    # Where they stand beside the content, the same ones stand in its blocks once more.
    return reasoning_text({**message.additional_kwargs, "content": message.content})
