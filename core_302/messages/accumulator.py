"""AnswerAccumulator: adds up the chunks of one streamed answer, without a framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_reply import Audio, ToolCall
from core_302.endpoints.tool_call_deltas import ToolCallDelta


class AnswerAccumulator:
    """One answer so far. `add` every chunk of it."""

    def __init__(self, chunks: Iterable[ChatDelta] = ()) -> None:
        self.text = ""
        self.reasoning = ""
        self.refusal = ""
        self.images: list[str] = []
        self.annotations: tuple[Any, ...] = ()
        self.audio: Audio | None = None
        self.finish_reason: str | None = None
        self.provider_details: Mapping[str, Any] | None = None
        self.tool_calls: list[ToolCall] = []
        """The calls so far; the arguments of the last one may be incomplete."""
        self._places: dict[int, int] = {}
        for chunk in chunks:
            self.add(chunk)

    def add(self, chunk: ChatDelta) -> None:
        """Add a chunk."""
        self.text += chunk.text
        self.reasoning += chunk.reasoning
        self.refusal += chunk.refusal
        self.images += chunk.images
        self.annotations = self.annotations or chunk.annotations
        self.audio = self.audio or chunk.audio
        self.finish_reason = self.finish_reason or chunk.finish_reason
        self.provider_details = self.provider_details or chunk.provider_details
        for call in chunk.tool_calls:
            self._join(call)

    def _join(self, chunk: ToolCallDelta) -> None:
        place = self._places.setdefault(chunk.index, len(self.tool_calls))
        if place == len(self.tool_calls):
            self.tool_calls.append(ToolCall("", "", ""))
        call = self.tool_calls[place]
        self.tool_calls[place] = ToolCall(
            call.id or chunk.id or "",
            call.name + (chunk.name or ""),
            call.arguments + chunk.arguments,
        )

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
