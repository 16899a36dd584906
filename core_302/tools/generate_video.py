"""generate_video: a video from words or from images, ordered as a task that takes minutes.

Its arguments are few, and such that a model fills them well. The rest is the operator's, or a
program's (`VideoRequest`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from core_302.endpoints.file_tasks import FileJob
from core_302.errors import InvalidInputError
from core_302.flow import Flow
from core_302.flows import tasks
from core_302.flows.videos import make_video, resume_video
from core_302.options.image import TOLD_IN_WORDS, several
from core_302.options.video import MOST_INPUTS, VideoRequest
from core_302.tools.capability import (
    FILES,
    LINKS,
    Capability,
    Price,
    ToolResult,
    arguments_class,
)
from core_302.tools.context import File, ToolContext
from core_302.tools.image_tool import given_image, wrong_arguments
from core_302.tools.made_files import files_in_words, kept_files, noted, told_if_left
from core_302.tools.settings import VideoSettings
from core_302.tools.untrusted_text import one_line

FIELDS = ("prompt", "duration", "resolution", "aspect_ratio")
USUAL_SECONDS = 8  # that are assumed where no length is asked for
LARGEST_VIDEO = 256 * 1024 * 1024  # bytes of one that is fetched
# Of all images of one order: what the model with the largest bodies takes (Seedance 2.5).
MOST_BYTES = 64 * 1024 * 1024
MADE = "A video was made and paid"
LONGEST_NOTE = 500  # characters
Inputs = Annotated[list[str], BeforeValidator(several), Field(max_length=MOST_INPUTS)]


def _arguments(settings: VideoSettings, files: bool) -> type[BaseModel]:  # noqa: FBT001
    source = FILES if files else LINKS
    about = f"The image to begin with, or images to be seen in it; each is {source}."
    end = f"The last frame, as {source}."
    fields: dict[str, Any] = {
        "images": (Annotated[Inputs | None, Field(description=about)], None),
        "end_image": (Annotated[str | None, Field(description=end)], None),
    }
    models = tuple(dict.fromkeys([settings.model, *settings.more_models]))
    if len(models) > 1:
        choice: Any = Literal[models]
        about = f"The video model; {models[0]} if left out."
        fields["model"] = (Annotated[choice | None, Field(description=about)], None)
    return arguments_class("GenerateVideo", fields, VideoRequest, *FIELDS)


def _flow(
    context: ToolContext, settings: VideoSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    asked = yield from _checked(context, settings, arguments)
    assumed = (asked.duration or USUAL_SECONDS) * settings.assumed_price_of_second
    job = make_video(
        asked,
        webhook=settings.webhook,
        longest_wait=settings.longest_wait,
        resumed_by=tasks.BY_TOOL,
    )
    with told_if_left(MADE) as links:
        noting = noted(job, links, lambda done: done.links)
        done, cost = yield from context.charged(noting, assumed, lambda done: done.cost_ids)
        files = yield from kept_files(context, done.links, asked.prompt, LARGEST_VIDEO)
    return _result(done, files, cost, asked)


def _resumed(context: ToolContext, settings: VideoSettings, task_id: str) -> Flow[ToolResult]:
    wait = settings.longest_wait
    job = resume_video(task_id, longest_wait=wait, resumed_by=tasks.BY_TOOL)
    with told_if_left(MADE) as links:
        done = yield from noted(job, links, lambda done: done.links)
        cost = yield from context.cost(done.cost_ids)
        files = yield from kept_files(context, done.links, f"task {task_id}", LARGEST_VIDEO)
    return _result(done, files, cost)


def _checked(
    context: ToolContext, settings: VideoSettings, arguments: Mapping[str, Any]
) -> Flow[VideoRequest]:
    """Return the request that a model asks for, with the files that it names."""
    values = {**arguments, "on_unsupported": context.on_unsupported}
    values["model"] = arguments.get("model") or settings.model
    if arguments.get("images"):
        values["images"] = yield from _given_images(context, arguments["images"])
    if arguments.get("end_image"):
        values["end_image"] = yield from given_image(context, arguments["end_image"], "end_image")
    try:
        return VideoRequest.model_validate(values, context=TOLD_IN_WORDS)
    except ValidationError as error:
        raise InvalidInputError(wrong_arguments(error, VideoRequest)) from None


def _given_images(context: ToolContext, names: Sequence[str]) -> Flow[list[str | bytes]]:
    images, left = [], MOST_BYTES
    for name in names:
        image = yield from given_image(context, name, "images")
        images.append(image)
        left -= len(image)
        if left < 0:
            raise InvalidInputError(
                f"images: together they have more than {MOST_BYTES:,} bytes: give fewer, or links. "
                "Nothing was sent."
            )
    return images


def _result(
    job: FileJob, files: list[File], cost: float | None, asked: VideoRequest | None = None
) -> ToolResult:
    """Tell of what was made; without what was asked for, of a task that is resumed."""
    prompt = asked.prompt if asked is not None else f"task {job.task_id}"
    model, notes = (asked.model, asked.notes) if asked is not None else (None, ())
    report = {
        "kind": "video",
        "prompt": prompt,
        "model": model,
        "files": files,
        "request_id": job.request_id,
        "task_id": job.task_id,
        "cost": cost,
        "raw": dict(job.raw),
        "notes": [*notes],
    }
    made = "Made a video" if len(files) == 1 else f"Made {len(files)} videos"
    head = one_line(f"{made} with {model}:" if model else f"{made}:")
    told = [f"Note: {one_line(note, LONGEST_NOTE)}" for note in notes]
    return ToolResult("\n".join([head, files_in_words(files), *told]), report)


GENERATE_VIDEO = Capability(
    name="generate_video",
    description=(
        "Make a short video from a description in words, or from images that it begins or ends "
        "with. It takes minutes. Answers with the link of the video."
    ),
    price=Price(
        note="A video costs much more than an image: make one only if a video is asked for.",
        documented="by model and second; of kling-o3, 0.168 US dollars a second",
        source="302.AI's command-line tool, cli-302ai 1.0.5, core/models.py",
        date="2026-11-26",
        assumed=1.0,
    ),
    settings=VideoSettings,
    arguments=_arguments,
    flow=_flow,
    resume=_resumed,
    rules=VideoRequest,
)
