"""generate_avatar: stylised portraits from a photo of a face."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field

from core_302.flow import Flow
from core_302.options.avatar import AvatarRequest
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
from core_302.tools.image_tool import portrayed
from core_302.tools.settings import AvatarSettings

# The custom prompt first: beside it, a style is ignored, and is not checked.
FIELDS = ("person_type", "custom_prompt", "style", "num", "width", "height")


def _arguments(_: AvatarSettings, files: bool) -> type[BaseModel]:  # noqa: FBT001
    about = f"The photo of the face: {FILES if files else LINKS}."
    image: dict[str, Any] = {"image": (Annotated[str, Field(description=about)], ...)}
    return arguments_class("GenerateAvatar", image, AvatarRequest, *FIELDS)


def _flow(
    context: ToolContext, settings: AvatarSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    report = yield from portrayed(context, {**arguments, "model": settings.prompt_model})
    return image_result(report)


GENERATE_AVATAR = Capability(
    name="generate_avatar",
    description=(
        "Make one to four avatars (stylised portraits) from a photo of a face, in a named style or "
        "in a look described in words. Answers with the link of each."
    ),
    price=Price(
        note="Each avatar costs money.",
        documented="the language model's tokens, and /302/submit/flux-selfie for each avatar",
        source="302.AI's page of the avatar endpoint",
        date="2026-11-21",
        assumed=ASSUMED_PRICE,
    ),
    settings=AvatarSettings,
    arguments=_arguments,
    flow=_flow,
    resume=resumed_images,
    rules=AvatarRequest,
)
