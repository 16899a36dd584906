"""Tasks as flows: what was ordered and paid is waited for, whatever it makes. Nothing is lost.

A task is ordered once (`image_jobs.paid`), and polled until it is done. Whatever ends the wait
says the task's id, and how it is asked for again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from core_302 import log
from core_302.errors import AI302Error, RequestTimeoutError
from core_302.flow import AskPolicies, AskTime, Flow, Pause, Policies, Progress

Done = TypeVar("Done")
BY_TOOL = "tool.resume"
"""How what a tool has ordered is asked for again."""
NOT_SEEN = "unknown"
"""The status of a task that is resumed, before its first poll: no response has told it."""


@dataclass(frozen=True)
class Task(Generic[Done]):
    """The state of a task.

    Attributes:
        task_id: Its id, by which it can be polled again.
        status: `pending`, `processing`, `completed`, `failed`, or a newer word.
        job: Its result, once it is done.
        retry_after: Seconds that the server asks to wait before the next poll, or None.
        request_id: The gateway's id of the order, under which it may be billed; None in the
            response to a poll, which is another call.
    """

    task_id: str
    status: str
    job: Done | None
    retry_after: float | None = None
    request_id: str | None = None


class Pending(Protocol):
    """What is polled: a `Task`, or the task of an image."""

    @property
    def task_id(self) -> str:
        """Its id."""

    @property
    def status(self) -> str:
        """How far it is."""

    @property
    def job(self) -> object | None:
        """Its result, once it is done."""

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server asks to wait."""


Polled = TypeVar("Polled", bound=Pending)


def waited_for(
    task: Polled,
    look: Callable[[str], Flow[Polled]],
    resumed_by: str = BY_TOOL,
    until: float = math.inf,
) -> Flow[Polled]:
    """Poll a task until it is done, and return it then; each response is reported as progress.

    Args:
        task: The task, as its order was answered.
        look: Polls once, by the task's id.
        resumed_by: The method that asks for it again, for errors and the log.
        until: The deadline of the wait, by the clock of `AskTime`: the last poll is made then.

    Raises:
        AI302Error: With the task's id, and how to resume it.
    """
    poll, task_id = 0, task.task_id  # the id that was ordered, whatever later responses call it
    policies: Policies = yield AskPolicies()
    try:
        while task.job is None:
            if task.status != NOT_SEEN:
                yield Progress(task)
            late = RequestTimeoutError(f"The task is still {task.status!r} at its time limit.")
            wait = policies.polling.wait_before(poll, task.retry_after)
            yield Pause(min(wait, (yield from _left(until))), late)
            task = yield from look(task_id)
            poll += 1
    except AI302Error as error:
        log.task_given_up(task_id, error, policies.safe)
        error.task_id = task_id
        error.billed = "maybe"
        error.add(resumable(task_id, resumed_by))
        raise
    except GeneratorExit:  # cancelled, or stopped by Ctrl-C: neither exception can name the task
        log.task_left(task_id, task.status, resumable(task_id, resumed_by), policies.safe)
        raise
    yield Progress(task)
    return task


def _left(until: float) -> Flow[float]:
    """Return the seconds that are left of a wait.

    Raises:
        RequestTimeoutError: None are.
    """
    now: float = yield AskTime()
    if now >= until:
        raise RequestTimeoutError("The task was not done in the time that it may take.")
    return until - now


def resumable(task_id: str, resumed_by: str) -> str:
    """Say how a task that may have been billed is asked for again."""
    return (
        f"The task may have been billed: do not order it again; resume it by its id, "
        f"{task_id!r} ({resumed_by})."
    )
