"""Images: how to request them. Responses are read in `image_reply.py`.

Three endpoints make images: the unified one (page "Generate images"), its second version, whose
tasks are polled (302.AI's command-line tool, `api/image.py`, and its model of a task), and OpenAI's
form (page "Image generation (gpt-image-1)"; its edits as tasks: the same tool). All are paid: none
is repeated once it was sent. Which of them serves a model is the catalogue's to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from core_302.catalogue.image_facts import UNLISTED, image_model_facts
from core_302.endpoints.path_segment import path_segment
from core_302.errors import InvalidInputError
from core_302.http import LARGEST_IMAGES, FormPart, Request, json_content
from core_302.media_types import media_type_of
from core_302.options.image import ImageRequest, OpenAIImageRequest, data_uri

UNIFIED_PATH = "/302/image/generate"
TASK_PATH = "/302/v2/image/generate"
FETCH_PATH = "/302/v2/image/fetch/"
GENERATIONS_PATH = "/v1/images/generations"
EDITS_PATH = "/v1/images/edits"
# What the command-line tool calls it for every model; some models' own lists say `mask`.
MASK_FIELD = "mask_image"

UNIFIED_FIELDS = (
    "prompt",
    "model",
    "width",
    "height",
    "size",
    "negative_prompt",
    "aspect_ratio",
    "quality",
    "background",
    "n",
    "seed",
    "output_format",
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
    body = unified_body(asked, files=True)
    as_form = any(isinstance(value, bytes) for value in body.values())
    return paid_form(UNIFIED_PATH, body) if as_form else paid_json(UNIFIED_PATH, body)


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
    query = {"run_async": "true" if run_async else "false"}
    if webhook is not None:
        if not run_async or urlsplit(webhook).scheme not in ("http", "https"):
            raise InvalidInputError(
                "webhook must be an http(s) link, and only a task (run_async) takes one."
            )
        query["webhook"] = webhook
    return paid_json(TASK_PATH, unified_body(asked), query)


def unified_body(asked: ImageRequest, *, files: bool = False) -> dict[str, Any]:
    """Return the fields of both versions of the unified endpoint, as the model spells them.

    Args:
        asked: What is asked.
        files: Leave the bytes of a single image as they are, for a form.
    """
    body = _values(asked, UNIFIED_FIELDS)
    if len(asked.images) == 1 and files:
        body["image"] = asked.images[0]
    elif asked.images:
        images = [_as_text(image) for image in asked.images]
        body["image"] = images[0] if len(images) == 1 else images
    facts = image_model_facts(asked.model) or UNLISTED
    if asked.mask is not None:
        body[facts.spelling("mask", MASK_FIELD)] = _as_text(asked.mask)
    return body | facts.sent_along(body) | dict(asked.extra_body or {})


def _as_text(image: str | bytes) -> str:
    return data_uri(image) if isinstance(image, bytes) else image


def fetch_request(task_id: str) -> Request:
    """Build the request that polls a task. This costs nothing, and may be repeated.

    Raises:
        InvalidInputError: It is not an id.
    """
    return Request("GET", FETCH_PATH + path_segment(task_id, "task_id"), most_bytes=LARGEST_IMAGES)


def openai_request(asked: OpenAIImageRequest, *, run_async: bool = False) -> Request:
    """Build a request in OpenAI's form: a generation, or an edit if there are input images.

    The file field is `image`, once for each image: the gateway refuses the `image[]` that the
    OpenAI SDK sends for a list. With `run_async` it answers at once, with a task's id.
    """
    values = _values(asked, OPENAI_FIELDS) | dict(asked.extra_body or {})
    query = {"async": "true"} if run_async else {}
    if asked.response_format:
        query["response_format"] = asked.response_format
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
        model=str(body.get("model") or ""),
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
        model=str(values.get("model") or ""),
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
