"""AnswerAccumulator: adds up the chunks of one streamed answer, without a framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_reply import Audio
from core_302.endpoints.tool_call_deltas import ToolCallDelta
from core_302.endpoints.tool_calls import ToolCall


class _Text:
    """A text that grows. Adding to it costs the same however long it is; reading it copies it."""

    __slots__ = ("_pieces",)

    def __init__(self, *pieces: str) -> None:
        self._pieces = list(pieces)

    def add(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)

    def read(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""


class _Call:
    """A tool call that grows."""

    __slots__ = ("arguments", "id", "name")

    def __init__(self) -> None:
        self.id = ""
        self.name, self.arguments = _Text(), _Text()

    def read(self) -> ToolCall:
        return ToolCall(self.id, self.name.read(), self.arguments.read())


class AnswerAccumulator:
    """One answer so far. `add` every chunk of it: each costs the same, however many there are."""

    def __init__(self, chunks: Iterable[ChatDelta] = ()) -> None:
        self._text = _Text()
        self._reasoning = _Text()
        self._refusal = _Text()
        self.images: list[str] = []
        self.annotations: tuple[Any, ...] = ()
        self.audio: Audio | None = None
        self.finish_reason: str | None = None
        self.provider_details: Mapping[str, Any] | None = None
        self._calls: list[_Call] = []
        self._places: dict[int, int] = {}
        for chunk in chunks:
            self.add(chunk)

    @property
    def text(self) -> str:
        """The text so far."""
        return self._text.read()

    @property
    def reasoning(self) -> str:
        """The reasoning so far."""
        return self._reasoning.read()

    @property
    def refusal(self) -> str:
        """The refusal so far."""
        return self._refusal.read()

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The calls so far; the arguments of the last one may not be whole yet."""
        return [call.read() for call in self._calls]

    def place_of(self, chunk: ToolCallDelta) -> int:
        """Return which of the calls a chunk that was added belongs to."""
        return self._places[chunk.index]

    def call_at(self, place: int) -> ToolCall:
        """Return one of the calls so far."""
        return self._calls[place].read()

    def add(self, chunk: ChatDelta) -> None:
        """Add a chunk."""
        self._text.add(chunk.text)
        self._reasoning.add(chunk.reasoning)
        self._refusal.add(chunk.refusal)
        self.images += chunk.images
        self.annotations = self.annotations or chunk.annotations
        self.audio = self.audio or chunk.audio
        self.finish_reason = self.finish_reason or chunk.finish_reason
        self.provider_details = self.provider_details or chunk.provider_details
        for call in chunk.tool_calls:
            self._join(call)

    def add_text(self, text: str) -> None:
        """Add a chunk that brings nothing but text."""
        self._text.add(text)

    def _join(self, chunk: ToolCallDelta) -> None:
        place = self._places.setdefault(chunk.index, len(self._calls))
        if place == len(self._calls):
            self._calls.append(_Call())
        call = self._calls[place]
        call.id = call.id or chunk.id or ""
        call.name.add(chunk.name or "")
        call.arguments.add(chunk.arguments)

    def plain(self, index: int) -> dict[str, Any]:
        """Return the answer as plain values, without those that are empty."""
        values = {
            "text": self.text,
            "reasoning_content": self.reasoning,
            "refusal": self.refusal,
            "tool_calls": [
                {"id": call.id or None, "name": call.name, "arguments": call.arguments}
                for call in self.tool_calls
            ],
            "images": self.images,
            "provider_details": self.provider_details,
            "finish_reason": self.finish_reason,
        }
        return {"index": index, **{name: value for name, value in values.items() if value}}
