"""Gathered: the pieces of one streamed answer, added up without the framework that shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core_302.endpoints.chat_reply import Audio, ToolCall
from core_302.endpoints.chat_stream import ChatDelta


class Gathered:
    """One answer so far. `add` every piece of it."""

    def __init__(self, pieces: Iterable[ChatDelta] = ()) -> None:
        self.text = ""
        self.reasoning = ""
        self.refusal = ""
        self.images: list[str] = []
        self.annotations: tuple[Any, ...] = ()
        self.audio: Audio | None = None
        self.finish_reason: str | None = None
        self._calls: dict[int, tuple[str, str, str]] = {}
        for piece in pieces:
            self.add(piece)

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The tool calls so far; the arguments of the last one may not be whole yet."""
        return [ToolCall(call_id, name, text) for call_id, name, text in self._calls.values()]

    def add(self, piece: ChatDelta) -> None:
        """Add a piece."""
        self.text += piece.text
        self.reasoning += piece.reasoning
        self.refusal += piece.refusal
        self.images += piece.images
        self.annotations = self.annotations or piece.annotations
        self.audio = self.audio or piece.audio
        self.finish_reason = self.finish_reason or piece.finish_reason
        for call in piece.tool_calls:
            call_id, name, arguments = self._calls.get(call.index, ("", "", ""))
            self._calls[call.index] = (
                call_id or call.id or "",
                name + (call.name or ""),
                arguments + call.arguments,
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
            "finish_reason": self.finish_reason,
        }
        return {"index": index, **{name: value for name, value in values.items() if value}}
