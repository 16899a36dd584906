"""The wire in its proper form, of which each row spoils one thing.

`tests/scripted_server.py` writes as little as a reader may need; here stands everything that the
OpenAI API sends, so that no contender can blame a row for a field that is not its subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.scripted_server import chunk, completion, frame, reply, stream

HEAD: dict[str, Any] = {
    "id": "c1",
    "created": 1_700_000_000,
    "model": "m1",
    "system_fingerprint": "fp_1",
}
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
DONE = b"data: [DONE]\n\n"


def piece(text: str | None = None, *, finish: str | None = None, **more: Any) -> bytes:
    """Return one event of a streamed answer; `delta=` adds to its delta."""
    return chunk(text, finish=finish, **{**HEAD, "object": "chat.completion.chunk", **more})


def first(**more: Any) -> bytes:
    """Return the event that opens a stream: the role, and no text."""
    return piece("", delta={"role": "assistant"}, **more)


def answer(text: str | None = "Hello", *, finish: str | None = "stop", **more: Any) -> list[object]:
    """Return a whole reply; `message=` adds to its message."""
    body = completion(text, finish=finish, **{**HEAD, "object": "chat.completion", **more})
    return reply(200, {"usage": USAGE, **body})


def events(*pieces: object, headers: Mapping[str, str] | tuple[()] = ()) -> list[object]:
    """Return a stream of `pieces` after its opening, with `[DONE]` at the end."""
    return stream(first(), *pieces, DONE, headers=headers)


def usage_event(usage: Any = None) -> bytes:
    """Return the event that brings the token counts, with no choices."""
    return frame(
        {**HEAD, "object": "chat.completion.chunk", "choices": [], "usage": usage or USAGE}
    )


def whole_stream(*, headers: Mapping[str, str] | tuple[()] = ()) -> list[object]:
    """Return a stream that says Hello, as it should be."""
    return events(piece("Hel"), piece("lo"), piece(finish="stop"), usage_event(), headers=headers)


def call_piece(
    index: int | None = 0,
    call_id: str | None = None,
    name: str | None = None,
    arguments: Any = None,
) -> dict[str, Any]:
    """Return a piece of a tool call as a delta has it; what is None is left out."""
    function = {"name": name, "arguments": arguments}
    values = {
        "index": index,
        "id": call_id,
        "type": "function" if call_id is not None else None,
        "function": {key: value for key, value in function.items() if value is not None},
    }
    return {key: value for key, value in values.items() if value is not None}


def calling(*pieces: Any, finish: str | None = "tool_calls") -> list[object]:
    """Return a stream of tool call pieces: one event for each, or for each list of them."""
    groups = [group if isinstance(group, list) else [group] for group in pieces]
    return events(
        *[piece(delta={"tool_calls": group}) for group in groups],
        piece(finish=finish),
        usage_event(),
    )


def called(*calls: Mapping[str, Any], finish: str = "tool_calls") -> list[object]:
    """Return a whole reply that calls tools."""
    return answer(None, finish=finish, message={"tool_calls": list(calls)})


def whole_call(call_id: str, name: str, arguments: Any) -> dict[str, Any]:
    """Return a tool call as a message has it."""
    return {
        "id": call_id,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def refusal(
    status: int, code: Any, words: str, *, headers: Mapping[str, str] | tuple[()] = ()
) -> list[object]:
    """Return an error reply in the usual envelope."""
    body = {"error": {"message": words, "type": "api_error", "code": code, "param": None}}
    return reply(status, body, headers=headers)
