"""Tool calls and their results, repaired for the wire. Pure functions on messages in wire form.

Vendors refuse a conversation in which a call has no result, a result has no call, or two calls
share an id. Programs make all three: they are stopped in the middle of a turn, shorten a history,
or keep one of a model that numbers its calls anew in each message. Single messages are repaired in
`well_formed.py`.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from itertools import chain, count
from typing import Any

from core_302.catalogue import ReasoningBack
from core_302.messages.reasoning_back import wants_empty_reasoning
from core_302.messages.well_formed import text_of, well_formed

Message = dict[str, Any]

NOT_RUN = "(This call has no result: it did not run, or did not finish.)"
ORPHAN = "Result of an earlier tool call:"


def mended(
    wire: Sequence[Message], *, model: str = "", reasoning_back: ReasoningBack = "never"
) -> list[Message]:
    """Return the conversation as a strict vendor accepts it.

    Each call is followed by one result, and there are no other results: a call without a result
    gets one that says so, if the conversation continues after it; a result without a call becomes a
    message of the user. No two calls share an id.

    Args:
        wire: The conversation.
        model: The model that is called; some models want a field for reasoning even where there is
            none.
        reasoning_back: When reasoning goes back to it.
    """
    wire = [well_formed(message) for message in wire]
    empty_reasoning = wants_empty_reasoning(model, reasoning_back)
    messages: list[Message] = []
    taken = _Ids()
    place = 0
    while place < len(wire):
        message = wire[place]
        place += 1
        results: list[Message] = []
        while place < len(wire) and wire[place]["role"] == "tool":
            results.append(wire[place])
            place += 1
        if message["role"] == "tool":
            messages.append(_as_user_message(message))
            messages += map(_as_user_message, results)
            continue
        goes_on = bool(results) or place < len(wire)
        if empty_reasoning and message.get("tool_calls"):
            message = {"reasoning_content": "", **message}
        messages += _turn(message, results, taken, goes_on=goes_on)
    return messages


def _turn(message: Message, results: list[Message], taken: _Ids, *, goes_on: bool) -> list[Message]:
    """Return a message with its results; ids that are missing, or `taken`, are replaced."""
    calls = message.get("tool_calls", [])
    ids = [call["id"] for call in calls]
    waiting: dict[str, deque[int]] = defaultdict(deque)  # the places of the results of each id
    for place, result in enumerate(results):
        waiting[result["tool_call_id"]].append(place)
    used: set[int] = set()
    named: list[Message] = []
    answers: list[Message] = []
    for call, new_id in zip(calls, taken.distinct(ids), strict=True):
        named.append({**call, "id": new_id})
        if waiting[call["id"]]:
            place = waiting[call["id"]].popleft()
            used.add(place)
            answers.append({**results[place], "tool_call_id": new_id})
        elif goes_on:
            answers.append({"role": "tool", "tool_call_id": new_id, "content": NOT_RUN})
    if calls:
        message = {**message, "tool_calls": named}
    others = (result for place, result in enumerate(results) if place not in used)
    return [message, *answers, *map(_as_user_message, others)]


class _Ids:
    """The ids of a conversation's calls, of which no two are the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._others: dict[str, Iterator[str]] = {}  # what each id may become, and was not yet

    def distinct(self, ids: Sequence[str]) -> list[str]:
        """Return the ids of one message without repeats and without those taken, and take them."""
        own = set(ids)
        return [self._take(given, own) for given in ids]

    def _take(self, given: str, own: set[str]) -> str:
        wanted = given or "call"
        if given and wanted not in self._taken:
            new = wanted
        else:
            others = self._others.setdefault(wanted, self._numbered(wanted))
            new = next(n for n in others if n not in self._taken and n not in own)
        self._taken.add(new)
        return new

    @staticmethod
    def _numbered(wanted: str) -> Iterator[str]:
        return chain([wanted], (f"{wanted}_{number}" for number in count(2)))


def _as_user_message(result: Message) -> Message:
    return {"role": "user", "content": f"{ORPHAN}\n{text_of(result['content'])}"}
