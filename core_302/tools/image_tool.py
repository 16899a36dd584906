"""Image tools: the course of a paid job, from a model's arguments to files and a report.

Written once, as flows: the blocking and the asynchronous tool of every framework run the same text.
What was paid for is never lost: when a later step fails, the report says so and keeps the link.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from pydantic import BaseModel, ValidationError

from core_302.endpoints.avatars import avatar_request
from core_302.endpoints.image_places import GeneratedImage
from core_302.endpoints.image_reply import ImageJob
from core_302.errors import AI302Error, ConfigurationError, InvalidInputError
from core_302.flow import Blocking, Flow
from core_302.flows.download import download, why
from core_302.flows.drawing import draw, resume
from core_302.flows.image_jobs import image_job
from core_302.flows.tasks import BY_TOOL
from core_302.image_parts import ImageFile, image_file
from core_302.log import TASKS
from core_302.media_types import media_type_of
from core_302.options.avatar import AvatarRequest
from core_302.options.chat import explain
from core_302.options.image import MOST_INPUTS, TOLD_IN_WORDS, Asked, ImageRequest, several
from core_302.tools.context import ToolContext
from core_302.tools.file_store import save_image
from core_302.tools.untrusted_text import (
    LONGEST_ERROR,
    MOST_IMAGES,
    item_list,
    link_or_none,
    one_line,
)

NO_FIELD = "This tool takes no such argument"
# It draws and edits under one name, is no preview, and its vendor has announced no end of it:
# docs/decisions/0023-image-requests.md.
DEFAULT_IMAGE_MODEL = "wan2.7-image"
LONGEST_PROBLEM = 500  # characters of a problem or a note that goes to a model


class Image(TypedDict):
    """One image that was made. A value that is not known is None.

    `path`, `media_type`, `width`, `height` and `bytes` are known for an image that was fetched;
    `problem` says why one was not. An image that cannot be read at all has nothing but that.
    """

    url: str | None
    path: str | None
    media_type: str | None
    width: int | None
    height: int | None
    bytes: int | None
    problem: str | None


class Report(TypedDict):
    """The result of a job, in plain values that any store can keep.

    `cost` is in PTC, or None if it is unknown; `raw` is the gateway's response without base64;
    `notes` say what was sent otherwise than it was requested.
    """

    kind: str
    prompt: str
    model: str | None
    images: list[Image]
    request_id: str | None
    task_id: str | None
    cost: float | None
    raw: dict[str, Any]
    notes: list[str]


def drawn(
    context: ToolContext, given: Mapping[str, Any], *, as_task: bool | None = None
) -> Flow[Report]:
    """Draw an image, or work on given ones.

    Args:
        context: What the tools share.
        given: Fields of `ImageRequest`, as a model filled them in.
        as_task: Order a task and poll it, or ask in one call; see `flows.drawing.draw`.

    Raises:
        AI302Error: Nothing was made, or it is unknown whether; see the tree in
            `core_302.errors`.
    """
    request = yield from checked(context, ImageRequest, given)
    job = draw(request, as_task=as_task, resumed_by=BY_TOOL)
    images = request.n or 1
    report = yield from _make(context, "image", job, images, request.prompt, request.model)
    return _with_notes(report, request)


def portrayed(context: ToolContext, given: Mapping[str, Any]) -> Flow[Report]:
    """Make avatars from a photo.

    Args:
        context: What the tools share.
        given: Fields of `AvatarRequest`, as a model filled them in.

    Raises:
        AI302Error: Nothing was made, or it is unknown whether; see the tree in
            `core_302.errors`.
    """
    request = yield from checked(context, AvatarRequest, given)
    look = request.custom_prompt or (request.style.value if request.style else "")
    job = image_job(avatar_request(request), BY_TOOL)
    report = yield from _make(context, "avatar", job, request.num, f"{look} avatar", None)
    return _with_notes(report, request)


def processed(context: ToolContext, job: Flow[ImageJob], words: str) -> Flow[Report]:
    """Run a job that makes one image of another, which `words` describe."""
    return _make(context, "image", job, 1, words, None)


def finished(
    context: ToolContext, task_id: str, waiting: Callable[..., Flow[ImageJob]] = resume
) -> Flow[Report]:
    """Wait for a task that was paid for earlier, and save its images."""
    job = yield from waiting(task_id, resumed_by=BY_TOOL)
    return (yield from _report(context, "image", job, f"task {task_id}", None))


def checked(context: ToolContext, kind: type[Asked], given: Mapping[str, Any]) -> Flow[Any]:
    """Return the request that a model asks for, with the images that it names.

    Raises:
        InvalidInputError: It cannot be sent, or names what may not be read. Nothing was sent.
    """
    values = {name: value for name, value in given.items() if value is not None}
    values["on_unsupported"] = context.on_unsupported
    for name in ("image", "mask"):
        if isinstance(image := values.get(name), str):
            values[name] = yield from given_image(context, image, name)
    if "images" in values and isinstance(images := several(values["images"]), (list, tuple)):
        values["images"] = yield from _given_images(context, images)
    try:
        return kind.model_validate(values, context=TOLD_IN_WORDS)
    except ValidationError as error:
        raise InvalidInputError(wrong_arguments(error, kind)) from None


def _given_images(context: ToolContext, images: Sequence[Any]) -> Flow[list[Any]]:
    given = []
    for image in images[: MOST_INPUTS + 1]:  # one more is said to be too many
        read = isinstance(image, str)
        given.append((yield from given_image(context, image, "images")) if read else image)
    return given


def given_image(context: ToolContext, image: str, name: str = "image") -> Flow[str | bytes]:
    """Return what a model gave as an image: a link or data URI, or a file's bytes.

    Args:
        context: What the tools share.
        image: What it gave.
        name: The argument, for errors.

    Raises:
        InvalidInputError: The link leads to an internal address, or the file may not be read.
    """
    return context.given_file(image, name, is_image, noun="image")


def _make(  # noqa: PLR0917
    context: ToolContext,
    kind: str,
    job: Flow[ImageJob],
    images: int,
    prompt: str,
    model: str | None,
) -> Flow[Report]:
    with context.budget.reserve(images) as share:
        done = yield from job
        # One that cannot be read was made, and billed.
        share.images = len(done.images) + len(done.problems)
        share.surely_billed = True
        report = yield from _report(context, kind, done, prompt, model)
        if report["cost"] is not None:
            share.cost = report["cost"]
    return report


def _report(
    context: ToolContext, kind: str, job: ImageJob, prompt: str, model: str | None
) -> Flow[Report]:
    images: list[Image] = []
    try:
        for image in job.images:
            kept = yield from _keep(context, image, prompt)
            images.append(kept)
        cost = yield from context.cost(job.cost_ids)
    except GeneratorExit:  # cancelled, or stopped by Ctrl-C: neither exception can tell this
        links = " ".join(image.link for image in job.images if image.link)
        TASKS.warning("A job was done and paid when its tool was left. Its images: %s", links)
        raise
    images += [_image(None, problem=problem) for problem in job.problems]
    return Report(
        kind=kind,
        prompt=prompt,
        model=model,
        images=images,
        request_id=job.request_id,
        task_id=job.task_id,
        cost=cost,
        raw=dict(job.raw),
        notes=[],
    )


def _keep(context: ToolContext, image: GeneratedImage, prompt: str) -> Flow[Image]:
    """Fetch an image and save it, if requested; report what went wrong."""
    if image.content is not None and (image.link is None or context.output_dir is not None):
        # Without a link and a folder of the operator's, it would be lost.
        found = image_file(image.content, "the image in the response")
        return (yield from _save(context, image.link, found, prompt))
    assert image.link is not None, "an image has a link or its bytes"
    if context.output_dir is None:
        return _image(image.link)
    try:
        found = yield from download(image.link)
    except AI302Error as error:
        return _image(image.link, problem=why(error))
    return (yield from _save(context, image.link, found, prompt))


def _save(context: ToolContext, link: str | None, found: ImageFile, prompt: str) -> Flow[Image]:
    folders = [context.output_dir] if context.output_dir is not None else []
    problem = None
    for folder in [*folders, None] if link is None else folders:
        try:
            path = yield Blocking(partial(_save_in, folder, found, prompt))
        except AI302Error as error:
            problem = str(error)
        else:
            return _image(link, found, path=str(path), problem=problem)
    return _image(link, found, problem=problem)


def is_image(content: bytes) -> bool:
    """Return whether a file's first bytes are those of an image."""
    return media_type_of(content) is not None


