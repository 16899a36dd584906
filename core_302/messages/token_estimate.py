"""Token estimate: counts tokens without a request, a download or a vendor's tokenizer.

The gateway has hundreds of models and almost as many tokenizers, so this is an estimate, meant to
be rather too high than too low: it serves to keep a conversation inside a window, not to check a
bill. The real counts are in `message.usage_metadata`.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

# Estimates, in tokens. An image is what OpenAI's guide to vision counts for one of 1024 x 1024
# pixels in high detail, and in low detail; other vendors are near. Links are never opened.
TOKENS_PER_IMAGE = 765
TOKENS_PER_SMALL_IMAGE = 85
TOKENS_PER_ATTACHMENT = 1500  # audio, a video or a document of some pages
TOKENS_PER_MESSAGE = 4  # its role, and the tokens around it
TOKENS_BEFORE_ANSWER = 3

# One token each: up to seven letters of a Latin word (with the space before it), three of a word in
# another alphabet, one character of a script without spaces, three digits, three punctuation marks
# in a row.
PATTERN = (
    r" ?[A-Za-z]{1,7}"
    r"| ?\d{1,3}"
    r"|[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U0001f000-\U0003ffff]"
    r"| ?[^\W\d_]{1,3}"
    r"| ?[^\w\s]{1,3}"
    r"|\s+|_+|."
)


@lru_cache(maxsize=1)
def token() -> re.Pattern[str]:
    """Return the pattern of tokens.

    Compiling it takes longer than most imports, so it waits for use.
    """
    return re.compile(PATTERN, re.DOTALL)


def token_ids(text: str) -> list[int]:
    """Return a number for each estimated token. Equal tokens have equal numbers; no vendor's do."""
    return [zlib.crc32(token.encode("utf-8", "replace")) for token in token().findall(text)]


def count(text: str) -> int:
    """Return how many tokens a text has."""
    return len(token().findall(text))


def count_conversation(
    messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()
) -> int:
    """Return how many tokens messages and tools in wire form have."""
    tokens = sum(TOKENS_PER_MESSAGE + _message(message) for message in messages)
    return tokens + sum(_written(tool) for tool in tools) + TOKENS_BEFORE_ANSWER


def _message(message: Mapping[str, Any]) -> int:
    content = message.get("content")
    parts = content if isinstance(content, list) else [{"type": "text", "text": content or ""}]
    calls = [call["function"] for call in message.get("tool_calls", ())]
    texts = [message.get(name) or "" for name in ("name", "reasoning_content")]
    return sum(map(_part, parts)) + sum(map(_written, calls)) + sum(map(count, texts))


def _part(part: Mapping[str, Any]) -> int:
    if part["type"] == "text":
        return count(part["text"])
    if part["type"] == "image_url":
        small = part["image_url"].get("detail") == "low"
        return TOKENS_PER_SMALL_IMAGE if small else TOKENS_PER_IMAGE
    return TOKENS_PER_ATTACHMENT


def _written(value: Mapping[str, Any]) -> int:
    return count(json.dumps(value, ensure_ascii=False))
