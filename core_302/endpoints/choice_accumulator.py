"""Chat completions: the accumulator of one streamed answer, and what each event adds to it.

Nothing leaves twice: some vendors repeat the complete message in their last event, some in each. Of
its texts the part that is new counts; of its other contents each, if nothing of the kind has come.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_reply import image_links, read_audio
from core_302.endpoints.logprobs import read_logprobs
from core_302.endpoints.message_text import content_text, reasoning_text, refusal_text
from core_302.endpoints.parsing import text_or_none
from core_302.endpoints.provider_details import DETAIL_FIELDS, DetailsReader
from core_302.endpoints.sources import SOURCE_FIELDS, Citations, annotations_of, citations_in
from core_302.endpoints.tool_call_deltas import ToolCallAssembler, ToolCallDelta
from core_302.endpoints.tool_calls import calls_in, read_tool_calls
from core_302.endpoints.tool_names import NO_NAMES, OwnNames
from core_302.endpoints.usage import Usage, read_usage

PLAIN_KEYS = frozenset({"role", "content"})  # what an ordinary delta has
CALL_KEYS = PLAIN_KEYS | {"tool_calls"}  # and one that calls tools
RARE_FIELDS = (
    DETAIL_FIELDS
    | SOURCE_FIELDS
    | {
        "annotations",
        "audio",
        "function_call",
        "images",
        "refusal",
        "tool_calls",
    }
)


class _Text:
    """A text that comes in chunks."""

    __slots__ = ("chunks", "length")

    def __init__(self) -> None:
        self.chunks: list[str] = []
        self.length = 0

    def add(self, chunk: str) -> None:
        self.chunks.append(chunk)
        self.length += len(chunk)

    def new_part_of(self, whole: str) -> str | None:
        """Return what `whole` adds to the text so far; None if it does not begin with that text."""
        if len(whole) < self.length:
            return None
        known = "".join(self.chunks)
        return whole[self.length :] if whole.startswith(known) else None


class ChoiceAccumulator:
    """What has come of one of the `n` answers. `read` every choice of it, and `end` it."""

    def __init__(self, index: int, own_names: OwnNames = NO_NAMES) -> None:
        self.finish_reason: str | None = None
        self.details = DetailsReader()
        self.calls = ToolCallAssembler(self.details, own_names)
        self.annotations: list[Mapping[str, Any]] = []
        self.citations = Citations()
        self._known_notes: set[str] = set()
        self.usage: Usage | None = None
        self._index = index
        self._text = _Text()
        self._reasoning = _Text()
        self._refusal = _Text()
        self._audio: list[Mapping[str, Any]] = []
        self._has_images = False
        self._has_tool_calls = False
        self._has_logprobs = False
        self._by_messages = True  # no content came in a `delta`

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._text.chunks)

    # This runs for each token. So it checks for `dict`, which JSON yields: a check for `Mapping`
    # takes several times as long.
    def read(self, choice: dict[str, Any]) -> ChatDelta | None:
        """Return what a choice of an event brings, or None if that is nothing.

        Raises:
            MalformedReplyError: Its content is neither text nor a list of parts, and not null.
        """
        if (reason := choice.get("finish_reason")) is not None:
            self.finish_reason = self.finish_reason or text_or_none(reason)
            self.usage = read_usage(choice.get("usage")) or self.usage  # Moonshot's place for it
        chunk = choice.get("delta")
        delta = self._read_delta(chunk) if isinstance(chunk, dict) else None
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
        """Return the last delta: what is known at the end only. Call it once."""
        made = self.calls.made_ids()
        return ChatDelta(
            self._index,
            tool_calls=made,
            annotations=tuple(self.annotations),
            audio=read_audio(*self._audio),
            finish_reason=self.finish_reason,
            provider_details=self.details.read(self.calls.ids) if self.details else None,
        )

    def _read_delta(self, chunk: dict[str, Any]) -> ChatDelta | None:
        content = chunk.get("content", "")
        text = content if isinstance(content, str) else content_text(content)
        delta = ChatDelta(self._index, text)
        if chunk.keys() <= PLAIN_KEYS and isinstance(content, str):
            if not text:
                return None
            self._text.add(text)
            self._by_messages = False
            return delta
        delta.reasoning = reasoning_text(chunk)
        if isinstance(content, list) or not RARE_FIELDS.isdisjoint(chunk):
            self._read_rare(delta, chunk)
        self._by_messages = self._by_messages and not delta.has_content
        return self._kept(delta)

    def _read_rare(self, delta: ChatDelta, chunk: dict[str, Any]) -> None:
        """Read what the delta of a plain text, or of reasoning, does not have."""
        if "tool_calls" in chunk or "function_call" in chunk:
            delta.tool_calls = self._read_calls(chunk)
            if chunk.keys() <= CALL_KEYS and not isinstance(chunk.get("content"), list):
                return
        delta.refusal = refusal_text(chunk)
        self.details.add(chunk)
        delta.images = image_links(chunk)
        if isinstance(chunk.get("audio"), Mapping):
            self._audio.append(chunk["audio"])
        self._note_sources(chunk)

    def _read_calls(self, chunk: dict[str, Any]) -> tuple[ToolCallDelta, ...]:
        """Return the tool call deltas of a delta; a call in both forms counts once."""
        if chunk.get("tool_calls"):
            self._has_tool_calls = True
        elif self._has_tool_calls:
            return ()
        return self.calls.feed(calls_in(chunk))

    def _read_message(self, message: dict[str, Any]) -> ChatDelta | None:
        delta = ChatDelta(self._index, self._new(self._text, content_text(message.get("content"))))
        delta.reasoning = self._new(self._reasoning, reasoning_text(message))
        delta.refusal = self._new(self._refusal, refusal_text(message))
        self.details.add_whole(message)
        details = None if self.calls else self.details
        delta.tool_calls = self.calls.feed_whole(read_tool_calls(message, details))
        if not self._has_images:
            delta.images = image_links(message)
        if not self._audio and isinstance(message.get("audio"), Mapping):
            self._audio.append(message["audio"])
        self._note_sources(message)
        return self._kept(delta)

    def _new(self, so_far: _Text, whole: str) -> str:
        """Return the part of a complete message's text that has not come before."""
        part = so_far.new_part_of(whole)
        if part is not None:
            return part
        # A stream of messages alone may hold partial texts under that name, as deltas do.
        return whole if self._by_messages else ""

    def _note_sources(self, said: dict[str, Any]) -> None:
        """Note the sources that an event names; they leave at the end."""
        if said.get("annotations"):
            for note in annotations_of(said):
                written = json.dumps(note, sort_keys=True)
                if written not in self._known_notes:
                    self._known_notes.add(written)
                    self.annotations.append(note)
        self.citations.add(citations_in(said))

    def _kept(self, delta: ChatDelta) -> ChatDelta | None:
        """Note what an event has added."""
        for so_far, new in (
            (self._text, delta.text),
            (self._reasoning, delta.reasoning),
            (self._refusal, delta.refusal),
        ):
            if new:
                so_far.add(new)
        self._has_images = self._has_images or bool(delta.images)
        return delta if delta.has_content else None
