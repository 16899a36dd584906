"""Videos: how a task is ordered and polled, and how its replies are read.

Source: 302.AI's command-line tool, cli-302ai 1.0.5, `api/video.py` and `cli/video.py`. An order is
always a task. It is paid, and never repeated once it was sent.
"""

from __future__ import annotations

from typing import Any

from core_302.catalogue.video_facts import video_model_facts
from core_302.endpoints.file_tasks import (
    FilePlaces,
    FileTask,
    read_file_order,
    read_file_poll,
)
from core_302.endpoints.images import paid_json
from core_302.endpoints.path_segment import path_segment
from core_302.errors import InvalidInputError
from core_302.http import Reply, Request
from core_302.options.image import data_uri
from core_302.options.video import VideoRequest, check_webhook

CREATE_PATH = "/302/v2/video/create"
FETCH_PATH = "/302/v2/video/fetch/"
FIELDS = ("duration", "resolution", "aspect_ratio", "negative_prompt")
PLACES = FilePlaces(
    "a video",
    ("video_url", "video_urls"),
    frozenset({"video", "videos", "videoUrl", "content"}),
)


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


def read_video_order(reply: Reply) -> FileTask:
    """Read the response to an order. See `read_file_order`."""
    return read_file_order(reply, PLACES)


def read_video_poll(reply: Reply) -> FileTask:
    """Read how far a task is. See `read_file_poll`."""
    return read_file_poll(reply, PLACES)


def _query(webhook: str | None) -> dict[str, str]:
    if webhook is None:
        return {}
    try:
        return {"webhook": check_webhook(webhook)}
    except ValueError as error:
        raise InvalidInputError(f"webhook {error}.") from None


def _as_text(image: str | bytes) -> str:
    return data_uri(image) if isinstance(image, bytes) else image
