"""Images: how to request them. Responses are read in `image_reply.py`.

Three endpoints make images: the unified one (page "Generate images"), its second version, whose
tasks are polled (302.AI's command-line tool, `api/image.py`, and its model of a task), and OpenAI's
form (page "Image generation (gpt-image-1)"). All are paid: none is repeated once it was sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from core_302.errors import InvalidInputError
from core_302.http import LARGEST_IMAGES, FormPart, Request, json_content
from core_302.media_types import media_type_of
from core_302.options.image import ImageRequest, OpenAIImageRequest, data_uri

UNIFIED_PATH = "/302/image/generate"
TASK_PATH = "/302/v2/image/generate"
FETCH_PATH = "/302/v2/image/fetch/"
GENERATIONS_PATH = "/v1/images/generations"
EDITS_PATH = "/v1/images/edits"

FIELDS = (
    "prompt",
    "model",
    "width",
    "height",
    "negative_prompt",
    "aspect_ratio",
    "output_format",
    "image",
)
OPENAI_FIELDS = (
    "prompt",
    "model",
    "size",
    "n",
    "quality",
    "background",
    "moderation",
    "output_format",
    "output_compression",
)


def image_request(asked: ImageRequest) -> Request:
    """Build a request to the unified endpoint: JSON, or a form if the input image is bytes."""
    values = _values(asked, FIELDS)
    if isinstance(asked.image, bytes):
        return paid_form(UNIFIED_PATH, values | dict(asked.extra_body or {}))
    return paid_json(UNIFIED_PATH, values | dict(asked.extra_body or {}))


def task_request(
    asked: ImageRequest, *, run_async: bool = True, webhook: str | None = None
) -> Request:
    """Build a request for a task (second version); without `run_async` it answers when it is done.

    Args:
        asked: The image; bytes go as a data URI, since this endpoint is documented as JSON.
        run_async: Answer at once with the task's id.
        webhook: A link of yours that the gateway calls when the task is done.

    Raises:
        InvalidInputError: The webhook is not a link, or is given without `run_async`.
    """
    values = _values(asked, FIELDS)
    if isinstance(asked.image, bytes):
        values["image"] = data_uri(asked.image)
    query = {"run_async": "true" if run_async else "false"}
    if webhook is not None:
        if not run_async or urlsplit(webhook).scheme not in ("http", "https"):
            raise InvalidInputError(
                "webhook must be an http(s) link, and only a task (run_async) takes one."
            )
        query["webhook"] = webhook
    return paid_json(TASK_PATH, values | dict(asked.extra_body or {}), query)


def fetch_request(task_id: str) -> Request:
    """Build the request that polls a task. This costs nothing, and may be repeated."""
    if not task_id.strip():
        raise InvalidInputError("task_id is empty: name the task to resume.")
    return Request("GET", FETCH_PATH + quote(task_id, safe=""), most_bytes=LARGEST_IMAGES)


def openai_request(asked: OpenAIImageRequest) -> Request:
    """Build a request in OpenAI's form: a generation, or an edit if there are input images.

    The file field is `image`, once for each image: the gateway refuses the `image[]` that the
    OpenAI SDK sends for a list.
    """
    values = _values(asked, OPENAI_FIELDS) | dict(asked.extra_body or {})
    query = {"response_format": asked.response_format} if asked.response_format else {}
    if not asked.images:
        return paid_json(GENERATIONS_PATH, values, query)
    masks = [asked.mask] if asked.mask is not None else []
    files = [*(("image", image) for image in asked.images), *(("mask", mask) for mask in masks)]
    return paid_form(EDITS_PATH, values, query, files)


def paid_json(
    path: str, body: Mapping[str, Any], query: Mapping[str, str] | None = None
) -> Request:
    """Return the request of a paid job as JSON."""
    return Request(
        "POST",
        path,
        json_content(body),
        query=query or {},
        repeatable=False,
        most_bytes=LARGEST_IMAGES,
    )


def paid_form(
    path: str,
    values: Mapping[str, Any],
    query: Mapping[str, str] | None = None,
    files: Iterable[tuple[str, bytes]] = (),
) -> Request:
    """Return the request of a paid job as a form; values that are bytes go as files."""
    parts = [_part(name, value) for name, value in (*values.items(), *files)]
    return Request(
        "POST",
        path,
        form=tuple(parts),
        query=query or {},
        repeatable=False,
        most_bytes=LARGEST_IMAGES,
    )


def _values(asked: ImageRequest | OpenAIImageRequest, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(asked, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _part(name: str, value: Any) -> FormPart:
    if isinstance(value, bytes):
        media_type = media_type_of(value) or "application/octet-stream"
        return FormPart(name, value, f"{name}.{media_type.rpartition('/')[2]}", media_type)
    return FormPart(name, value if isinstance(value, str) else json.dumps(value))
