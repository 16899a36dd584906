"""What every parser of a response needs: the JSON object in it, and values of uncertain type.

The gateway relays hundreds of vendors: almost any field may be null, absent or of another type.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from core_302.error_replies.from_reply import error_in
from core_302.errors import MalformedReplyError, ReplyTooLargeError
from core_302.http import Reply
from core_302.json_text import read_json

MOST_TOKENS = 10**15  # a larger count is nonsense, and may be infinite
# Far more answers, or tool calls, than any model gives: a reply that has them was made to fill the
# memory. Each takes a thousand bytes and more once it is read, of a dozen bytes that were sent.
MOST_OF_A_KIND = 10_000
SHOWN = 300  # characters of an unreadable response that an error repeats


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
    """Return the JSON object in `reply`'s body, even if it reports an error.

    Raises:
        MalformedReplyError: There is no JSON object.
    """
    try:
        raw = read_json(reply.body)
    except ValueError as error:
        raise malformed(what, reply) from error
    if not isinstance(raw, Mapping):
        raise malformed(what, reply)
    return raw


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
    """Return `value` if it is a non-empty string."""
    return value if isinstance(value, str) and value else None


def count(value: Any) -> int:
    """Return `value` as a number of tokens; 0 for anything else."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not 0 < value < MOST_TOKENS
    ):
        return 0
    return int(value)


def number(value: Any) -> float | None:
    """Return `value` as a finite number, or None; a string may hold one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def items(value: Any) -> list[Any]:
    """Return `value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def check_number(number: int, kind: str, most: int = MOST_OF_A_KIND) -> None:
    """Check how many answers, or tool calls, a reply has.

    Raises:
        ReplyTooLargeError: There are more than any model gives.
    """
    if number > most:
        raise ReplyTooLargeError(f"The reply has more than {MOST_OF_A_KIND} {kind}.")