def wrong_arguments(
    error: ValidationError, rules: type[BaseModel], taken: Iterable[str] = ()
) -> str:
    """Say to a model which of its arguments break the `rules` of a class.

    Args:
        error: What pydantic says.
        rules: The class.
        taken: The arguments that there are: they are told to a model that gave another one.
    """
    said = one_line(explain(error, rules, hint=NO_FIELD), LONGEST_ERROR)
    unknown = any(detail["type"] == "extra_forbidden" for detail in error.errors())
    if unknown and (known := ", ".join(taken)):
        said = f"{said} It takes {known}."
    return f"{said} Nothing was sent: correct this and try again."


def in_words(report: Report) -> str:
    """Describe a job's result for a model: short, with what it can use next."""
    kind, bad = report["kind"], [i for i in report["images"] if _is_lost(i)]
    good = [image for image in report["images"] if not _is_lost(image)]
    made = f"Made {len(good)} {kind}{'s' if len(good) != 1 else ''}"
    made += f" with {report['model']}" if report["model"] else ""
    lines = [f"{one_line(made)}:", item_list(good, _in_words)]
    problems = [one_line(image["problem"] or "", LONGEST_PROBLEM) for image in bad]
    lines += [f"One more {kind} cannot be used: {problem}" for problem in problems]
    lines += [f"Note: {one_line(note, LONGEST_PROBLEM)}" for note in report["notes"]]
    return "\n".join(filter(None, lines))


