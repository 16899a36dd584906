"""Images by any model: each order goes to the endpoint that serves its model, and is waited for.

The rule it keeps: what the catalogue does not know goes to today's endpoint, the second version of
the unified one, as a task; 302.AI's own tool advises that. A task is looked for where its order
went; one that is named by its id alone, wherever a task may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from core_302 import log
from core_302.catalogue.image_facts import UNLISTED, image_model_facts, image_models
from core_302.endpoints.async_results import (
    RESULT_PATHS,
    async_result_request,
    read_async_result,
)
from core_302.endpoints.image_reply import ImageJob, ImageTask, read_poll, read_task
from core_302.endpoints.images import (
    fetch_request,
    image_request,
    openai_request,
    task_request,
)
from core_302.errors import ModelNotAvailableError, NotFoundError
from core_302.flow import AskPolicies, Flow, Limit, Policies, Result, ask
from core_302.flows.download import image_content
from core_302.flows.image_jobs import RESUMED_BY, image_job, image_task, paid, waited_for
from core_302.flows.tasks import NOT_SEEN
from core_302.options.image import ImageRequest, OpenAIImageRequest

SHOWN_MODELS = 12  # that an error names


def draw(
    asked: ImageRequest, *, as_task: bool | None = None, resumed_by: str = RESUMED_BY
) -> Flow[ImageJob]:
    """Draw an image, and wait for it. Paid: ordered once.

    Args:
        asked: The image.
        as_task: Order a task and poll it, or ask in one call; by default as the model's endpoint
            is best asked: the first version of the unified one has no tasks, an edit takes minutes.
        resumed_by: How a task is asked for again, for errors.

    Raises:
        ModelNotAvailableError: No channel serves the model; the text names models of today.
        AI302Error: See the tree in `core_302.errors`.
    """
    endpoint = (image_model_facts(asked.model) or UNLISTED).endpoint
    if endpoint == "openai":
        as_task = bool(asked.images) if as_task is None else as_task
        job = _in_openais_form(asked, resumed_by, as_task=as_task)
    elif as_task or (as_task is None and endpoint == "v2"):
        job = image_task(task_request(asked), resumed_by)
    elif endpoint == "v1":
        job = image_job(image_request(asked), resumed_by)
    else:
        job = image_job(task_request(asked, run_async=False), resumed_by)
    return (yield from offered(asked.model, job))


def offered(model: str, job: Flow[Result]) -> Flow[Result]:
    """Run an order; where the gateway serves its model no more, the error names others."""
    try:
        return (yield from job)
    except ModelNotAvailableError as error:
        today = [name for name in image_models(today=True) if name != model]
        error.add(
            f"302.AI does not offer {model!r} any more, or never did. Image models of today: "
            f"{', '.join(today[:SHOWN_MODELS])}."
        )
        raise


def look(task_id: str) -> Flow[ImageTask]:
    """Ask once how far a task is, wherever it was ordered. This costs nothing."""
    try:
        return (yield from ask(fetch_request(task_id), read_poll))
    except NotFoundError as error:
        try:
            return (yield from _look_at_results(task_id))
        except NotFoundError:
            raise error from None


def resume(task_id: str, *, resumed_by: str = RESUMED_BY) -> Flow[ImageJob]:
    """Wait for the images of a task that was made earlier. This costs nothing.

    Raises:
        InvalidInputError: It is not a task's id. Nothing was sent.
        AI302Error: See the tree in `core_302.errors`.
    """
    fetch_request(task_id)
    policies: Policies = yield AskPolicies()
    log.task_resumed(task_id, policies.safe)
    yield Limit("job")
    return (yield from waited_for(ImageTask(task_id, NOT_SEEN, None), look, resumed_by))


def _look_at_results(task_id: str, paths: Sequence[str] = RESULT_PATHS) -> Flow[ImageTask]:
    """Ask how far an edit is, at the first of `paths` that knows it."""
    read = partial(read_async_result, task_id=task_id)
    for path in paths[:-1]:
        try:
            return (yield from ask(async_result_request(task_id, path), read))
        except NotFoundError:
            continue
    return (yield from ask(async_result_request(task_id, paths[-1]), read))


def _in_openais_form(asked: ImageRequest, resumed_by: str, *, as_task: bool) -> Flow[ImageJob]:
    images = []
    for image in asked.images:
        content = yield from image_content(image, "images")
        images.append(content)
    mask = (yield from image_content(asked.mask, "mask")) if asked.mask is not None else None
    given = ("prompt", "model", "size", "n", "quality", "background", "output_format")
    request = OpenAIImageRequest(
        **{name: getattr(asked, name) for name in given},
        images=tuple(images),
        mask=mask,
        response_format="url",
        extra_body=asked.extra_body,
    )
    if not as_task:
        return (yield from image_job(openai_request(request), resumed_by))
    order = openai_request(request, run_async=True)
    task = yield from paid(order, read_task, resumed_by)
    return (yield from waited_for(task, _look_at_results, resumed_by))
