"""Conversations with the gateway, written once and run by both shells.

A flow is a generator. It yields a `Request` to be sent or a `Pause` to be waited, and gets the
`Reply` back, or the error thrown in. It does no I/O and knows no clock: the shell that runs it
does, and raises the pause's error instead of waiting past the time limit of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from core_302.errors import AI302Error, error_from
from core_302.http import Reply, Request
from core_302.retry import RetryPolicy


@dataclass(frozen=True)
class Pause:
    """Wait `seconds`; if that would pass the time limit, raise `error` instead."""

    seconds: float
    error: AI302Error


Result = TypeVar("Result")
Flow = Generator["Request | Pause", "Reply | None", Result]


def call(request: Request, policy: RetryPolicy) -> Flow[Reply]:
    """Send `request` until it succeeds or `policy` gives up.

    Returns:
        The reply, whose status is 2xx.

    Raises:
        AI302Error: The last error, with `attempts` set.
    """
    attempt = 1
    while True:
        try:
            reply = yield request
            assert reply is not None, "a shell answers every request with a reply"
            if reply.ok:
                return reply
            raise error_from(reply)
        except AI302Error as error:
            error.attempts = attempt
            wait = policy.wait_before_retry(error, attempt, repeatable=request.repeatable)
            if wait is None:
                raise
            pause = Pause(wait, error)
        yield pause
        attempt += 1


def ask(request: Request, policy: RetryPolicy, read: Callable[[Reply], Result]) -> Flow[Result]:
    """Send `request`, and return what `read` makes of the reply.

    An error that `read` finds, such as one under HTTP 200, is not repeated: the gateway has said
    its last word, and may have billed it.
    """
    reply = yield from call(request, policy)
    try:
        return read(reply)
    except AI302Error as error:
        error.attempts = error.attempts or 1
        raise
