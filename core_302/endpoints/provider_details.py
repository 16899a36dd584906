"""What a vendor wants back of its own answer: signatures, encrypted reasoning, cache marks.

It is not content, so it is kept beside the message, complete and unread, with the model that made
it; it goes back to that model, and to no other. Gemini 3 and Claude refuse the next turn of a
conversation without it. What is signed or encrypted goes back always; reasoning that is neither
goes back when that model wants its reasoning back (`reasoning_back`).

Kept are plain values: `{"model": name, "message": {field: value}, "tool_calls": {id: {...}}}`. To
support another field, add it to its table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core_302.catalogue import ReasoningBack
from core_302.catalogue.names import bare_name, without_gateway_suffixes
from core_302.endpoints.message_text import content_text, is_reasoning

Details = dict[str, Any]

KEPT_AS = "provider_details"
"""The name under which both adapters keep it in a message's `additional_kwargs`."""

# Fields of a message or a delta; those of reasoning hold its text too.
REASONING_DETAILS = ("reasoning_details", "thinking_blocks")
MESSAGE_DETAILS = (
    *REASONING_DETAILS,
    "extra_content",  # Gemini: {"google": {"thought_signature": ...}}
    "thought_signature",
    "thinking_signature",
    "reasoning_signature",
    "signature",
    "reasoning_opaque",  # GitHub's models
    "encrypted_content",
    "reasoning_encrypted_content",
    "provider_specific_fields",  # LiteLLM
    "cache_control",
)
# Fields of a tool call, or of the function in it.
CALL_DETAILS = ("extra_content", "thought_signature", "provider_specific_fields", "cache_control")
# What only its vendor can use, wherever it stands in a value.
OPAQUE = frozenset(
    {
        "cache_control",
        "data",
        "encrypted_content",
        "extra_content",
        "reasoning_encrypted_content",
        "reasoning_opaque",
        "reasoning_signature",
        "signature",
        "thinking_signature",
        "thoughtSignature",
        "thought_signature",
        "thought_signatures",
    }
)
# Fields of an entry that are concatenated across chunks; every other field replaces its value.
GROWING = ("text", "summary", "thinking")
DETAIL_FIELDS = frozenset(MESSAGE_DETAILS)
CALL_FIELDS = frozenset(CALL_DETAILS)


class DetailsReader:
    """Gathers the details of one answer, from its message or from each of its deltas."""

    def __init__(self) -> None:
        self._lists: dict[str, list[Any]] = {}
        self._others: Details = {}
        self._calls: dict[Any, Details] = {}
        self._in_chunks = True

    def __bool__(self) -> bool:
        """Whether any has come."""
        return bool(self._lists or self._others or self._calls)

    def add(self, said: Mapping[str, Any]) -> None:
        """Note what a message or a delta holds."""
        if isinstance(content := said.get("content"), list):
            parts = [part for part in content if is_reasoning(part) or _is_text(part)]
            self._lists.setdefault("content", []).extend(parts)
        if DETAIL_FIELDS.isdisjoint(said):
            return
        for name in MESSAGE_DETAILS:
            value = said.get(name)
            if isinstance(value, list):
                self._lists.setdefault(name, []).extend(value)
            elif value:
                self._others[name] = value

    def add_whole(self, message: Mapping[str, Any]) -> None:
        """Note what a complete message holds, unless something has come before."""
        if not self:
            self._in_chunks = False
            self.add(message)

    def add_call(self, call: Any, said: Mapping[str, Any]) -> None:
        """Note what a tool call, or a delta of one, holds. `call` identifies it."""
        function = said.get("function")
        for level in (said, function if isinstance(function, Mapping) else {}):
            for name in CALL_DETAILS:
                if value := level.get(name):
                    self._calls.setdefault(call, {})[name] = value

    def read(self, call_ids: Mapping[Any, str]) -> Details | None:
        """Return all of it, or None if there is none; `call_ids` are the ids of its calls."""
        lists = self._lists
        if self._in_chunks:
            lists = {name: _joined(chunks) for name, chunks in lists.items()}
        message = {
            name: value
            for name, value in {**self._others, **lists}.items()
            if _has_reasoning(name, value) or is_opaque({name: value})
        }
        calls = {call_ids[call]: said for call, said in self._calls.items() if call in call_ids}
        found = {"message": message, "tool_calls": calls}
        return {name: value for name, value in found.items() if value} or None


