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
from core_302.errors import AI302Error, InvalidInputError, MalformedReplyError
from core_302.flow import Flow, Limit, Result, ask
from core_302.flows import tasks
from core_302.http import Reply, Request

MAYBE_BILLED = (
    "The job may have run and been billed. It was not sent again: check the key's records before "
    "you repeat it."
)
RESUMED_BY = "client.resume_image"


def paid(
    request: Request, read: Callable[[Reply], Result], resumed_by: str = RESUMED_BY
) -> Flow[Result]:
    """Send a paid request, once.

    Args:
        request: The order.
        read: Reads its response.
        resumed_by: The method that asks again for a task that the response names, for errors.

    Raises:
        AI302Error: Its text says so if the job may have been billed.
    """
    yield Limit("job")
    try:
        return (yield from ask(request, read))
    except AI302Error as error:
        if error.task_id is not None:
            error.add(tasks.resumable(error.task_id, resumed_by))
        elif error.billed == "maybe":
            error.add(MAYBE_BILLED)
        raise
    except GeneratorExit:
        log.TASKS.warning("A paid job was left before its answer came. %s", MAYBE_BILLED)
        raise


def image_job(request: Request, resumed_by: str = RESUMED_BY) -> Flow[ImageJob]:
    """Send a request whose response has the images."""
    return paid(request, read_images, resumed_by)


def image_task(request: Request, resumed_by: str = RESUMED_BY) -> Flow[ImageJob]:
    """Send a request that makes a task, and wait for its images."""
    task = yield from paid(request, _read_new_task, resumed_by)
    return (yield from waited_for(task, _look, resumed_by))


def _look(task_id: str) -> Flow[ImageTask]:
    return ask(fetch_request(task_id), read_poll)


def _read_new_task(reply: Reply) -> ImageTask:
    return pollable(read_task(reply), fetch_request)


def pollable(task: ImageTask, poll: Callable[[str], Request]) -> ImageTask:
    """Return a task that can be polled: a response's id may be anything.

    Args:
        task: The task, as its order was answered.
        poll: Builds the request that polls it.

    Raises:
        MalformedReplyError: It is not an id, and its images are not there yet.
    """
    try:
        poll(task.task_id)
    except InvalidInputError as error:
        if task.job is None:
            raise MalformedReplyError(
                f"The response has no task that can be polled: {error}"
            ) from None
    return task


def waited_for(
    task: ImageTask, look: Callable[[str], Flow[ImageTask]], resumed_by: str = RESUMED_BY
) -> Flow[ImageJob]:
    """Poll the task until it is done, and return its images. See `tasks.waited_for`."""
    order = task.request_id
    done = yield from tasks.waited_for(task, look, resumed_by)
    assert done.job, "it was waited for until it had its images"
    return _billed_to(order, done.job)


def _billed_to(order: str | None, job: ImageJob) -> ImageJob:
    """Return a task's job with the request id of its order: a poll's is that of another call."""
    if order is None:
        return job
    return replace(job, request_id=order, cost_ids=job.cost_ids or (order,))
