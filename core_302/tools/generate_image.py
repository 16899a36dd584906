"""generate_image: any image model of 302.AI, and work on given images.

Its arguments are few, and such that a model fills them well: what to draw, what to work on, which
shape, how many. The rest is the operator's, or a program's (`ImageRequest`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from core_302.flow import Flow
from core_302.options.given import format_as_written
from core_302.options.image import MOST_INPUTS, ImageRequest, several
from core_302.tools.budget import ASSUMED_PRICE
from core_302.tools.capability import (
    FILES,
    LINKS,
    Capability,
    Price,
    ToolResult,
    arguments_class,
)
from core_302.tools.context import ToolContext
from core_302.tools.image_result import image_result, resumed_images
from core_302.tools.image_tool import drawn
from core_302.tools.settings import ImageSettings

FIELDS = ("prompt", "size", "aspect_ratio", "n")
Format = Annotated[Literal["png", "jpeg", "webp"], BeforeValidator(format_as_written)]
Inputs = Annotated[list[str], BeforeValidator(several), Field(max_length=MOST_INPUTS)]


def _arguments(settings: ImageSettings, files: bool) -> type[BaseModel]:  # noqa: FBT001
    source = FILES if files else LINKS
    about = f"Images to work on, in order; each is {source}."
    masks = f"For models that take one: what to change, transparent, as {source}."
    described = ImageRequest.model_fields["output_format"]
    fields: dict[str, Any] = {
        "images": (Annotated[Inputs | None, Field(description=about)], None),
        "mask": (Annotated[str | None, Field(description=masks)], None),
        "output_format": (Format | None, described),
    }
    models = tuple(dict.fromkeys([settings.model, *settings.more_models]))
    if len(models) > 1:
        choice: Any = Literal[models]
        about = f"The image model; {models[0]} if left out."
        fields["model"] = (Annotated[choice | None, Field(description=about)], None)
    return arguments_class("GenerateImage", fields, ImageRequest, *FIELDS)


def _flow(
    context: ToolContext, settings: ImageSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    chosen = {**arguments, "model": arguments.get("model") or settings.model}
    report = yield from drawn(context, chosen, as_task=settings.as_task)
    return image_result(report)


GENERATE_IMAGE = Capability(
    name="generate_image",
    description=(
        "Draw an image from a description in words, or change or combine given images. Answers "
        "with the link of each image made."
    ),
    price=Price(
        note="Each image costs money: call it once for what is wanted, with n for several.",
        documented="that of the image model",
        source="302.AI's page of the unified image endpoint",
        date="2026-11-21",
        assumed=ASSUMED_PRICE,
    ),
    settings=ImageSettings,
    arguments=_arguments,
    flow=_flow,
    resume=resumed_images,
    rules=ImageRequest,
)
