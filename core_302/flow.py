"""Flows: conversations with the gateway, written once and run by both runners.

A flow is a generator. It yields a step (a request to be sent, a pause to be waited, ...) and gets
that step's result back, or the error thrown in. It does no I/O and knows no clock: the runner that
runs it does, and raises a pause's error instead of waiting past the time limit. Nor does a flow
have policies: retries, polling and trusted hosts are the client's settings, which a flow asks for
(`AskPolicies`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypeVar

from core_302 import log
from core_302.error_replies.from_reply import error_from
from core_302.errors import AI302Error
from core_302.http import Fetch, Reply, Request
from core_302.retry import PollPolicy, RetryPolicy


@dataclass(frozen=True)
class Pause:
    """Wait `seconds`; if that would pass the time limit, raise `error` instead. Results in None.

    Attributes:
        seconds: How long.
        error: What is raised instead.
        begun: Called when the wait begins, which is when it can be logged.
    """

    seconds: float
    error: AI302Error
    begun: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Limit:
    """From here on, this limit of `Timeouts` counts, from zero. Results in None."""

    name: Literal["total", "job", "download"]


@dataclass(frozen=True)
class AskTime:
    """Ask for the time. Results in seconds of a clock that only runs forward."""


@dataclass(frozen=True)
class Progress:
    """Report a task's progress to the caller's callback. Results in None."""

    told: Any


@dataclass(frozen=True)
class Resolve:
    """Look up a host's IP addresses. Results in a tuple of them; None where a proxy does it."""

    host: str
    port: int
    scheme: str
    repeatable = True


@dataclass(frozen=True)
class Blocking:
    """Do `work`, which may block on a disk. Results in what it returns."""

    work: Callable[[], Any]


@dataclass(frozen=True)
class Policies:
    """The policies of the client that runs a flow.

    Attributes:
        retry: How failed calls are retried.
        polling: How often a task is polled.
        trusted_hosts: See `Settings.trusted_hosts`.
        safe: Returns a text as it may be logged: without the secrets of the call.
    """

    retry: RetryPolicy
    polling: PollPolicy
    trusted_hosts: tuple[str, ...]
    safe: log.Safe = str


@dataclass(frozen=True)
class AskPolicies:
    """Ask the client for its `Policies`: retries, polling, trusted hosts. Results in them."""


Step = Request | Fetch | Pause | Limit | AskTime | Progress | Resolve | Blocking | AskPolicies
Result = TypeVar("Result")
Flow = Generator[Step, Any, Result]


def call(request: Request | Fetch, *, most_retries: int | None = None) -> Flow[Reply]:
    """Send `request` until it succeeds or the client's policy gives up.

    Args:
        request: What is sent.
        most_retries: Fewer retries than the client allows, where another way is left to try.

    Returns: The response, whose status is 2xx; for a fetch, 3xx as well.

    Raises:
        AI302Error: The last error, with `attempts` set.
    """

    def accept(reply: Reply) -> Reply:
        if reply.ok or (reply.redirects and isinstance(request, Fetch)):
            return reply
        raise error_from(reply)

    return _repeat(request, accept, most_retries)


def look_up(step: Resolve) -> Flow[tuple[str, ...] | None]:
    """Look up a host's addresses, with retries like any call.

    Raises:
        ConnectionFailedError: They cannot be looked up.
    """
    return _repeat(step, lambda found: found)


def _repeat(
    step: Request | Fetch | Resolve,
    accept: Callable[[Any], Result],
    most_retries: int | None = None,
) -> Flow[Result]:
    policies: Policies = yield AskPolicies()
    policy = policies.retry
    if most_retries is not None:
        policy = replace(policy, max_retries=min(policy.max_retries, most_retries))
    attempt = 1
    while True:
        try:
            return accept((yield from _logged(step, attempt, policies.safe)))
        except AI302Error as error:
            error.attempts = attempt
            wait = policy.wait_before_retry(error, attempt, repeatable=step.repeatable)
            if wait is None:
                raise
            name = f"look-up of {step.host}" if isinstance(step, Resolve) else step
            told = partial(log.retrying, name, error, attempt, wait, policies.safe)
            pause = Pause(wait, error, told)
        yield pause
        attempt += 1


def _logged(step: Request | Fetch | Resolve, attempt: int, safe: log.Safe) -> Flow[Any]:
    """Perform `step`, and log a call with its time where somebody wants to read that."""
    if isinstance(step, Resolve) or not log.CALLS.isEnabledFor(logging.DEBUG):
        return (yield step)
    begun = yield AskTime()
    try:
        reply = yield step
    except AI302Error as error:
        log.call_ended(step, error, attempt, (yield AskTime()) - begun, safe)
        raise
    log.call_ended(step, reply, attempt, (yield AskTime()) - begun, safe)
    return reply


def ask(request: Request, read: Callable[[Reply], Result]) -> Flow[Result]:
    """Send `request`, and return what `read` makes of the response.

    An error that `read` finds, such as one under HTTP 200, is not retried: the gateway has
    answered, and may have billed it.
    """
    reply = yield from call(request)
    try:
        return read(reply)
    except AI302Error as error:
        error.attempts = error.attempts or 1
        raise