def with_details(
    wire: Mapping[str, Any], kept: Any, model: str, reasoning_back: ReasoningBack
) -> dict[str, Any]:
    """Return a model's own message in wire form with what its vendor wants back.

    Args:
        wire: The message, with its reasoning as `reasoning_content` if that is to be sent.
        kept: What the framework's message has kept under `KEPT_AS`, which may be anything.
        model: The model that is called now.
        reasoning_back: When it wants its reasoning back.
    """
    message = dict(wire)
    if not isinstance(kept, Mapping) or not is_same_model(kept.get("model"), model):
        return message
    calls = kept.get("tool_calls")
    if isinstance(calls, Mapping) and message.get("tool_calls"):
        message["tool_calls"] = [_signed(call, calls) for call in message["tool_calls"]]
    fields = kept.get("message")
    if not isinstance(fields, Mapping):
        return message
    wanted = reasoning_back == "always" or (
        reasoning_back == "tool_turn" and bool(message.get("tool_calls"))
    )
    sent = {
        name: value
        for name, value in fields.items()
        if is_opaque({name: value}) or (wanted and _has_reasoning(name, value))
    }
    if "content" in sent:
        sent["content"] = _content(sent["content"], message.get("content"))
    if any(_has_reasoning(name, value) for name, value in sent.items()):
        message.pop("reasoning_content", None)  # its text goes back in the vendor's own form
    return {**message, **sent}


def is_same_model(made_by: Any, model: str) -> bool:
    """Return whether two names are one model's; the gateway's options are not part of a name."""
    return isinstance(made_by, str) and bool(model) and _name(made_by) == _name(model)


def _name(model: str) -> str:
    return without_gateway_suffixes(bare_name(model))[0]


def _signed(call: Mapping[str, Any], details: Mapping[str, Any]) -> dict[str, Any]:
    found = details.get(str(call.get("id")))
    if not isinstance(found, Mapping):
        return dict(call)
    return {**call, **{name: found[name] for name in CALL_DETAILS if name in found}}


def _content(parts: Any, text: Any) -> Any:
    """Return the parts of a content as they came, or with the text that a program has changed."""
    if not isinstance(parts, list) or content_text(parts) == (text or ""):
        return parts
    reasoning = [part for part in parts if is_reasoning(part)]
    return [*reasoning, {"type": "text", "text": text}] if text else reasoning


def _has_reasoning(name: str, value: Any) -> bool:
    if not value or not isinstance(value, list):
        return False
    return name in REASONING_DETAILS or (name == "content" and any(map(is_reasoning, value)))


def _is_text(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "text"


def is_opaque(value: Any) -> bool:
    """Return whether a value holds what only its vendor can use."""
    if isinstance(value, list):
        return any(map(is_opaque, value))
    if not isinstance(value, Mapping):
        return False
    return any((name in OPAQUE and inner) or is_opaque(inner) for name, inner in value.items())


class _Entry:
    """An entry of a list that may come in chunks."""

    def __init__(self, kind: str, chunk: Mapping[str, Any]) -> None:
        self.kind = kind
        self._said: Details = {}
        self._growing: dict[str, list[Any]] = {}
        self.add(chunk)

    def add(self, chunk: Mapping[str, Any]) -> None:
        for name, value in chunk.items():
            if name in GROWING and isinstance(value, str | list):
                self._growing.setdefault(name, []).append(value)
            elif value is not None or name not in self._said:
                self._said[name] = value

    def goes_on_with(self, chunk: Mapping[str, Any]) -> bool:
        """Return whether a chunk of the same type and index belongs to this entry."""
        told = ((name, chunk.get(name)) for name in ("id", *OPAQUE))
        return all(not value or self._said.get(name) in (None, "", value) for name, value in told)

    def whole(self) -> Details:
        return {**self._said, **{name: _grown(them) for name, them in self._growing.items()}}


def _grown(chunks: list[Any]) -> Any:
    """Return the text, or the list, that chunks make."""
    if all(isinstance(chunk, str) for chunk in chunks):
        return "".join(chunks)
    lists = ([chunk] if isinstance(chunk, str) else chunk for chunk in chunks)
    return _joined([inner for chunk in lists for inner in chunk])


def _joined(chunks: list[Any]) -> list[Any]:
    """Return the entries that chunks make: those of one type and one index are one entry.

    Without an index, a chunk continues the entry before it. The work is linear in the chunks.
    """
    entries: list[Any] = []
    open_entries: dict[Any, _Entry] = {}
    for chunk in chunks:
        if not isinstance(chunk, Mapping):
            entries.append(chunk)
            open_entries.pop(None, None)
            continue
        kind, index = repr(chunk.get("type")), chunk.get("index")
        key = None if index is None else (kind, repr(index))
        entry = open_entries.get(key)
        if entry is None or entry.kind != kind or not entry.goes_on_with(chunk):
            entry = _Entry(kind, chunk)
            entries.append(entry)
        else:
            entry.add(chunk)
        open_entries[key] = open_entries[None] = entry
    return [entry.whole() if isinstance(entry, _Entry) else entry for entry in entries]
