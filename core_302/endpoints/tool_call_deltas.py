"""Chat completions: which call each streamed tool call delta belongs to.

Every delta leaves under its call's own number, however the vendor numbered it. A delta without a
name opens no call, and every call has an id: one without gets one here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core_302.endpoints.parsing import check_number, text_or_none
from core_302.endpoints.provider_details import CALL_FIELDS, DetailsReader
from core_302.endpoints.tool_calls import ToolCall, arguments_text, new_call_id, vendor_id
from core_302.endpoints.tool_names import NO_NAMES, OwnNames

JSON_MARKS = re.compile(r'["{}\[\]\\]')
NO_ARGUMENTS = "null"  # as some servers write that a call has none


@dataclass(frozen=True)
class ToolCallDelta:
    """A delta of a tool call. `id` and `name` come once; an id that was made here comes last."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


class _JsonEnd:
    """Finds where a JSON value that comes in chunks ends. Each character is looked at once."""

    def __init__(self) -> None:
        self._read = 0  # how many chunks have been looked at
        self._depth = 0
        self._in_text = False
        self._escaped = False
        self._closed = False

    def found_in(self, chunks: list[str]) -> bool:
        """Return whether `chunks`, which only ever grow, hold a closed object or list."""
        for chunk in chunks[self._read :]:
            self._scan(chunk)
        self._read = len(chunks)
        return self._closed

    def _scan(self, chunk: str) -> None:
        escaped_at = 0 if self._escaped else -1
        self._escaped = False
        for mark in JSON_MARKS.finditer(chunk):
            if mark.start() == escaped_at:
                continue
            sign = mark.group()
            if sign == "\\":
                escaped_at = mark.end()
                self._escaped = escaped_at == len(chunk)
            elif sign == '"':
                self._in_text = not self._in_text
            elif not self._in_text:
                self._depth += 1 if sign in "{[" else -1
                self._closed = self._closed or self._depth <= 0


@dataclass
class _OpenCall:
    """A tool call whose deltas are still coming; it has no number before its name is known."""

    wire_index: int | None
    place: int
    number: int | None = None
    id: str = ""
    name: str = ""
    more_of_name: list[str] = field(default_factory=list)
    name_length: int = 0
    arguments: list[str] = field(default_factory=list)
    end: _JsonEnd = field(default_factory=_JsonEnd)
    held: list[str] = field(default_factory=list)  # what may be the beginning of "null"
    held_words: str = ""  # the same without white space, but for one sign of it at the end
    name_start: str = ""  # what may be the beginning of a name that is to be changed back

    def certain(self, arguments: str) -> str:
        """Return what of its first arguments is certainly part of them."""
        start = (self.held_words + arguments).lstrip()
        words = start.rstrip()
        self.held.append(arguments)
        if NO_ARGUMENTS.startswith(words):
            self.held_words = words + start[len(words) : len(words) + 1]
            return ""
        arguments = "".join(self.held)
        self.held.clear()
        return arguments

    @property
    def whole_arguments(self) -> str:
        """All that has come."""
        return "".join(self.arguments + self.held)

    @property
    def whole_name(self) -> str:
        """All that has come of its name."""
        return self.name + "".join(self.more_of_name)

    def is_named(self, name: str) -> bool:
        """Tell whether its name so far is `name`."""
        if not self.more_of_name:
            return self.name == name
        return len(name) == self.name_length and name == self.whole_name

    @property
    def has_all_arguments(self) -> bool:
        """Whether the arguments so far are a closed JSON value: what follows is another call."""
        return self.end.found_in(self.arguments)


