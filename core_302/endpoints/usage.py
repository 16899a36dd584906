"""Token usage of a response (its token counts), under any of the names that vendors give them.

To support another name, add it to its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core_302.endpoints.parsing import count


@dataclass(frozen=True)
class Usage:
    """Token counts.

    Details are parts of the totals; 0 where not reported. `raw` is the gateway's own object.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    cached_tokens: int = 0
    cache_creation_tokens: int = 0
    reasoning_tokens: int = 0
    input_audio_tokens: int = 0
    output_audio_tokens: int = 0
    raw: Mapping[str, Any] = field(default_factory=dict)


_INPUTS = ("prompt_tokens_details", "input_tokens_details")
_OUTPUTS = ("completion_tokens_details", "output_tokens_details")


def _in(groups: tuple[str, ...], *names: str) -> tuple[tuple[str, ...], ...]:
    return tuple((group, name) for group in groups for name in names)


# Where each count may stand, the likeliest place first. The first that is not 0 wins, since vendors
# write a 0 under the one name and the count under the other.
USAGE_PLACES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "input_tokens": (("prompt_tokens",), ("input_tokens",)),
    "output_tokens": (("completion_tokens",), ("output_tokens",)),
    "total_tokens": (("total_tokens",),),
    "cached_tokens": (
        *_in(_INPUTS, "cached_tokens", "cache_read_tokens", "cache_read_input_tokens"),
        ("cached_tokens",),  # Moonshot
        ("prompt_cache_hit_tokens",),  # DeepSeek
        ("cache_read_input_tokens",),  # Anthropic
    ),
    "cache_creation_tokens": (
        *_in(_INPUTS, "cache_creation_tokens", "cache_write_tokens", "cache_creation_input_tokens"),
        ("cache_creation_input_tokens",),  # Anthropic
        ("cache_write_tokens",),
    ),
    "reasoning_tokens": (*_in(_OUTPUTS, "reasoning_tokens"), ("reasoning_tokens",)),
    "input_audio_tokens": _in(_INPUTS, "audio_tokens"),
    "output_audio_tokens": _in(_OUTPUTS, "audio_tokens"),
}

# Where the object itself may be, beside `usage` of the response: in a choice (Moonshot's streams),
# and in Groq's own field.
OTHER_HOLDERS = ("x_groq",)


def usage_in(said: Mapping[str, Any]) -> Usage | None:
    """Read the token counts of a reply or an event, wherever it has them."""
    found = read_usage(said.get("usage"))
    for name in OTHER_HOLDERS:
        holder = said.get(name)
        if found is None and isinstance(holder, Mapping):
            found = read_usage(holder.get("usage"))
    return found


def read_usage(raw: Any) -> Usage | None:
    """Read a vendor's object of token counts; None if it has none."""
    if not isinstance(raw, dict):
        return None
    found = {ours: _first(raw, places) for ours, places in USAGE_PLACES.items()}
    if not (found["input_tokens"] or found["output_tokens"] or found["total_tokens"]):
        return None
    cached = found["cached_tokens"] + found["cache_creation_tokens"]
    # Anthropic counts apart what the cache has spared. Here details are parts of the totals. What
    # came under OpenAI's names stays as it came: vendors write more cached tokens than there were.
    if cached and _counts_apart(raw):
        found["input_tokens"] += cached
        found["total_tokens"] = max(
            found["total_tokens"], found["input_tokens"] + found["output_tokens"]
        )
    found["total_tokens"] = found["total_tokens"] or found["input_tokens"] + found["output_tokens"]
    return Usage(**found, raw=raw)


def _counts_apart(raw: Mapping[str, Any]) -> bool:
    """Return whether the counts are in Anthropic's own form."""
    apart = ("cache_read_input_tokens", "cache_creation_input_tokens")
    return not count(raw.get("prompt_tokens")) and any(count(raw.get(name)) for name in apart)


def _first(raw: Mapping[str, Any], places: tuple[tuple[str, ...], ...]) -> int:
    for place in places:
        found: Any = raw
        for name in place:
            found = found.get(name) if isinstance(found, Mapping) else None
        if tokens := count(found):
            return tokens
    return 0
