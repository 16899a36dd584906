"""Images: how to read the responses of all endpoints that make them, tasks included.

Where a reply has its images stands in `image_places`, how it says that it has none in
`image_failure`. What was paid for is not lost: images that can be read are kept beside others that
cannot, and an error names the task that may be asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core_302.endpoints.image_failure import DONE, FAILED, failure_in, state_in
from core_302.endpoints.image_places import Found, GeneratedImage, gateway_images, images_in
from core_302.endpoints.parsing import any_object, malformed, text_or_none
from core_302.endpoints.usage import Usage, read_usage
from core_302.error_replies.envelope import code_in, retry_after_in
from core_302.error_replies.from_reply import error_in, says_error
from core_302.errors import AI302Error, JobFailedError
from core_302.http import Reply
from core_302.media_types import media_type_of

MOST_PROBLEMS = 5  # that one error repeats
SHOWN_BASE64 = 200  # characters; longer texts in a raw response are images, and are not kept twice
BASE64 = re.compile(r"(data:[^,]{0,200},)?[A-Za-z0-9+/=_\s-]*")


@dataclass(frozen=True)
class ImageJob:
    """The result of a paid job.

    Attributes:
        images: The images that can be read; at least one.
        request_id: The gateway's id of the order; None if only its task's id is known.
        task_id: The task's id, if it was one.
        cost_ids: The request ids under which the gateway has recorded the cost.
        usage: Token counts, for the models that are billed by tokens.
        raw: The response as it came, without the base64 of the images.
        problems: Why further images of the response cannot be read, a sentence for each.
    """

    images: tuple[GeneratedImage, ...]
    request_id: str | None
    task_id: str | None
    cost_ids: tuple[str, ...]
    usage: Usage | None
    raw: Mapping[str, Any]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImageTask:
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
    job: ImageJob | None
    retry_after: float | None = None
    request_id: str | None = None


def read_images(reply: Reply) -> ImageJob:
    """Read the images of a finished job, in any of the endpoints' forms.

    Raises:
        JobFailedError: It failed; the text has the gateway's or the vendor's words.
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: No image came.
    """
    if media_type_of(reply.body) is not None:  # some vendors answer with the image itself
        image = GeneratedImage(None, reply.body)
        return ImageJob((image,), reply.request_id, None, _ids(reply.request_id), None, {})
    raw = any_object(reply, "a response with an image")
    task_id = task_id_in(raw)
    try:
        if state_in(raw) not in FAILED and (error := error_in(raw, reply)) is not None:
            raise error
        return _job(raw, reply, reply.request_id)
    except AI302Error as error:
        error.task_id = task_id
        raise


def read_task(reply: Reply) -> ImageTask:
    """Read the response to the order of a task; it may have the images already, and no id.

    Raises:
        JobFailedError: It failed; the error's text has the gateway's words.
        MalformedReplyError: There is no task id, or it is done and has no image.
    """
    if media_type_of(reply.body) is not None:
        return ImageTask("", "completed", read_images(reply), request_id=reply.request_id)
    return _task(reply, reply.request_id)


def read_poll(reply: Reply) -> ImageTask:
    """Read how far a task is. Its cost is recorded under the order's request id, not under this.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        MalformedReplyError: There is no task's id, or it is done and brought no image.
    """
    return _task(reply, None)


def _task(reply: Reply, order: str | None) -> ImageTask:
    return task_in(any_object(reply, "a task"), reply, order)


def task_in(raw: Mapping[str, Any], reply: Reply, order: str | None) -> ImageTask:
    """Read the object `raw` of a reply, as a task of the order with this request id.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        MalformedReplyError: There is no task's id, or it is done and brought no image.
    """
    task_id = task_id_in(raw)
    if task_id is None:
        if (refusal := error_in(raw, reply)) is None and images_in(raw).images:
            return ImageTask("", "completed", _job(raw, reply, order), request_id=order)
        raise refusal or malformed("a task with an id", reply)
    status = state_in(raw) or state_in(inner_of(raw))
    try:
        failed = status in FAILED or (not status and says_error(raw.get("error")))
        done = failed or status in DONE or bool(gateway_images(raw).images)
        job = _job(raw, reply, order) if done else None
    except AI302Error as error:
        error.task_id = task_id
        raise
    return ImageTask(task_id, status, job, retry_after_in(reply.headers), order)


def task_id_in(raw: Mapping[str, Any]) -> str | None:
    """Return the id of the task that a reply is about, or None."""
    found = (level.get("task_id") for level in (raw, inner_of(raw)))
    return next((str(i) for i in found if i and isinstance(i, (str, int)) and i is not True), None)


def inner_of(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the object in a reply's `data`, where some say how a task is; else an empty one."""
    data = raw.get("data")
    return data if isinstance(data, Mapping) else {}


def _job(raw: Mapping[str, Any], reply: Reply, order: str | None) -> ImageJob:
    found = images_in(raw)
    if state_in(raw) in FAILED or not found.images:
        raise _without_images(raw, found, reply)
    return ImageJob(
        images=found.images,
        request_id=order,
        task_id=task_id_in(raw),
        cost_ids=recorded_ids(raw) or _ids(order),
        usage=read_usage(raw.get("usage")),
        raw=without_images(raw),
        problems=tuple(found.problems),
    )


def recorded_ids(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the request ids under which the gateway has recorded the cost: a list, or a text."""
    said = raw.get("ai302_cost_request_ids")
    texts = said if isinstance(said, list) else [said]
    parts = [part.strip() for text in texts if isinstance(text, str) for part in text.split(",")]
    return _ids(*parts)


def _ids(*ids: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for found in ids if found))


def _without_images(raw: Mapping[str, Any], found: Found, reply: Reply) -> AI302Error:
    """Return the error of a job that brought nothing."""
    data = raw.get("data")
    words = failure_in(raw) or (text_or_none(data.strip()) if isinstance(data, str) else None)
    if words is None:
        error = malformed("a response with an image's link or data", reply)
        for problem in found.problems[:MOST_PROBLEMS]:
            error.add(problem)
        return error
    return job_failed(raw, words, reply)


def job_failed(raw: Mapping[str, Any], words: str, reply: Reply) -> JobFailedError:
    """Return the error of a job that failed, in the words of its reply."""
    code = code_in(raw)
    where = f"HTTP {reply.status}" + (f", err_code {code}" if code is not None else "")
    what = "task" if task_id_in(raw) else "job"
    error = JobFailedError(f"The {what} failed: {words} ({where}).")
    error.status, error.request_id, error.body = reply.status, reply.request_id, without_images(raw)
    error.err_code = code if isinstance(code, int) else None
    return error


def without_images(raw: Any) -> Any:
    """Return a raw reply whose long texts, which are images, are cut."""
    if isinstance(raw, Mapping):
        cut = {"b64_json": _cut(raw["b64_json"])} if raw.get("b64_json") else {}
        return {**{str(name): without_images(value) for name, value in raw.items()}, **cut}
    if isinstance(raw, list):
        return [without_images(value) for value in raw]
    return _cut(raw) if _is_base64(raw) else raw


def _cut(text: Any) -> str:
    return f"{str(text)[:20]}... ({len(str(text))} characters)"


def _is_base64(value: Any) -> bool:
    """Tell whether `value` is a long text of an image: base64, in one line or in many."""
    if not isinstance(value, str) or len(value) <= SHOWN_BASE64:
        return False
    start = value[:SHOWN_BASE64]
    return BASE64.fullmatch(start) is not None and " " not in start
