"""Tells what was asked and answered, request by request, for who looks for what went wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emulator_302.http.fault_queue import titled
from emulator_302.http.log import LoggedRequest
from emulator_302.rule_model.conversation import text_of

LONGEST = 300  # characters of what one message says


def transcript(requests: Sequence[LoggedRequest]) -> str:
    """Return a paragraph for each request."""
    if not requests:
        return "No request came."
    return "\n".join(line for number, one in enumerate(requests, 1) for line in _lines(number, one))


def summary(one: LoggedRequest) -> str:
    """Return one line about a request."""
    parts = [f"{one.method} {one.path}"]
    if one.model:
        parts.append(one.model)
    parts.append(f"-> {one.status or 'no response yet'}")
    if one.seconds is not None:
        parts.append(f"in {one.seconds:.3f} s")
    if one.answered_by:
        parts.append(f"by {one.answered_by}")
    if one.fault is not None:
        parts.append(f"with {titled(one.fault)}")
    if one.client_left:
        parts.append("and the client left")
    return " ".join(parts)


def _lines(number: int, one: LoggedRequest) -> Iterator[str]:
    yield f"{number}. {summary(one)}"
    for message in _new(one.conversation.messages):
        yield f"   {message.get('role')}: {_short(text_of(message.get('content')))}"
    if not one.is_chat and one.text:
        yield f"   asked: {_short(one.text)}"
    reasoning = one.message.get("reasoning_content")
    if reasoning:
        yield f"   => thinks: {_short(str(reasoning))}"
    for name, arguments in one.called:
        yield f"   => calls {name}({_short(_arguments(arguments))})"
    if one.said:
        yield f"   => says: {_short(one.said)}"
    error = one.response.get("error") if isinstance(one.response, Mapping) else None
    if error:
        said = error.get("message") if isinstance(error, Mapping) else error
        yield f"   => refuses: {_short(str(said))}"


def _new(messages: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return what was added since the model spoke last."""
    spoken = [place for place, one in enumerate(messages) if one.get("role") == "assistant"]
    return messages[spoken[-1] + 1 :] if spoken else messages


def _arguments(arguments: Any) -> str:
    if not isinstance(arguments, Mapping):
        return str(arguments)
    written = ((name, json.dumps(value, ensure_ascii=False)) for name, value in arguments.items())
    return ", ".join(f"{name}={value}" for name, value in written)


def _short(text: str) -> str:
    whole = " ".join(text.split())
    return whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}..."
