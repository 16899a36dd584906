"""Paid jobs as flows: ordered once, and waited for. What was paid for is not lost.

A create request is sent again only if the gateway surely did nothing: see `RetryPolicy`. When its
response is lost, the error says that the job may have been billed, and how to go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core_302 import log
from core_302.endpoints.image_reply import ImageJob, ImageTask, read_images, read_poll, read_task
from core_302.endpoints.images import fetch_request
from core_302.errors import (
    AI302Error,
    InvalidInputError,
    MalformedReplyError,
    RequestTimeoutError,
)
from core_302.flow import AskPolicies, Flow, Limit, Pause, Policies, Progress, Result, ask
from core_302.http import Reply, Request

MAYBE_BILLED = (
    "The job may have run and been billed. It was not sent again: check the key's records before "
    "you repeat it."
)


def paid(request: Request, read: Callable[[Reply], Result]) -> Flow[Result]:
    """Send a paid request, once.

    Raises:
        AI302Error: Its text says so if the job may have been billed.
    """
    yield Limit("job")
    try:
        return (yield from ask(request, read))
    except AI302Error as error:
        if error.task_id is not None:
            _say_how_to_resume(error)
        elif error.billed == "maybe":
            error.add(MAYBE_BILLED)
        raise
    except GeneratorExit:
        log.TASKS.warning("A paid job was left before its answer came. %s", MAYBE_BILLED)
        raise


def image_job(request: Request) -> Flow[ImageJob]:
    """Send a request whose response has the images."""
    return paid(request, read_images)


def image_task(request: Request) -> Flow[ImageJob]:
    """Send a request that makes a task, and wait for its images."""
    task = yield from paid(request, _read_new_task)
    return (yield from waited_for(task, _look))


def _look(task_id: str) -> Flow[ImageTask]:
    return ask(fetch_request(task_id), read_poll)


def _read_new_task(reply: Reply) -> ImageTask:
    """Read a task that can be asked for: a response's id may be anything.

    Raises:
        MalformedReplyError: It is not an id, and its images are not there yet.
    """
    task = read_task(reply)
    try:
        fetch_request(task.task_id)
    except InvalidInputError as error:
        if task.job is None:
            raise MalformedReplyError(
                f"The response has no task that can be polled: {error}"
            ) from None
    return task


def waited_for(task: ImageTask, look: Callable[[str], Flow[ImageTask]]) -> Flow[ImageJob]:
    """Poll the task until it is done; each response is reported as progress.

    `look` polls once, by the task's id.
    """
    order, poll = task.request_id, 0
    task_id = task.task_id  # the id that was ordered, whatever later responses call it
    policies: Policies = yield AskPolicies()
    try:
        while task.job is None:
            yield Progress(task)
            late = RequestTimeoutError(f"The task is still {task.status!r} at its time limit.")
            yield Pause(policies.polling.wait_before(poll, task.retry_after), late)
            task = yield from look(task_id)
            poll += 1
    except AI302Error as error:
        log.task_given_up(task_id, error, policies.safe)
        error.task_id = task_id
        error.billed = "maybe"
        _say_how_to_resume(error)
        raise
    except GeneratorExit:  # cancelled, or stopped by Ctrl-C: neither exception can name the task
        log.task_left(task_id, task.status, resumable(task_id), policies.safe)
        raise
    yield Progress(task)
    return _billed_to(order, task.job)


def _billed_to(order: str | None, job: ImageJob) -> ImageJob:
    """Return a task's job with the request id of its order: a poll's is that of another call."""
    if order is None:
        return job
    return replace(job, request_id=order, cost_ids=job.cost_ids or (order,))


def resumable(task_id: str) -> str:
    """Say how a task that may have been billed is asked for again."""
    return (
        f"The task may have been billed: do not order it again; resume it by its id, "
        f"{task_id!r} (client.resume_image)."
    )


def _say_how_to_resume(error: AI302Error) -> None:
    error.add(resumable(str(error.task_id)))
