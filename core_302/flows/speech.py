"""Text read aloud, as flows: a task is ordered once, and waited for."""

from __future__ import annotations

from dataclasses import replace

from core_302 import log
from core_302.endpoints.file_tasks import FileJob, FileTask
from core_302.endpoints.speech import (
    fetch_request,
    read_speech_order,
    read_speech_poll,
    speech_request,
)
from core_302.errors import InvalidInputError, MalformedReplyError
from core_302.flow import AskPolicies, Flow, Limit, Policies, ask
from core_302.flows import tasks
from core_302.flows.image_jobs import paid
from core_302.http import Reply
from core_302.options.speech import SpeechRequest

RESUMED_BY = "client.run(resume_speech(task_id))"


def speak(
    asked: SpeechRequest, *, webhook: str | None = None, resumed_by: str = RESUMED_BY
) -> Flow[FileJob]:
    """Have a text read aloud, and wait for the audio file. Paid: ordered once.

    Args:
        asked: What is said, and how.
        webhook: A link of yours that the gateway calls when it is done.
        resumed_by: The method that asks for its task again, for errors.

    Raises:
        AI302Error: With `task_id` set, if the task was ordered.
    """
    order = speech_request(asked, webhook=webhook)
    task = yield from paid(order, _read_new_task, resumed_by)
    job = yield from _waited_for(task, resumed_by)
    if task.request_id is None:
        return job
    return replace(job, request_id=task.request_id, cost_ids=job.cost_ids or (task.request_id,))


def resume_speech(task_id: str, *, resumed_by: str = RESUMED_BY) -> Flow[FileJob]:
    """Wait for an audio file that was ordered earlier. This costs nothing.

    Args:
        task_id: The task.
        resumed_by: The method that asks for its task again, for errors.

    Raises:
        InvalidInputError: It is not a task's id. Nothing was sent.
        AI302Error: See the tree in `core_302.errors`.
    """
    fetch_request(task_id)
    policies: Policies = yield AskPolicies()
    log.task_resumed(task_id, policies.safe)
    yield Limit("job")
    return (yield from _waited_for(FileTask(task_id, tasks.NOT_SEEN, None), resumed_by))


def _waited_for(task: FileTask, resumed_by: str) -> Flow[FileJob]:
    done = yield from tasks.waited_for(task, _look, resumed_by)
    assert done.job, "it was waited for until it had its audio file"
    return done.job


def _look(task_id: str) -> Flow[FileTask]:
    return ask(fetch_request(task_id), read_speech_poll)


def _read_new_task(reply: Reply) -> FileTask:
    """Read a task that can be asked for: a response's id may be anything.

    Raises:
        MalformedReplyError: It is not an id, and its audio file is not there yet.
    """
    task = read_speech_order(reply)
    try:
        fetch_request(task.task_id)
    except InvalidInputError as error:
        if task.job is None:
            raise MalformedReplyError(
                f"The response has no task that can be polled: {error}"
            ) from None
    return task
