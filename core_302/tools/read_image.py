"""read_image: the words on an image, or an answer to a question about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field

from core_302.errors import InvalidInputError
from core_302.flow import Flow
from core_302.image_parts import image_part
from core_302.messages.parts import text_part
from core_302.options.chat import ChatOptions
from core_302.options.image import check_image, data_uri
from core_302.tools.answers import PRICE_OF_AN_ANSWER, asked_model
from core_302.tools.capability import FILES, LINKS, Capability, Price, ToolResult, arguments_class
from core_302.tools.context import ToolContext
from core_302.tools.image_tool import given_image
from core_302.tools.settings import ReadImageSettings

READ_ALL = "Write down all words on this image, and say in one sentence what it shows."


def _arguments(_: ReadImageSettings, files: bool) -> type[BaseModel]:  # noqa: FBT001
    about = f"The image: {FILES if files else LINKS}."
    question = "What to find out; leave out for all words on the image."
    fields: dict[str, Any] = {
        "image": (Annotated[str, Field(description=about)], ...),
        "question": (Annotated[str | None, Field(description=question)], None),
    }
    return arguments_class("ReadImage", fields)


def _flow(
    context: ToolContext, settings: ReadImageSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    image = yield from given_image(context, arguments["image"])
    try:
        check_image(image)
    except ValueError as error:
        raise InvalidInputError(f"image: {error}. Nothing was sent.") from None
    address = data_uri(image) if isinstance(image, bytes) else image
    content = [text_part(arguments.get("question") or READ_ALL), image_part(address, "image")]
    options = ChatOptions(ocr=settings.ocr)
    return (yield from asked_model(context, settings.model, content, options))


READ_IMAGE = Capability(
    name="read_image",
    description="Read text, the words on an image (a scan, a photo, a screenshot), or answer a "
    "question about it.",
    price=Price(
        note="Each call costs a little money.",
        documented="the language model's tokens, and those of the reading model, if another reads",
        source="302.AI's page of image reading",
        date="2026-11-21",
        assumed=PRICE_OF_AN_ANSWER,
    ),
    settings=ReadImageSettings,
    arguments=_arguments,
    flow=_flow,
)
