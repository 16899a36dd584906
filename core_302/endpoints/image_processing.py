"""One image processed by 302.AI's own tools: how it is ordered and polled, and replies are read.

Sources: 302.AI's command-line tool, cli-302ai 1.0.5 (`api/image.py`, `cli/image.py`), for larger
images, for erasing and for polls; 302.AI's drawing board for the background. An order is answered
with the image, or with a task, whose `id` is polled. It is paid, and never repeated once sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core_302.endpoints.image_failure import state_in
from core_302.endpoints.image_places import images_in
from core_302.endpoints.image_reply import ImageTask, read_task, task_id_in, task_in
from core_302.endpoints.images import paid_form, paid_json
from core_302.endpoints.parsing import any_object
from core_302.endpoints.path_segment import path_segment
from core_302.http import Reply, Request
from core_302.media_types import media_type_of

REMOVE_PATH = "/302/submit/removebg"
UPSCALE_PATH = "/302/submit/upscale-v6"
ERASE_PATH = "/302/submit/erase"
# What both sources say of a form, though what comes back is JSON that has a link.
AN_IMAGE = {"accept": "image/*"}


def remove_request(image: bytes, extra: Mapping[str, Any] | None = None) -> Request:
    """Build the order that makes an image's background transparent: the file itself goes."""
    return replace(paid_form(REMOVE_PATH, {"image": image, **(extra or {})}), headers=AN_IMAGE)


def upscale_request(image: str, scale: int, extra: Mapping[str, Any] | None = None) -> Request:
    """Build the order that enlarges the image behind a link, or that of a data URI."""
    body = {"image_url": image, "scale_factor": scale, **(extra or {})}
    return paid_json(UPSCALE_PATH, body)


def erase_request(image: bytes, mask: bytes, extra: Mapping[str, Any] | None = None) -> Request:
    """Build the order that erases a part of an image: two files go, which are called links."""
    values = {"image_url": image, "mask_image_url": mask, **(extra or {})}
    return replace(paid_form(ERASE_PATH, values), headers=AN_IMAGE)


def fetch_request(task_id: str) -> Request:
    """Build the request that polls a task. This costs nothing, and may be repeated.

    Raises:
        InvalidInputError: It is not an id.
    """
    return Request("GET", f"/302/task/{path_segment(task_id, 'task_id')}/fetch")


def read_order(reply: Reply) -> ImageTask:
    """Read the response to an order: a task, which may be done, and may have no id then.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: There is neither an image nor a task's id.
    """
    if media_type_of(reply.body) is not None:
        return read_task(reply)
    return task_in(_named(any_object(reply, "a task")), reply, reply.request_id)


def read_poll(reply: Reply) -> ImageTask:
    """Read how far a task is. Its cost is recorded under the order's request id, not under this.

    Raises:
        JobFailedError: It failed; the text has the gateway's words.
        MalformedReplyError: There is no task's id, or it is done and brought no image.
    """
    return task_in(_named(any_object(reply, "a task")), reply, None)


def _named(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a reply with its task's id, and that it is done, under their usual names."""
    named = raw.get("id")
    if task_id_in(raw) is None and isinstance(named, (str, int)) and named and named is not True:
        raw = {**raw, "task_id": str(named)}
    if not state_in(raw) and images_in(raw).images:
        raw = {**raw, "status": "completed"}
    return raw
