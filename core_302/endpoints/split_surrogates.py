"""Surrogate pairs that two events of a stream have cut in two, joined again (half an emoji).

A server that writes JSON in UTF-16 units, and sends each as it comes, ends one event with the
first half of a surrogate pair and begins the next with the second. Only streams in which that has
happened come here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core_302.endpoints.chat_delta import ChatDelta
from core_302.json_text import without_lone_surrogates

# The parts of a delta whose texts go on in the next one; all others are complete in each.
GOING_ON = ("text", "reasoning", "refusal")
WHOLE_FIELDS = frozenset({"annotations", "images", "audio", "role"})


class SplitSurrogates:
    """Holds each high surrogate until its low one comes, for each answer, text and tool call."""

    def __init__(self) -> None:
        self._halves: dict[tuple[int, str | int], str] = {}

    def join(self, delta: ChatDelta | None) -> ChatDelta | None:
        """Return a delta without lone surrogates; None if nothing is left of it."""
        if delta is None:
            return None
        for name in GOING_ON:
            if text := getattr(delta, name):
                setattr(delta, name, self._join((delta.index, name), text))
        delta.tool_calls = tuple(
            replace(call, arguments=self._join((delta.index, call.index), call.arguments))
            if call.arguments
            else call
            for call in delta.tool_calls
        )
        return delta if delta.has_content else None

    def end(self, delta: ChatDelta) -> ChatDelta:
        """Return the last delta of an answer, with U+FFFD for surrogates that stayed alone."""
        for name in GOING_ON:
            if half := self._halves.pop((delta.index, name), ""):
                setattr(delta, name, getattr(delta, name) + without_lone_surrogates(half))
        delta.provider_details = without_lone_surrogates(delta.provider_details)
        return delta

    def _join(self, place: tuple[int, str | int], text: str) -> str:
        text = self._halves.pop(place, "") + text
        if "\ud800" <= text[-1] <= "\udbff":
            self._halves[place] = text[-1]
            text = text[:-1]
        whole: str = without_lone_surrogates(text)
        return whole


def keep_split_surrogates(chunk: Any) -> Any:
    """Return an event without lone surrogates, except in its answers' texts, which may go on."""
    whole = without_lone_surrogates(chunk)
    if not isinstance(chunk, Mapping) or not isinstance(chunk.get("choices"), list):
        return whole
    whole["choices"] = [
        _choice(*pair) for pair in zip(chunk["choices"], whole["choices"], strict=True)
    ]
    return whole


def _choice(cut: Any, whole: Any) -> Any:
    """Return a repaired choice with the texts of the one that is cut."""
    if not isinstance(cut, dict):
        return whole
    for name in ("delta", "message"):
        if isinstance(cut.get(name), dict):
            whole[name] |= {
                field: _calls(value, whole[name][field]) if field in CALLS else value
                for field, value in cut[name].items()
                if field in whole[name] and field not in WHOLE_FIELDS
            }
    return whole


CALLS = ("tool_calls", "function_call")


def _calls(cut: Any, whole: Any) -> Any:
    """Return repaired tool calls with the arguments of those that are cut."""
    if isinstance(cut, list):
        return [_calls(*pair) for pair in zip(cut, whole, strict=True)]
    if not isinstance(cut, dict):
        return whole
    if isinstance(cut.get("function"), dict):
        whole["function"] = _calls(cut["function"], whole["function"])
    if isinstance(cut.get("arguments"), str):
        whole["arguments"] = cut["arguments"]
    return whole
