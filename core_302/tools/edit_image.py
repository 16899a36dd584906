"""edit_image: changes or combines given images, as words say; with a mask, a part of the first.

How many images a model takes, and whether a mask, is what the catalogue says of it: a model reads
no argument that none of the operator's models takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from core_302.catalogue.image_facts import ImageModelFacts, image_model_facts
from core_302.flow import Flow
from core_302.options.image import MOST_INPUTS, ImageRequest, Prompt, several
from core_302.tools.budget import ASSUMED_PRICE
from core_302.tools.capability import (
    FILES,
    LINKS,
    Capability,
    Price,
    ToolResult,
    arguments_class,
)
from core_302.tools.chosen_models import choice_of, models_that
from core_302.tools.context import ToolContext
from core_302.tools.generate_image import FORMAT
from core_302.tools.image_result import image_result, resumed_images
from core_302.tools.image_tool import drawn
from core_302.tools.settings import ImageSettings

FIELDS = ("size", "aspect_ratio", "n")
ABOUT_PROMPT = "What to change, and what must stay as it is, in plain words."


def _edits(facts: ImageModelFacts) -> bool:
    return facts.takes("images") is not None


def _arguments(settings: ImageSettings, files: bool) -> type[BaseModel]:  # noqa: FBT001
    models = models_that(_edits, settings)
    known = [image_model_facts(model) for model in models]
    most = max(map(_most_images, known))
    source = FILES if files else LINKS
    about = f"The images to change or combine, in order; each is {source}."
    images = Annotated[
        list[str],
        BeforeValidator(several),
        Field(min_length=1, max_length=most, description=about),
    ]
    fields: dict[str, Any] = {
        "prompt": (Annotated[Prompt, Field(description=ABOUT_PROMPT)], ...),
        "images": (images, ...),
    }
    if any(facts is None or facts.takes("mask") for facts in known):
        about = "For models that take one: an image like the first, transparent where to change "
        about += f"it, as {source}."
        fields["mask"] = (Annotated[str | None, Field(description=about)], None)
    fields |= {"output_format": FORMAT, **choice_of(models)}
    return arguments_class("EditImage", fields, ImageRequest, *FIELDS)


def _most_images(facts: ImageModelFacts | None) -> int:
    taken = facts.takes("images") if facts is not None else None
    return (taken.most if taken is not None else None) or MOST_INPUTS


def _flow(
    context: ToolContext, settings: ImageSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    model = arguments.get("model") or models_that(_edits, settings)[0]
    report = yield from drawn(context, {**arguments, "model": model}, as_task=settings.as_task)
    return image_result(report)


EDIT_IMAGE = Capability(
    name="edit_image",
    description=(
        "Edit given images: change or combine them, as described. Answers with the link of each "
        "image made."
    ),
    price=Price(
        note="Each image costs money: say all that is to change in one call.",
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
