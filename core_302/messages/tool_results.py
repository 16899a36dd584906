"""Tool calls and their results, repaired for the wire. Pure functions on messages in wire form.

Vendors refuse a conversation in which a call has no result, a result has no call, or two calls
share an id. Programs make all three: they are stopped in the middle of a turn, shorten a history,
or keep one of a model that numbers its calls anew in each message. Single messages are repaired in
`well_formed.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    taken: set[str] = set()
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


def _turn(
    message: Message, results: list[Message], taken: set[str], *, goes_on: bool
) -> list[Message]:
    """Return a message with its results; ids that are missing, or `taken`, are replaced."""
    calls = message.get("tool_calls", [])
    ids = [call["id"] for call in calls]
    open_results = list(results)
    named: list[Message] = []
    answers: list[Message] = []
    for call, new_id in zip(calls, _distinct(ids, taken), strict=True):
        named.append({**call, "id": new_id})
        result = next((r for r in open_results if r["tool_call_id"] == call["id"]), None)
        if result is not None:
            open_results.remove(result)
            answers.append({**result, "tool_call_id": new_id})
        elif goes_on:
            answers.append({"role": "tool", "tool_call_id": new_id, "content": NOT_RUN})
    if calls:
        message = {**message, "tool_calls": named}
    return [message, *answers, *map(_as_user_message, open_results)]


def _distinct(ids: Sequence[str], taken: set[str]) -> list[str]:
    """Return `ids` without repeats and without those `taken`, which they join."""
    found: list[str] = []
    for given in ids:
        wanted = given or "call"
        names = chain([wanted], (f"{wanted}_{number}" for number in count(2)))
        new = next(n for n in names if n not in taken and (n == given or n not in ids))
        taken.add(new)
        found.append(new)
    return found


def _as_user_message(result: Message) -> Message:
    return {"role": "user", "content": f"{ORPHAN}\n{text_of(result['content'])}"}