def _is_lost(image: Image) -> bool:
    """Tell whether nothing of an image came but the reason why it cannot be read."""
    return image["url"] is None and image["media_type"] is None


def shown_images(report: Report) -> list[Image]:
    """Return the images that a model may see: not too many, and by links that are no more."""
    first = report["images"][:MOST_IMAGES]
    return [Image(**{**image, "url": link_or_none(image["url"])}) for image in first]


def _in_words(image: Image) -> str:
    facts = []
    if image["url"]:
        facts.append(link_or_none(image["url"]) or "its link cannot be shown")
    if image["width"] and image["height"]:
        facts.append(f"{image['width']}x{image['height']} {image['media_type']}")
    if image["path"]:
        facts.append(f"saved as {image['path']}")
    if image["problem"]:
        facts.append(f"but {one_line(image['problem'], LONGEST_PROBLEM).rstrip('.')}")
    return ", ".join(facts)


def _with_notes(report: Report, asked: Asked) -> Report:
    """Return a report that tells what was sent otherwise than it was asked for."""
    return Report(**{**report, "notes": [*asked.notes]})


def _save_in(folder: Path | None, found: ImageFile, prompt: str) -> Path:
    """Save an image in `folder`, or in a new temporary one."""
    try:
        return save_image(found, folder or Path(tempfile.mkdtemp(prefix="ai302-")), prompt)
    except OSError as error:
        raise ConfigurationError(f"The image cannot be saved: {error}.") from error


def _image(
    link: str | None,
    found: ImageFile | None = None,
    path: str | None = None,
    problem: str | None = None,
) -> Image:
    return Image(
        url=link,
        path=path,
        media_type=found.media_type if found else None,
        width=found.width if found else None,
        height=found.height if found else None,
        bytes=len(found.content) if found else None,
        problem=problem,
    )
