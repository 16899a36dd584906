"""generate_image: draws from words, with any image model of 302.AI.

Its arguments are few, and such that a model fills them well: what to draw, which shape, how many.
The rest is the operator's, or a program's (`ImageRequest`). Given images are changed by
`edit_image`: docs/decisions/0032-editing-images.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator

from core_302.catalogue.image_facts import ImageModelFacts, image_model_facts
from core_302.errors import InvalidInputError
from core_302.flow import Flow
from core_302.options.given import format_as_written
from core_302.options.image import ImageRequest
from core_302.tools.budget import ASSUMED_PRICE
from core_302.tools.capability import Capability, Price, ToolResult, arguments_class
from core_302.tools.chosen_models import choice_of, models_that
from core_302.tools.context import ToolContext
from core_302.tools.image_result import image_result, resumed_images
from core_302.tools.image_tool import drawn
from core_302.tools.settings import ImageSettings

FIELDS = ("prompt", "size", "aspect_ratio", "n")
Format = Annotated[Literal["png", "jpeg", "webp"], BeforeValidator(format_as_written)]
FORMAT = (Format | None, ImageRequest.model_fields["output_format"])


def _draws(facts: ImageModelFacts) -> bool:
    return not facts.needs_image


def _arguments(settings: ImageSettings, _: bool) -> type[BaseModel]:  # noqa: FBT001
    fields = {"output_format": FORMAT, **choice_of(models_that(_draws, settings))}
    return arguments_class("GenerateImage", fields, ImageRequest, *FIELDS)


def _flow(
    context: ToolContext, settings: ImageSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    model = arguments.get("model") or models_that(_draws, settings)[0]
    if (facts := image_model_facts(model)) is not None and not _draws(facts):
        raise InvalidInputError(
            f"{model} draws nothing from words alone: it changes given images (edit_image). "
            "Nothing was sent."
        )
    report = yield from drawn(context, {**arguments, "model": model}, as_task=settings.as_task)
    return image_result(report)


GENERATE_IMAGE = Capability(
    name="generate_image",
    description=(
        "Draw, create a new image (a picture, an illustration) from a description. "
        "Answers with the link of each image made."
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
