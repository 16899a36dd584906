"""What is logged: the logger `ai302`, its children, and each line of a call or a task.

The rule it keeps: a line names an endpoint, a model, a status, a time, an id and an attempt, and
nothing else: no key, prompt, header or query. What a server or a caller wrote is cleaned of secrets
and of control characters, and cut. `docs/logging.md` shows the lines.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from core_302.errors import AI302Error
from core_302.http import Fetch, Reply, Request

CALLS = logging.getLogger("ai302.calls")
"""Each call at DEBUG, each retry at INFO."""
TASKS = logging.getLogger("ai302.tasks")
"""Paid jobs: resumed and given up at INFO, left behind at WARNING."""
READING = logging.getLogger("ai302.reading")
"""The report of each run over images: at INFO, or at WARNING if pages failed."""
MODELS = logging.getLogger("ai302.models")
"""What is assumed about a model that the catalogue does not know, at WARNING."""

LONGEST_VALUE = 200  # characters of what a server or a caller wrote
Safe = Callable[[str], str]


def call_ended(
    step: Request | Fetch, outcome: Reply | AI302Error, attempt: int, seconds: float, safe: Safe
) -> None:
    """Log that an attempt of a call ended: with a response, or without one."""
    came = outcome.status if isinstance(outcome, Reply) else type(outcome).__name__
    CALLS.debug(
        "%s: %s in %.2f s, attempt %d, request id %s",
        *(_name_of(step, safe), came, seconds, attempt, _printable(outcome.request_id, safe)),
    )


def retrying(
    name: Request | Fetch | str, error: AI302Error, attempt: int, wait: float, safe: Safe
) -> None:
    """Log that a call is sent again after `wait` seconds; `attempt` is the one that failed."""
    what = name if isinstance(name, str) else _name_of(name, safe)
    kind = type(error).__name__
    CALLS.info(
        "%s: attempt %d failed: %s, request id %s; attempt %d in %.2f s",
        *(what, attempt, f"{error.status} {kind}" if error.status else kind),
        *(_printable(error.request_id, safe), attempt + 1, wait),
    )


def task_resumed(task_id: str, safe: Safe) -> None:
    """Log that a task that was ordered earlier is waited for."""
    TASKS.info("Task %s: resumed", _printable(task_id, safe))


def task_given_up(task_id: str, error: AI302Error, safe: Safe) -> None:
    """Log that an error ended the wait for a task."""
    TASKS.info("Task %s: given up: %s", _printable(task_id, safe), type(error).__name__)


def task_left(task_id: str, status: str, advice: str, safe: Safe) -> None:
    """Log that a wait for a task was cancelled: the exception that did it cannot name the task."""
    told = (_printable(task_id, safe), _printable(status, safe), safe(advice))
    TASKS.warning("Task %s: left while it was %s. %s", *told)


def window_assumed(model: str, tokens: int) -> None:
    """Log that a model's context window is a guess."""
    MODELS.warning(
        "The context window of %s is unknown; %d tokens are assumed. "
        "Set context_window to what its vendor says.",
        *(_printable(model, str), tokens),
    )


def _name_of(step: Request | Fetch, safe: Safe) -> str:
    """Name a call by its endpoint and model; a file by its host: its path may be a signature."""
    if isinstance(step, Fetch):
        return f"GET {_printable(step.host, safe)}"
    named = f"{step.method} {_printable(step.path, safe)}"
    return f"{named} {_printable(step.model, safe)}" if step.model else named


def _printable(text: str | None, safe: Safe) -> str:
    if text is None:
        return "unknown"
    kept = safe(text)[:LONGEST_VALUE]
    return kept if kept.isprintable() else "".join(c if c.isprintable() else "?" for c in kept)
