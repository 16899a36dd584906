"""What the documents leave open about images that are processed: the form and cost of an answer.

Each of the three orders is sent once, for a small photo.
"""

from __future__ import annotations

from typing import Any

from benchmarks.live.gateway import Gateway, content, ended, recorded, refused
from benchmarks.live.questions import PHOTO, Question, photo_file
from core_302.endpoints.image_places import images_in
from core_302.endpoints.image_processing import (
    ERASE_PATH,
    REMOVE_PATH,
    UPSCALE_PATH,
    fetch_request,
)
from core_302.media_types import media_type_of
from core_302.options.image import data_uri

PROCESSED = 0.1  # PTC, what the tools assume
AS_TASK, AT_ONCE = "a task, then a link, with a record", "at once a link, with a record"


def _answered(gateway: Gateway, path: str, **order: Any) -> str:
    """Send an order, wait for it, and return how it was answered."""
    reply = gateway.send("POST", path, most=PROCESSED, **order)
    if not reply.is_success:
        return refused(reply)
    if media_type_of(reply.content) is not None:
        return f"the file itself, {recorded(gateway, reply.headers.get('request-id'))}"
    state, how = content(reply), "at once"
    named = state.get("id") or state.get("task_id")
    if named and not images_in(state).images:
        state, how = ended(gateway, fetch_request(str(named)).path), "a task, then"
    form = "a link" if images_in(state).images else "no image"
    return f"{how} {form}, {recorded(gateway, reply.headers.get('request-id'))}"


def _background(gateway: Gateway) -> str:
    return _answered(gateway, REMOVE_PATH, files={"image": photo_file()})


def _enlarged(gateway: Gateway) -> str:
    body = {"image_url": data_uri(PHOTO.read_bytes()), "scale_factor": 2}
    return _answered(gateway, UPSCALE_PATH, json=body)


def _erased(gateway: Gateway) -> str:
    files = {"image_url": photo_file(), "mask_image_url": photo_file()}
    return _answered(gateway, ERASE_PATH, files=files)


PROCESSING_QUESTIONS = (
    Question("How is a removed background answered?", AS_TASK, _background),
    Question("Is a data URI enlarged, and how is that answered?", AS_TASK, _enlarged),
    Question("How is an erased part answered?", AT_ONCE, _erased),
)
