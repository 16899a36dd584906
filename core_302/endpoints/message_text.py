"""The contents of a message: its text, its refusal and its reasoning, under vendors' names.

`content` is text, null, or a list of parts, some of which may be reasoning. Reasoning is in a
field, in such parts, or in both; the first place that has any counts, as the others repeat it. To
support another name, add it to its table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core_302.endpoints.parsing import text_or_none
from core_302.errors import MalformedReplyError

SHOWN = 200  # characters of a content that cannot be read

# The fields of a message or a delta that hold reasoning, as text, as an object, or as a list.
REASONING_FIELDS = (
    "reasoning_content",  # DeepSeek, Qwen, GLM, Kimi, Doubao, Hunyuan
    "reasoning",  # OpenRouter, Groq, vLLM, Together
    "thinking",  # Ollama
    "reasoning_text",  # GitHub's models
    "thinking_content",
    "reasoning_details",  # OpenRouter, MiniMax
    "thinking_blocks",  # LiteLLM
)
# The types of content parts and blocks that are reasoning, not text.
REASONING_TYPES = frozenset(
    {"reasoning", "thinking", "reasoning_content", "thought", "redacted_thinking"}
)
# Where the text of a reasoning part is: LangChain's blocks, Anthropic's and Gemini's,
# Mistral's list of texts, Bedrock's mapping, OpenAI's and Databricks' summaries.
WORDS_IN_REASONING = ("reasoning", "thinking", "reasoning_content", "text", "summary", "content")


def content_text(content: Any) -> str:
    """Return the text of a message's content.

    Raises:
        MalformedReplyError: It is neither text nor a list of parts nor null.
    """
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if isinstance(content, list):
        return "".join(_text_of_part(part) for part in content)
    raise MalformedReplyError(
        f"The answer's content is neither text nor a list of parts: {repr(content)[:SHOWN]}"
    )


def partial_text(content: Any) -> str:
    """Return the text of a content that comes with an error, as far as it can be read."""
    return content_text(content) if isinstance(content, str | list) else ""


def refusal_text(message: Mapping[str, Any]) -> str:
    """Return a message's refusal, from its field or from its parts."""
    if refusal := text_or_none(message.get("refusal")):
        return refusal
    content = message.get("content")
    if not isinstance(content, list):
        return ""
    parts = (part.get("refusal") for part in content if isinstance(part, Mapping))
    return "".join(part for part in parts if isinstance(part, str))


def reasoning_text(message: Mapping[str, Any]) -> str:
    """Return the model's reasoning, wherever the vendor puts it."""
    for name in REASONING_FIELDS:
        if value := message.get(name):
            words = value if isinstance(value, str) else reasoning_words(value)
            if words:
                return words
    content = message.get("content")
    if not isinstance(content, list):
        return ""
    return "".join(reasoning_words(part) for part in content if is_reasoning(part))


def is_reasoning(part: Any) -> bool:
    """Return whether a part of a message's content, or a block of it, is reasoning."""
    if not isinstance(part, Mapping):
        return False
    kind = part.get("type")
    return isinstance(kind, str) and kind in REASONING_TYPES


def reasoning_words(reasoning: Any) -> str:
    """Return the text of reasoning in any vendor's form; empty for encrypted reasoning."""
    if isinstance(reasoning, str):
        return reasoning
    if isinstance(reasoning, list):
        return "".join(_words_of_each(reasoning))
    if isinstance(reasoning, Mapping):
        found = (reasoning_words(reasoning.get(name)) for name in WORDS_IN_REASONING)
        return next((words for words in found if words), "")
    return ""


def _words_of_each(chunks: list[Any]) -> Iterator[str]:
    for place, chunk in enumerate(chunks):
        words = reasoning_words(chunk)
        # The parts of OpenAI's summary are paragraphs; the parts of others are one text.
        is_paragraph = isinstance(chunk, Mapping) and chunk.get("type") == "summary_text"
        yield f"\n\n{words}" if place and is_paragraph else words


def _text_of_part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping) or is_reasoning(part):
        return ""
    text = part.get("text")
    if isinstance(text, Mapping):
        text = text.get("value")  # as OpenAI's Assistants have it
    return text if isinstance(text, str) else ""
