"""Videos as flows: a task is ordered once, and waited for as long as a video takes.

The limits of a call are too short for that. So the client's limit of a paid job holds for the order
and for each poll, and the whole wait has one of its own.
"""

from __future__ import annotations

from dataclasses import replace

from core_302 import log
from core_302.catalogue.video_facts import video_models
from core_302.endpoints.file_tasks import FileJob, FileTask
from core_302.endpoints.videos import (
    fetch_request,
    read_video_order,
    read_video_poll,
    video_request,
)
from core_302.errors import (
    InvalidInputError,
    MalformedReplyError,
    ModelNotAvailableError,
)
from core_302.flow import AskPolicies, AskTime, Flow, Limit, Policies, ask
from core_302.flows import tasks
from core_302.flows.image_jobs import paid
from core_302.http import Reply
from core_302.options.video import LONGEST_WAIT, VideoRequest

SHOWN_MODELS = 12  # that an error names
RESUMED_BY = "client.run(resume_video(task_id))"


def make_video(
    asked: VideoRequest,
    *,
    webhook: str | None = None,
    longest_wait: float = LONGEST_WAIT,
    resumed_by: str = RESUMED_BY,
) -> Flow[FileJob]:
    """Order a video, and wait for it. Paid: ordered once.

    Args:
        asked: The video.
        webhook: An https link of yours that the gateway calls when it is done.
        longest_wait: How long it is waited for, in seconds.
        resumed_by: The method that asks for its task again, for errors.

    Raises:
        ModelNotAvailableError: No channel serves the model; the text names models of today.
        AI302Error: With `task_id` set, if the task was ordered.
    """
    order = video_request(asked, webhook=webhook)
    try:
        task = yield from paid(order, _read_new_task, resumed_by)
    except ModelNotAvailableError as error:
        today = [name for name in video_models(today=True) if name != asked.model]
        error.add(
            f"302.AI does not offer {asked.model!r} any more, or never did. Video models of "
            f"today: {', '.join(today[:SHOWN_MODELS])}."
        )
        raise
    job = yield from _waited_for(task, longest_wait, resumed_by)
    if task.request_id is None:
        return job
    return replace(job, request_id=task.request_id, cost_ids=job.cost_ids or (task.request_id,))


def resume_video(
    task_id: str, *, longest_wait: float = LONGEST_WAIT, resumed_by: str = RESUMED_BY
) -> Flow[FileJob]:
    """Wait for a video that was ordered earlier. This costs nothing.

    Args:
        task_id: The task.
        longest_wait: How long it is waited for, in seconds.
        resumed_by: The method that asks for its task again, for errors.

    Raises:
        InvalidInputError: It is not a task's id. Nothing was sent.
        AI302Error: See the tree in `core_302.errors`.
    """
    fetch_request(task_id)
    policies: Policies = yield AskPolicies()
    log.task_resumed(task_id, policies.safe)
    task = FileTask(task_id, tasks.NOT_SEEN, None)
    return (yield from _waited_for(task, longest_wait, resumed_by))


def _waited_for(task: FileTask, longest_wait: float, resumed_by: str) -> Flow[FileJob]:
    begun: float = yield AskTime()
    yield Limit("job")
    done = yield from tasks.waited_for(task, _look, resumed_by, until=begun + longest_wait)
    assert done.job, "it was waited for until it had its video"
    return done.job


def _look(task_id: str) -> Flow[FileTask]:
    """Poll once. Each poll, with the pause after it, has a limit of its own."""
    yield Limit("job")
    return (yield from ask(fetch_request(task_id), read_video_poll))


def _read_new_task(reply: Reply) -> FileTask:
    """Read a task that can be asked for: a response's id may be anything.

    Raises:
        MalformedReplyError: It is not an id.
    """
    task = read_video_order(reply)
    try:
        fetch_request(task.task_id)
    except InvalidInputError as error:
        raise MalformedReplyError(f"The response has no task that can be polled: {error}") from None
    return task
