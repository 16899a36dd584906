"""Chat completions: which call each streamed piece of a tool call belongs to.

Every piece leaves under its call's own number, however the vendor numbered it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core_302.endpoints.chat_reply import arguments_text
from core_302.endpoints.reading import text_or_none
from core_302.json_text import read_json


@dataclass(frozen=True)
class ToolCallDelta:
    """A piece of a tool call. `id` and `name` come with the first piece only."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


@dataclass
class _OpenCall:
    """A tool call whose pieces are still coming."""

    number: int
    wire_index: int | None
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class ToolCallAssembler:
    """Tells which call each piece belongs to.

    Vendors disagree: some give every call the index 0 and tell them apart by id, some repeat id and
    name with every piece, some leave the index out. The tests name each of these dialects.
    """

    def __init__(self) -> None:
        self.calls: list[_OpenCall] = []

    def feed(self, pieces: list[Any]) -> tuple[ToolCallDelta, ...]:
        """Return the pieces under the numbers of their calls; empty ones are dropped."""
        return tuple(
            delta
            for piece in pieces
            if isinstance(piece, Mapping) and (delta := self._place(piece)) is not None
        )

    def unfinished(self) -> str | None:
        """Return the name of a call whose arguments are no JSON object, or None."""
        for call in self.calls:
            text = "".join(call.arguments).strip()
            try:
                if text and not isinstance(read_json(text), dict):
                    return call.name
            except ValueError:
                return call.name
        return None

    def _place(self, piece: Mapping[str, Any]) -> ToolCallDelta | None:
        function = piece.get("function")
        function = function if isinstance(function, Mapping) else {}
        given_id = text_or_none(piece.get("id")) or ""
        given_name = text_or_none(function.get("name")) or ""
        arguments = arguments_text(function.get("arguments"))
        wire_index = piece.get("index")
        call = self._find(given_id, given_name, wire_index if isinstance(wire_index, int) else None)
        new_id = given_id if given_id and not call.id else None
        new_name = given_name if given_name and not call.name else None
        if new_id:
            call.id = new_id
        if new_name:
            call.name = new_name
        elif given_name and not call.arguments and given_name != call.name and not given_id:
            call.name += given_name  # a name that itself came in pieces
            new_name = given_name
        if arguments:
            call.arguments.append(arguments)
        if not (new_id or new_name or arguments):
            return None
        return ToolCallDelta(call.number, new_id, new_name, arguments)

    def _find(self, given_id: str, given_name: str, wire_index: int | None) -> _OpenCall:
        if given_id:
            same = [call for call in self.calls if call.id == given_id]
            unnamed = [c for c in self.calls if not c.id and c.wire_index == wire_index]
            return (same or unnamed or [self._open(wire_index)])[-1]
        mine = [c for c in self.calls if wire_index is None or c.wire_index == wire_index]
        if not mine:
            return self._open(wire_index)
        latest = mine[-1]
        starts_anew = given_name and latest.name and latest.arguments and given_name != latest.name
        if starts_anew or (given_name and wire_index is None and latest.arguments):
            return self._open(wire_index)
        return latest

    def _open(self, wire_index: int | None) -> _OpenCall:
        call = _OpenCall(len(self.calls), wire_index)
        self.calls.append(call)
        return call
