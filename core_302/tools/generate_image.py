"""generate_image: any image model of 302.AI, through the unified endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from core_302.flow import Flow
from core_302.options.given import format_as_written
from core_302.options.image import ImageRequest
from core_302.tools.capability import (
    FILES,
    LINKS,
    Capability,
    ToolResult,
    arguments_class,
    image_result,
)
from core_302.tools.image_tool import ToolContext
from core_302.tools.settings import ImageSettings

FIELDS = ("prompt", "width", "height", "aspect_ratio", "negative_prompt")
Format = Annotated[Literal["png", "jpeg", "webp"], BeforeValidator(format_as_written)]


def _arguments(settings: ImageSettings, files: bool) -> type[BaseModel]:  # noqa: FBT001
    about = f"The image to work on, for models that edit one: {FILES if files else LINKS}."
    described = ImageRequest.model_fields["output_format"]
    fields: dict[str, Any] = {
        "output_format": (Format | None, described),
        "image": (Annotated[str | None, Field(description=about)], None),
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
    report = yield from context.draw(chosen, as_task=settings.as_task)
    return image_result(report)


GENERATE_IMAGE = Capability(
    name="generate_image",
    description=(
        "Draw an image from a description in words, or work on a given image. Answers with the "
        "link of the image."
    ),
    price_note="Each call costs money: call it once for each image that is wanted.",
    settings=ImageSettings,
    arguments=_arguments,
    flow=_flow,
    rules=ImageRequest,
)
