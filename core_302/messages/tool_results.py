"""Tool calls and their results, put right for the wire. Pure functions on messages in wire form.

Vendors refuse a conversation in which a call has no result, a result has no call, or two calls
share an id. Programs make all three: they are stopped in the middle of a turn, shorten a history,
or keep one of a model that numbers its calls anew in each message.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count
from typing import Any

Message = dict[str, Any]

NOT_RUN = "(This call has no result: it was not run, or not to its end.)"
ORPHAN = "Result of an earlier tool call:"


def mended(wire: Sequence[Message]) -> list[Message]:
    """Return the conversation with one result behind each call, and no other results.

    A call without a result gets one that says so, if the conversation goes on behind it; a result
    without a call becomes a message of the user.
    """
    messages: list[Message] = []
    place = 0
    while place < len(wire):
        message = wire[place]
        place += 1
        results: list[Message] = []
        while place < len(wire) and wire[place]["role"] == "tool":
            results.append(wire[place])
            place += 1
        if message["role"] == "tool":
            messages.append(_told(message))
            messages += map(_told, results)
            continue
        goes_on = bool(results) or place < len(wire)
        messages += _turn(message, results, goes_on=goes_on)
    return messages


def _turn(message: Message, results: list[Message], *, goes_on: bool) -> list[Message]:
    """Return a message with its results; ids that are missing or double are made anew."""
    calls = message.get("tool_calls", [])
    ids = [call["id"] for call in calls]
    open_results = list(results)
    named: list[Message] = []
    answers: list[Message] = []
    for call, new_id in zip(calls, _distinct(ids), strict=True):
        named.append({**call, "id": new_id})
        result = next((r for r in open_results if r["tool_call_id"] == call["id"]), None)
        if result is not None:
            open_results.remove(result)
            answers.append({**result, "tool_call_id": new_id})
        elif goes_on:
            answers.append({"role": "tool", "tool_call_id": new_id, "content": NOT_RUN})
    if calls:
        message = {**message, "tool_calls": named}
    return [message, *answers, *map(_told, open_results)]


def _distinct(ids: Sequence[str]) -> list[str]:
    found: list[str] = []
    for given in ids:
        wanted = given or "call"
        names = chain([wanted], (f"{wanted}_{number}" for number in count(2)))
        found.append(next(n for n in names if n not in found and (n == given or n not in ids)))
    return found


def _told(result: Message) -> Message:
    return {"role": "user", "content": f"{ORPHAN}\n{result['content']}"}
