"""One image processed, as flows: ordered once, and waited for if it became a task."""

from __future__ import annotations

from core_302 import log
from core_302.endpoints.image_processing import (
    erase_request,
    fetch_request,
    read_order,
    read_poll,
    remove_request,
    upscale_request,
)
from core_302.endpoints.image_reply import ImageJob, ImageTask
from core_302.flow import AskPolicies, Flow, Limit, Policies, ask
from core_302.flows.download import image_content
from core_302.flows.image_jobs import paid, pollable, waited_for
from core_302.flows.tasks import NOT_SEEN
from core_302.http import Reply, Request
from core_302.options.image import data_uri
from core_302.options.image_processing import (
    EraseRequest,
    RemoveBackgroundRequest,
    UpscaleRequest,
)

RESUMED_BY = "client.run(resume_processed(task_id))"


def remove_background(
    asked: RemoveBackgroundRequest, *, resumed_by: str = RESUMED_BY
) -> Flow[ImageJob]:
    """Make an image's background transparent, and wait for it. Paid: ordered once.

    The endpoint takes a file: an image behind a link is fetched first, within limits.

    Args:
        asked: The image.
        resumed_by: The method that asks for its task again, for errors.

    Raises:
        AI302Error: With `task_id` set, if a task was ordered.
    """
    image = yield from image_content(asked.image, "image")
    return (yield from _processed(remove_request(image, asked.extra_body), resumed_by))


def upscale(asked: UpscaleRequest, *, resumed_by: str = RESUMED_BY) -> Flow[ImageJob]:
    """Enlarge an image, and wait for it. Paid: ordered once.

    Args:
        asked: The image; bytes go as a data URI, and nothing is uploaded.
        resumed_by: The method that asks for its task again, for errors.

    Raises:
        AI302Error: With `task_id` set, if a task was ordered.
    """
    image = data_uri(asked.image) if isinstance(asked.image, bytes) else asked.image
    order = upscale_request(image, asked.scale, asked.extra_body)
    return (yield from _processed(order, resumed_by))


def erase(asked: EraseRequest, *, resumed_by: str = RESUMED_BY) -> Flow[ImageJob]:
    """Erase what a mask shows from an image, and wait for it. Paid: ordered once.

    The endpoint takes files: images behind links are fetched first, within limits.

    Args:
        asked: The image and the mask.
        resumed_by: The method that asks for its task again, for errors.

    Raises:
        AI302Error: With `task_id` set, if a task was ordered.
    """
    image = yield from image_content(asked.image, "image")
    mask = yield from image_content(asked.mask, "mask")
    return (yield from _processed(erase_request(image, mask, asked.extra_body), resumed_by))


def resume_processed(task_id: str, *, resumed_by: str = RESUMED_BY) -> Flow[ImageJob]:
    """Wait for an image that was ordered earlier. This costs nothing.

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
    return (yield from waited_for(ImageTask(task_id, NOT_SEEN, None), _look, resumed_by))


def _processed(order: Request, resumed_by: str) -> Flow[ImageJob]:
    task = yield from paid(order, _read_new_task, resumed_by)
    return (yield from waited_for(task, _look, resumed_by))


def _look(task_id: str) -> Flow[ImageTask]:
    return ask(fetch_request(task_id), read_poll)


def _read_new_task(reply: Reply) -> ImageTask:
    return pollable(read_order(reply), fetch_request)
