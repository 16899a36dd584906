"""A model's thoughts, wherever the message of its provider keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from langchain_core.messages import AIMessage


def reasoning_of(message: AIMessage) -> str:
    """Return a model's thoughts, wherever its provider's message keeps them; empty for none."""
    for name in ("reasoning_content", "reasoning", "thinking"):
        kept = message.additional_kwargs.get(name)
        if said := _words(kept):
            return said  # the same thoughts stand in the blocks once more
    blocks = message.content if isinstance(message.content, list) else []
    return "".join(
        _words(block)
        for block in blocks
        if isinstance(block, dict) and block.get("type") in THOUGHTS
    )


THOUGHTS = frozenset({"reasoning", "thinking", "reasoning_content"})

# Where the words of a thought stand: LangChain's blocks, Anthropic's and Gemini's, Mistral's list
# of texts, Bedrock's mapping, OpenAI's summary.
PLACES = ("reasoning", "thinking", "reasoning_content", "text", "summary")


def _words(thought: Any) -> str:
    if isinstance(thought, str):
        return thought
    if isinstance(thought, list):
        return "".join(_each(thought))
    if isinstance(thought, Mapping):
        return next((said for name in PLACES if (said := _words(thought.get(name)))), "")
    return ""


def _each(thoughts: list[Any]) -> Iterator[str]:
    for place, thought in enumerate(thoughts):
        said = _words(thought)
        # The parts of OpenAI's summary are paragraphs; the parts of others are one text.
        is_paragraph = isinstance(thought, Mapping) and thought.get("type") == "summary_text"
        yield f"\n\n{said}" if place and is_paragraph else said
