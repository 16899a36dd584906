"""Videos: how a task is ordered and polled, and how its replies are read.

Source: 302.AI's command-line tool, cli-302ai 1.0.5, `api/video.py` and `cli/video.py`. An order is
always a task. It is paid, and never repeated once it was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from core_302.catalogue.video_facts import video_model_facts
from core_302.endpoints.image_failure import DONE, FAILED, failure_in, state_in
from core_302.endpoints.image_places import NO_RESULTS, link_in
from core_302.endpoints.image_reply import (
    inner_of,
    job_failed,
    recorded_ids,
    task_id_in,
    without_images,
)
from core_302.endpoints.images import paid_json
from core_302.endpoints.parsing import any_object, malformed, text_or_none
from core_302.endpoints.path_segment import path_segment
from core_302.error_replies.envelope import retry_after_in
from core_302.error_replies.from_reply import error_in, says_error
from core_302.errors import AI302Error, InvalidInputError
from core_302.http import Reply, Request
from core_302.options.image import data_uri
from core_302.options.video import VideoRequest, check_webhook

CREATE_PATH = "/302/v2/video/create"
FETCH_PATH = "/302/v2/video/fetch/"
FIELDS = ("duration", "resolution", "aspect_ratio", "negative_prompt")
# The gateway's own fields; below, names that vendors give to a result's address.
GATEWAY_FIELDS = ("video_url", "video_urls")
LINKS = frozenset(
    {*GATEWAY_FIELDS, "url", "uri", "video", "videos", "videoUrl", "file_url", "download_url"}
    | {"output", "outputs", "result", "results", "data", "content"}
)
AN_IMAGE = re.compile(r"(?i)\.(png|jpe?g|gif|webp)$")


@dataclass(frozen=True)
class VideoJob:
    """The result of a paid job.

    Attributes:
        links: Where the video is, or the videos: at least one.
        request_id: The gateway's id of the order; None if only its task's id is known.
        task_id: The task's id.
        cost_ids: The request ids under which the gateway has recorded the cost.
        raw: The response as it came, without base64.
    """

    links: tuple[str, ...]
    request_id: str | None
    task_id: str | None
    cost_ids: tuple[str, ...]
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class VideoTask:
    """The state of a task.

    Attributes:
        task_id: Its id, by which it can be polled again.
        status: `pending`, `processing`, `completed`, `failed`, or a newer word.
        job: Its result, once it is done.
        retry_after: Seconds that the server asks to wait before the next poll, or None.
        request_id: The gateway's id of the order, under which it is billed; None in the response
            to a poll, which is another call.
    """

    task_id: str
    status: str
    job: VideoJob | None
    retry_after: float | None = None
    request_id: str | None = None


def video_request(asked: VideoRequest, *, webhook: str | None = None) -> Request:
    """Build the request for a task.

    Args:
        asked: The video; bytes go as data URIs.
        webhook: A link of yours that the gateway calls when the task is done.

    Raises:
        InvalidInputError: The webhook is not an https link.
    """
    return paid_json(CREATE_PATH, fields_of(asked), _query(webhook))


def fields_of(asked: VideoRequest) -> dict[str, Any]:
    """Return the fields of a request as the gateway spells them."""
    facts = video_model_facts(asked.model)
    wire = facts.wire if facts is not None else None
    body: dict[str, Any] = {"model": wire or asked.model, "prompt": asked.prompt}
    images = [_as_text(image) for image in asked.images]
    if images:
        body["image"] = images[0] if len(images) == 1 else images
    if asked.end_image is not None:
        body["end_image"] = _as_text(asked.end_image)
    body |= {name: value for name in FIELDS if (value := getattr(asked, name)) is not None}
    if asked.fps is not None:
        body["fps"] = str(asked.fps)  # the tool sends a text
    return body | dict(asked.extra_body or {})


def fetch_request(task_id: str) -> Request:
    """Build the request that polls a task. This costs nothing, and may be repeated.

    Raises:
        InvalidInputError: It is not an id.
    """
    return Request("GET", FETCH_PATH + path_segment(task_id, "task_id"))


def read_video_order(reply: Reply) -> VideoTask:
    """Read the response to an order.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: There is no task's id.
    """
    return _task(reply, reply.request_id)


def read_video_poll(reply: Reply) -> VideoTask:
    """Read how far a task is. Its cost is recorded under the order's request id, not under this.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        MalformedReplyError: There is no task's id, or it is done and names no video.
    """
    return _task(reply, None)


def _query(webhook: str | None) -> dict[str, str]:
    if webhook is None:
        return {}
    try:
        return {"webhook": check_webhook(webhook)}
    except ValueError as error:
        raise InvalidInputError(f"webhook {error}.") from None


def _as_text(image: str | bytes) -> str:
    return data_uri(image) if isinstance(image, bytes) else image


def _task(reply: Reply, order: str | None) -> VideoTask:
    raw = any_object(reply, "a task")
    task_id = task_id_in(raw)
    if task_id is None:
        raise error_in(raw, reply) or malformed("a task with an id", reply)
    status = state_in(raw) or state_in(inner_of(raw))
    try:
        return VideoTask(
            task_id, status, _job(raw, status, reply, order), retry_after_in(reply.headers), order
        )
    except AI302Error as error:
        error.task_id = task_id
        raise


def _job(raw: Mapping[str, Any], status: str, reply: Reply, order: str | None) -> VideoJob | None:
    """Return a task's result, or None while it is not done."""
    if status in FAILED or (not status and says_error(raw.get("error"))):
        raise job_failed(raw, _why(raw), reply)
    named = [link for name in GATEWAY_FIELDS for link in _links(raw.get(name), name)]
    if status not in DONE and not named:
        return None
    # Beside the gateway's own link, those of the vendor are other copies of the same video.
    links = tuple(dict.fromkeys(named or _links(raw, "")))
    if not links:
        words = failure_in(raw)
        raise job_failed(raw, words, reply) if words else malformed("a task with a video", reply)
    ids = recorded_ids(raw) or ((order,) if order else ())
    return VideoJob(links, order, task_id_in(raw), ids, without_images(raw))


def _why(raw: Mapping[str, Any]) -> str:
    """Return why a task failed; some vendors say it in their own answer alone."""
    words, vendor = failure_in(raw) or "it does not say why", raw.get("raw_response")
    output = vendor.get("output") if isinstance(vendor, Mapping) else None
    upstream = text_or_none(output.get("message")) if isinstance(output, Mapping) else None
    return f"{words}: {upstream}" if upstream and upstream not in words else words


def _links(value: Any, name: str) -> Iterator[str]:
    """Yield the links of videos in a field called `name`, and below it."""
    if NO_RESULTS.fullmatch(name):
        return
    if isinstance(value, Mapping):
        for inner, below in value.items():
            yield from _links(below, inner)
    elif isinstance(value, list):
        for item in value:
            yield from _links(item, name)
    elif isinstance(value, str) and name in LINKS:
        link = link_in(value.strip())
        if link is not None and not AN_IMAGE.search(urlsplit(link).path):
            yield link
