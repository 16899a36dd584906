"""What the tools that process one image share: the words of arguments, the result, the price."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, Field

from core_302.endpoints.image_reply import ImageJob
from core_302.flow import Flow
from core_302.flows import tasks
from core_302.flows.image_processing import resume_processed
from core_302.options.image import Asked
from core_302.tools.budget import ASSUMED_PRICE
from core_302.tools.capability import FILES, LINKS, Capability, Price, ToolResult, arguments_class
from core_302.tools.context import ToolContext
from core_302.tools.image_result import image_result
from core_302.tools.image_tool import checked, finished, processed
from core_302.tools.settings import ProcessingSettings


def processing(  # noqa: PLR0917
    name: str,
    description: str,
    rules: type[Asked],
    job: Callable[..., Flow[ImageJob]],
    words: str,
    source: str,
) -> Capability:
    """Declare a capability that makes one image of another.

    Args:
        name: Its name.
        description: What a model reads of it.
        rules: The request; its fields are the arguments, and files are named in `image` and `mask`.
        job: Orders it, and waits.
        words: What was done, for the name of the file.
        source: What shows the endpoint, and names no price.
    """
    return Capability(
        name=name,
        description=description,
        price=Price(
            note="Each call costs money.",
            documented="no price was found",
            source=source,
            date="2026-11-26",
            assumed=ASSUMED_PRICE,
        ),
        settings=ProcessingSettings,
        arguments=partial(_arguments, name, rules),
        flow=partial(_flow, rules, job, words),
        resume=_resumed,
        rules=rules,
    )


def _arguments(
    name: str,
    rules: type[Asked],
    _: ProcessingSettings,
    files: bool,  # noqa: FBT001
) -> type[BaseModel]:
    own = {field: of for field, of in rules.model_fields.items() if field not in Asked.model_fields}
    source = FILES if files else LINKS
    images: dict[str, Any] = {
        field: (Annotated[str, Field(description=f"{own[field].description} It is {source}.")], ...)
        for field in ("image", "mask")
        if field in own
    }
    title = "".join(word.title() for word in name.split("_"))
    return arguments_class(title, images, rules, *(field for field in own if field not in images))


def _flow(
    rules: type[Asked],
    job: Callable[..., Flow[ImageJob]],
    words: str,
    context: ToolContext,
    _: ProcessingSettings,
    given: Mapping[str, Any],
) -> Flow[ToolResult]:
    asked = yield from checked(context, rules, given)
    report = yield from processed(context, job(asked, resumed_by=tasks.BY_TOOL), words)
    return image_result(report)


def _resumed(context: ToolContext, _: ProcessingSettings, task_id: str) -> Flow[ToolResult]:
    return image_result((yield from finished(context, task_id, resume_processed)))
