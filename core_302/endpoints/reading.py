"""What every reader of a reply needs: the JSON object in it, and values that may be anything.

The gateway relays hundreds of vendors: almost any field may be null, absent or of another type.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from core_302.errors import MalformedReplyError, error_in
from core_302.http import Reply

MOST_TOKENS = 10**15  # a larger count is nonsense, and may be infinite
SHOWN = 300  # characters of an unreadable reply that an error repeats


def json_object(reply: Reply, what: str) -> Mapping[str, Any]:
    """Return the JSON object in `reply`'s body.

    Raises:
        ApiError: The object is an error under HTTP 200.
        MalformedReplyError: There is no JSON object.
    """
    raw = any_object(reply, what)
    if failure := error_in(raw, reply):
        raise failure
    return raw


def any_object(reply: Reply, what: str) -> Mapping[str, Any]:
    """Return the JSON object in `reply`'s body, even if it tells of an error.

    Raises:
        MalformedReplyError: There is no JSON object.
    """
    try:
        raw = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise malformed(what, reply) from error
    if not isinstance(raw, Mapping):
        raise malformed(what, reply)
    return raw


def json_of(data: bytes) -> Any:
    """Return the value that JSON in UTF-8 stands for.

    pydantic's parser takes less than half the time of Python's, and one is run for each token. It
    refuses what Python's reads: half of a surrogate pair, which is what a vendor sends that cuts a
    character in two, and deep nesting.

    Raises:
        ValueError: It is no JSON.
        RecursionError: It is nested too deep.
    """
    try:
        return from_json(data)
    except ValueError:
        return json.loads(data.decode())


def malformed(what: str, reply: Reply) -> MalformedReplyError:
    """Return the error that `reply` is not `what`, showing how it begins."""
    start = " ".join(reply.body[: 4 * SHOWN].decode("utf-8", "replace").split())[:SHOWN]
    seen = f"It begins: {start}" if start else "It is empty"
    error = MalformedReplyError(
        f"HTTP {reply.status} {reply.media_type or 'without a content type'} is not {what}. {seen}"
    )
    error.status, error.request_id = reply.status, reply.request_id
    return error


def text_or_none(value: Any) -> str | None:
    """Return `value` if it is a text that says something."""
    return value if isinstance(value, str) and value else None


def count(value: Any) -> int:
    """Return `value` as a number of tokens; 0 for anything that is none."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not 0 < value < MOST_TOKENS
    ):
        return 0
    return int(value)


def items(value: Any) -> list[Any]:
    """Return `value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []
