"""Chat completions: what has come of one answer of a stream, and what each event adds to it.

Nothing leaves twice: some vendors repeat the whole message in their last event, some in each. Of
its texts the part that is new counts; of its other contents each, if nothing of the kind has come.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_reply import (
    annotations_of,
    content_text,
    image_links,
    read_audio,
    read_tool_calls,
    reasoning_text,
)
from core_302.endpoints.logprobs import read_logprobs
from core_302.endpoints.parsing import text_or_none
from core_302.endpoints.tool_call_deltas import ToolCallAssembler

PLAIN_KEYS = frozenset({"role", "content"})  # what an ordinary delta has


class _Text:
    """A text that comes in pieces."""

    __slots__ = ("length", "pieces")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)

    def new_part_of(self, whole: str) -> str | None:
        """Return what `whole` adds to the text so far; None if it does not begin with it."""
        if len(whole) < self.length:
            return None
        known = "".join(self.pieces)
        return whole[self.length :] if whole.startswith(known) else None


class ChoiceAccumulator:
    """What has come of one of the `n` answers. `read` every choice of it, and `end` it."""

    def __init__(self, index: int) -> None:
        self.finish_reason: str | None = None
        self.calls = ToolCallAssembler()
        self.annotations: list[Mapping[str, Any]] = []
        self._index = index
        self._text = _Text()
        self._reasoning = _Text()
        self._refusal = _Text()
        self._audio: list[Mapping[str, Any]] = []
        self._has_images = False
        self._has_logprobs = False
        self._by_messages = True  # no content came in a `delta`

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._text.pieces)

    # This runs for each token. So it asks for `dict`, which is what JSON has: to ask for `Mapping`
    # takes several times as long.
    def read(self, choice: dict[str, Any]) -> ChatDelta | None:
        """Return what a choice of an event brings, or None if that is nothing."""
        if (reason := choice.get("finish_reason")) is not None:
            self.finish_reason = self.finish_reason or text_or_none(reason)
        piece = choice.get("delta")
        delta = self._read_delta(piece) if isinstance(piece, dict) else None
        repeats = False
        if delta is None and isinstance(choice.get("message"), dict):
            delta = self._read_message(choice["message"])
            repeats = delta is None and self._has_logprobs
        if (logprobs := choice.get("logprobs")) is not None and not repeats:
            delta = delta or ChatDelta(self._index)
            delta.logprobs = read_logprobs(logprobs)
            self._has_logprobs = True
            return delta if delta.has_content else None
        return delta

    def end(self) -> ChatDelta:
        """Return the last piece: what is known at the end only. Ask once."""
        return ChatDelta(
            self._index,
            tool_calls=self.calls.made_ids(),
            annotations=tuple(self.annotations),
            audio=read_audio(*self._audio),
            finish_reason=self.finish_reason,
        )

    def _read_delta(self, piece: dict[str, Any]) -> ChatDelta | None:
        content = piece.get("content", "")
        text = content if isinstance(content, str) else content_text(content)
        delta = ChatDelta(self._index, text)
        if piece.keys() <= PLAIN_KEYS and isinstance(content, str):
            if not text:
                return None
            self._text.add(text)
            self._by_messages = False
            return delta
        delta.reasoning = reasoning_text(piece)
        delta.refusal = text_or_none(piece.get("refusal")) or ""
        if isinstance(calls := piece.get("tool_calls"), list):
            delta.tool_calls = self.calls.feed(calls)
        delta.images = image_links(piece)
        if isinstance(piece.get("audio"), Mapping):
            self._audio.append(piece["audio"])
        self._by_messages = self._by_messages and not delta.has_content
        return self._kept(delta, piece)

    def _read_message(self, message: dict[str, Any]) -> ChatDelta | None:
        delta = ChatDelta(self._index, self._new(self._text, content_text(message.get("content"))))
        delta.reasoning = self._new(self._reasoning, reasoning_text(message))
        delta.refusal = self._new(self._refusal, text_or_none(message.get("refusal")) or "")
        delta.tool_calls = self.calls.feed_whole(read_tool_calls(message))
        if not self._has_images:
            delta.images = image_links(message)
        if not self._audio and isinstance(message.get("audio"), Mapping):
            self._audio.append(message["audio"])
        return self._kept(delta, message)

    def _new(self, so_far: _Text, whole: str) -> str:
        """Return what of a whole message's text has not come before."""
        part = so_far.new_part_of(whole)
        if part is not None:
            return part
        # A stream of messages alone may hold pieces under that name, as deltas do.
        return whole if self._by_messages else ""

    def _kept(self, delta: ChatDelta, said: dict[str, Any]) -> ChatDelta | None:
        """Note what an event has brought; annotations and sound leave at the end."""
        for so_far, new in (
            (self._text, delta.text),
            (self._reasoning, delta.reasoning),
            (self._refusal, delta.refusal),
        ):
            if new:
                so_far.add(new)
        self._has_images = self._has_images or bool(delta.images)
        if said.get("annotations"):
            known = self.annotations
            known += [note for note in annotations_of(said) if note not in known]
        return delta if delta.has_content else None
