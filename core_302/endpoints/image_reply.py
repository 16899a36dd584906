"""Images: how to read the responses of all endpoints that make them, tasks included.

A reply's field may be there and empty, an image may be a link or base64, and vendors put it in
places of their own. What was paid for is looked for in all of them before it is said to be missing.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core_302.endpoints.parsing import any_object, items, json_object, malformed, text_or_none
from core_302.endpoints.usage import Usage, read_usage
from core_302.error_replies.envelope import retry_after_in
from core_302.error_replies.from_reply import api_error, error_in
from core_302.errors import JobFailedError, MalformedReplyError
from core_302.http import Reply
from core_302.image_parts import image_file, split_data_uri
from core_302.json_text import read_json

DONE = frozenset({"completed", "succeeded", "success"})
FAILED = frozenset({"failed", "failure", "error", "cancelled", "canceled", "expired"})
SHOWN_BASE64 = 200  # characters; longer texts in a raw response are images, and are not kept twice


@dataclass(frozen=True)
class GeneratedImage:
    """One image of a response: its link, its bytes, or both."""

    link: str | None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ImageJob:
    """The result of a paid job.

    Attributes:
        images: The images; at least one.
        request_id: The gateway's id of the call.
        task_id: The task's id, if it was one.
        cost_ids: The request ids under which the gateway has recorded the cost.
        usage: Token counts, for the models that are billed by tokens.
        raw: The response as it came, without the base64 of the images.
    """

    images: tuple[GeneratedImage, ...]
    request_id: str | None
    task_id: str | None
    cost_ids: tuple[str, ...]
    usage: Usage | None
    raw: Mapping[str, Any]


@dataclass(frozen=True)
class ImageTask:
    """The state of a task.

    Attributes:
        task_id: Its id, by which it can be polled again.
        status: `pending`, `processing`, `completed`, `failed`, or a newer word.
        job: Its result, once it is done.
        retry_after: Seconds that the server asks to wait before the next poll, or None.
    """

    task_id: str
    status: str
    job: ImageJob | None
    retry_after: float | None = None


def read_images(reply: Reply) -> ImageJob:
    """Read the images of a finished job, in any of the endpoints' forms.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: No image came.
    """
    raw = json_object(reply, "a response with an image")
    return _job(raw, reply)


def read_task(reply: Reply) -> ImageTask:
    """Read the state of a task.

    Raises:
        JobFailedError: It failed; the error's text has the gateway's words.
        MalformedReplyError: There is no task id, or it is done and has no image.
    """
    raw = any_object(reply, "a task")
    task_id = text_or_none(raw.get("task_id"))
    if task_id is None:
        raise error_in(raw, reply) or malformed("a task with an id", reply)
    status = (text_or_none(raw.get("status")) or "").lower()
    try:
        if status in FAILED:
            raise _failure(raw, reply)
        done = status in DONE or bool(_found(raw))
        job = _job(raw, reply) if done else None
    except (JobFailedError, MalformedReplyError) as error:
        error.task_id = task_id
        raise
    return ImageTask(task_id, status, job, retry_after_in(reply.headers))


def _job(raw: Mapping[str, Any], reply: Reply) -> ImageJob:
    images = _found(raw)
    if not images:
        raise malformed("a response with an image's link or data", reply)
    recorded = [text_or_none(entry) for entry in items(raw.get("ai302_cost_request_ids"))]
    cost_ids = tuple(entry for entry in recorded if entry)
    return ImageJob(
        images=images,
        request_id=reply.request_id,
        task_id=text_or_none(raw.get("task_id")),
        cost_ids=cost_ids or ((reply.request_id,) if reply.request_id else ()),
        usage=read_usage(raw.get("usage")),
        raw=without_images(raw),
    )


def _found(raw: Mapping[str, Any]) -> tuple[GeneratedImage, ...]:
    """Return the images of a reply. An empty field is not an image."""
    entries: list[Any] = [raw.get("image_url"), *items(raw.get("image_urls"))]
    entries += items(raw.get("headshot_url_list"))
    entries += items(raw.get("data"))
    found = [image for entry in entries if (image := _image(entry)) is not None]
    vendor = raw.get("data")
    if not found and isinstance(vendor, Mapping):  # paid for: look where the vendor puts it
        nested = [*items(vendor.get("data")), *_outputs(vendor.get("output"))]
        found = [image for entry in nested if (image := _image(entry)) is not None]
    return tuple({image.link or image.content: image for image in found}.values())


def _image(entry: Any) -> GeneratedImage | None:
    if not isinstance(entry, Mapping):
        entry = {"url": entry}
    link, data = text_or_none(entry.get("url")) or "", text_or_none(entry.get("b64_json"))
    if link.startswith(("http://", "https://")):
        return GeneratedImage(link)
    if (inline := split_data_uri(link)) is not None:
        data = inline[1]
    return GeneratedImage(None, _content(data)) if data else None


def _content(data: str) -> bytes:
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedReplyError("The image in the response is not valid base64.") from None
    return image_file(content, "The base64 data in the response").content


def _outputs(output: Any) -> list[Any]:
    """Return a vendor's `output`: a list, or, in documented replies, a JSON text of one."""
    if isinstance(output, str) and output.startswith("["):
        try:
            return items(read_json(output))
        except ValueError:
            return []
    return [output] if isinstance(output, str) else items(output)


def _failure(raw: Mapping[str, Any], reply: Reply) -> JobFailedError:
    said = api_error({**raw, "error": raw.get("error")}, reply, status=reply.status)
    error = JobFailedError(f"The task failed: {said.message}.")
    error.status, error.request_id = reply.status, reply.request_id
    error.err_code, error.body = said.err_code, said.body
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
    if not isinstance(value, str) or len(value) <= SHOWN_BASE64 or value.startswith("http"):
        return False
    return not any(letter.isspace() for letter in value[:SHOWN_BASE64])