class ToolCallAssembler:
    """Assigns each delta to its call.

    Vendors disagree: some give every call the index 0 and distinguish them by id, some repeat id
    and name with every delta, some give every delta an id of its own, some leave index and id out.
    The tests name each of these dialects. The work is linear in the deltas.
    """

    def __init__(self, details: DetailsReader, own_names: OwnNames = NO_NAMES) -> None:
        self._details = details
        self._own_names = own_names
        self._sorted_names = sorted(own_names)
        self._opened: list[_OpenCall] = []
        self._calls: list[_OpenCall] = []  # those that have a name, by their numbers
        self._by_id: dict[str, _OpenCall] = {}
        self._by_index: dict[int | None, _OpenCall] = {}  # the latest call of each index
        self._latest: _OpenCall | None = None

    def __bool__(self) -> bool:
        """Whether any delta has come."""
        return bool(self._opened)

    def feed(self, chunks: list[Any]) -> tuple[ToolCallDelta, ...]:
        """Return the deltas under the numbers of their calls; empty ones are dropped."""
        return tuple(
            delta
            for chunk in chunks
            if isinstance(chunk, Mapping) and (delta := self._place(chunk)) is not None
        )

    def feed_whole(self, calls: tuple[ToolCall, ...]) -> tuple[ToolCallDelta, ...]:
        """Return the calls of a complete message, unless calls have come as deltas before."""
        if self:
            return ()
        return self.feed(
            [
                {"index": n, "id": c.id, "function": {"name": c.name, "arguments": c.arguments}}
                for n, c in enumerate(calls)
            ]
        )

    @property
    def ids(self) -> dict[Any, str]:
        """The id of each call, by the key of its details. Call it at the end."""
        by_place: dict[Any, str] = {call.place: call.id for call in self._calls}
        return by_place | {call.id: call.id for call in self._calls}

    def made_ids(self) -> tuple[ToolCallDelta, ...]:
        """Return what is known of the calls at the end only.

        Call it once. These are the ids of calls to which the vendor has given none, and names that
        might have continued.
        """
        held = [call for call in self._opened if call.number is None and call.name_start]
        made = [self._number(call, call.name_start) for call in held]
        for number, call in enumerate(self._calls):
            if not call.id:
                call.id = new_call_id()
                made.append(ToolCallDelta(number, call.id))
        return tuple(made)

    def unfinished(self) -> str | None:
        """Return the name of a call whose arguments are not a JSON object, or None."""
        for call in self._calls:
            try:
                ToolCall(call.id, call.whole_name, call.whole_arguments).read_arguments()
            except ValueError:
                return self._own_names.get(call.whole_name, call.whole_name)
        return None

    def nameless(self) -> Iterator[str]:
        """Yield the arguments that came for calls that were never named."""
        texts = (c.whole_arguments.strip() for c in self._opened if c.number is None)
        return (text for text in texts if text not in ("", NO_ARGUMENTS))

    def _place(self, chunk: Mapping[str, Any]) -> ToolCallDelta | None:
        function = chunk.get("function")
        function = function if isinstance(function, Mapping) else {}
        given_id = vendor_id(chunk.get("id"))
        name = text_or_none(function.get("name")) or ""
        arguments = arguments_text(function.get("arguments"))
        index = chunk.get("index")
        index = index if isinstance(index, int) else None
        call = self._named(given_id, name, index) if name else self._continued(given_id, index)
        if given_id and not call.id and given_id not in self._by_id:
            call.id = given_id
            self._by_id[given_id] = call
        else:
            given_id = ""
        if not (CALL_FIELDS.isdisjoint(chunk) and CALL_FIELDS.isdisjoint(function)):
            self._details.add_call(call.place, chunk)
        if arguments and (call.arguments or (arguments := call.certain(arguments))):
            call.arguments.append(arguments)
        if call.number is None:
            name = self._whole_name(call, name, goes_on=not (call.arguments or any(call.held)))
            return self._number(call, name) if name else None
        more = self._more_of_its_name(call, name) if name else ""
        if not (given_id or more or arguments):
            return None
        return ToolCallDelta(call.number, given_id or None, more or None, arguments)

    def _number(self, call: _OpenCall, name: str) -> ToolCallDelta:
        """Return the first piece of a call that leaves: it is named now."""
        call.number, call.name, call.name_length = len(self._calls), name, len(name)
        self._calls.append(call)
        own = self._own_names.get(name, name)
        return ToolCallDelta(call.number, call.id or None, own, "".join(call.arguments))

    def _whole_name(self, call: _OpenCall, name: str, *, goes_on: bool) -> str:
        """Return the name of a call; empty as long as it may become one that is changed back."""
        if not self._own_names:
            return name
        if name != call.name_start:  # which some vendors repeat
            call.name_start += name
        if goes_on and self._begins_longer(call.name_start):
            return ""
        return call.name_start

    def _begins_longer(self, start: str) -> bool:
        """Tell whether `start` begins a longer name that is to be changed back."""
        place = bisect_right(self._sorted_names, start)
        return any(name.startswith(start) for name in self._sorted_names[place : place + 1])

    @staticmethod
    def _more_of_its_name(call: _OpenCall, name: str) -> str:
        if call.arguments or call.is_named(name):
            return ""
        call.more_of_name.append(name)  # a name that itself comes in pieces
        call.name_length += len(name)
        return name

    def _continued(self, given_id: str, index: int | None) -> _OpenCall:
        """Return the call that a delta without a name belongs to."""
        if given_id in self._by_id:
            return self._by_id[given_id]
        if index is None and self._latest is not None:
            return self._latest
        if index in self._by_index:
            return self._by_index[index]
        # An index of no named call: the latest call continues, unless it is complete.
        latest = self._latest
        if latest is None or latest.has_all_arguments or given_id:
            return self._open(index)
        return latest

    def _named(self, given_id: str, name: str, index: int | None) -> _OpenCall:
        """Return the call that a delta with a name belongs to, which may be a new one."""
        same = self._by_id.get(given_id)
        if same is not None and not self._is_another(same, name, index):
            return same
        latest = self._latest if index is None else self._by_index.get(index)
        if latest is None or not self._goes_on(latest, given_id, name, index):
            return self._open(index)
        return latest

    @staticmethod
    def _goes_on(call: _OpenCall, given_id: str, name: str, index: int | None) -> bool:
        """Return whether a delta with a name continues `call`, which has the same index."""
        if call.number is None:  # it has waited for its name
            return not (given_id and call.id)
        in_its_arguments = bool(call.arguments) and not call.has_all_arguments
        if given_id and call.id:
            return call.is_named(name) and in_its_arguments
        if not call.arguments:
            return call.is_named(name) or (index is not None and not given_id)
        return call.is_named(name) and in_its_arguments

    @staticmethod
    def _is_another(same: _OpenCall, name: str, index: int | None) -> bool:
        """Return whether a delta with the id of `same` begins another call nevertheless."""
        if same.number is None:
            return False
        differs = (not same.is_named(name)) + (index != same.wire_index)
        return differs > 1 or (differs == 1 and same.has_all_arguments)

    def _open(self, index: int | None) -> _OpenCall:
        check_number(len(self._opened) + 1, "tool calls")
        call = _OpenCall(index, len(self._opened))
        self._opened.append(call)
        self._by_index[index] = self._latest = call
        return call
