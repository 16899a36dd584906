"""Counts tokens by a fixed estimate: texts, images, audio, reasoning, remembered prompts.

A prompt is cached up to each part that is marked with `cache_control`, or, without any mark, up to
each message from 1024 tokens on; tokens that were sent before then count as cached.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from emulator_302.http.media import seconds_of

CHARACTERS_PER_TOKEN = 4
TOKENS_PER_IMAGE = 85
TOKENS_PER_DOCUMENT = 300
TOKENS_PER_SECOND = 10  # of audio
SHORTEST_REMEMBERED = 1024  # tokens


@dataclass
class PromptCache:
    """The beginnings of prompts that were sent before."""

    known: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def clear(self) -> None:
        """Forget them."""
        with self.lock:
            self.known.clear()

    def count(self, body: Mapping[str, Any]) -> tuple[int, int]:
        """Return how many tokens of a prompt were known, and how many are remembered from now."""
        marked, plain = _prefixes(body)
        with self.lock:
            cached = max((n for key, n in (*marked, *plain) if key in self.known), default=0)
            created = max((n for _, n in marked), default=0)
            self.known.update(key for key, _ in (*marked, *plain))
        return cached, max(0, created - cached)


def count(text: str) -> int:
    """Return the tokens of `text`: a fixed estimate, so that figures repeat."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def usage(
    body: Mapping[str, Any], *, written: int, reasoning: int, audio: int, cache: PromptCache
) -> dict[str, Any]:
    """Return the token counts of a request whose answers have so many tokens."""
    audio_tokens = sum(_audio_tokens(part) for _, part in _parts(body))
    given = sum(_tokens(part) for _, part in _parts(body)) + _tool_tokens(body)
    cached, created = cache.count(body)
    return {
        "prompt_tokens": given,
        "completion_tokens": written + audio,
        "total_tokens": given + written + audio,
        "prompt_tokens_details": {
            "cached_tokens": cached,
            "cache_creation_tokens": created,
            "audio_tokens": audio_tokens,
        },
        "completion_tokens_details": {"reasoning_tokens": reasoning, "audio_tokens": audio},
    }


def _parts(body: Mapping[str, Any]) -> Iterator[tuple[int, Any]]:
    """Yield each part of each message, with its message's place."""
    for place, message in enumerate(body["messages"]):
        content = message.get("content")
        for part in content if isinstance(content, list) else [content]:
            yield place, part


def _tokens(part: Any) -> int:
    kind = part.get("type") if isinstance(part, Mapping) else None
    if kind == "image_url":
        return TOKENS_PER_IMAGE
    if kind in ("file", "video_url"):
        return TOKENS_PER_DOCUMENT
    if kind == "input_audio":
        return _audio_tokens(part)
    text = part.get("text", "") if isinstance(part, Mapping) else part or ""
    return count(str(text)) + 1


def _audio_tokens(part: Any) -> int:
    if not isinstance(part, Mapping) or part.get("type") != "input_audio":
        return 0
    return max(1, ceil(seconds_of(part) * TOKENS_PER_SECOND))


def _tool_tokens(body: Mapping[str, Any]) -> int:
    return sum(count(json.dumps(tool)) for tool in body.get("tools", ()))


def _prefixes(body: Mapping[str, Any]) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return key and tokens of each beginning that is remembered: the marked ones, the others."""
    digest = hashlib.sha256(json.dumps([body["model"], body.get("tools")]).encode())
    sent = 0
    marked: list[tuple[str, int]] = []
    plain: list[tuple[str, int]] = []
    parts = list(_parts(body))
    for number, (place, part) in enumerate(parts):
        digest.update(json.dumps([place, part], sort_keys=True).encode())
        # Audio is counted as such, never as cached: details are parts of the total.
        sent += _tokens(part) - _audio_tokens(part)
        if isinstance(part, Mapping) and part.get("cache_control"):
            marked.append((digest.hexdigest(), sent))
        ends_message = number + 1 == len(parts) or parts[number + 1][0] != place
        if ends_message and sent >= SHORTEST_REMEMBERED:
            plain.append((digest.hexdigest(), sent))
    return marked, plain
