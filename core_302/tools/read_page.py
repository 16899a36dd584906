"""read_page: a page of the web as Markdown, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, Field

from core_302.endpoints.pages import Page, page_request, read_page
from core_302.errors import InvalidInputError
from core_302.flow import AskPolicies, Flow, Policies, ask
from core_302.links import check_link
from core_302.tools.capability import Capability, Price, ToolResult, arguments_class
from core_302.tools.context import ToolContext
from core_302.tools.settings import ReadPageSettings
from core_302.tools.untrusted_text import many_lines, one_line

PRICE = Price(
    note="Each page costs a little money.",
    documented="not where it could be read: the gateway's record of a call has it",
    source="302.AI's programs that summarise pages",
    date="2026-11-25",
    assumed=0.005,
)
LONGEST_HEAD = 1_000  # characters of a title or a warning


def _arguments(_: ReadPageSettings, files: bool) -> type[BaseModel]:  # noqa: ARG001, FBT001
    start = "The character to read on from, where a part before says that there is more."
    about = "The page's full address, with https://."
    fields: dict[str, Any] = {
        "url": (Annotated[str, Field(description=about)], ...),
        "start": (Annotated[int, Field(ge=0, description=start)], 0),
    }
    return arguments_class("ReadPage", fields)


def _flow(
    context: ToolContext, settings: ReadPageSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    url, start = arguments["url"].strip(), arguments.get("start", 0)
    policies: Policies = yield AskPolicies()
    try:
        check_link(url, policies.trusted_hosts)
    except InvalidInputError as error:
        raise InvalidInputError(f"url: {error} Nothing was sent.") from None
    job = ask(page_request(url), partial(read_page, url=url))
    page, cost = yield from context.charged(job, PRICE.assumed, lambda done: [done.request_id])
    report: dict[str, Any] = {
        "kind": "page",
        "model": None,
        "url": page.url,
        "title": page.title,
        "text": page.text,
        "published_at": page.published_at,
        "request_id": page.request_id,
        "task_id": None,
        "cost": cost,
        "files": [],
    }
    return ToolResult(_in_words(page, start, settings.part_length), report)


def _in_words(page: Page, start: int, length: int) -> str:
    part, end = page.text[start : start + length], start + length
    lines = [one_line(f"{page.title or 'A page'}, {page.url}", LONGEST_HEAD)]
    if page.published_at:
        lines.append(one_line(f"Published: {page.published_at}", LONGEST_HEAD))
    if page.warning:
        lines.append(one_line(f"Warning: {page.warning}", LONGEST_HEAD))
    lines += ["", many_lines(part) if part else f"(The page ends at {len(page.text)}.)"]
    if end < len(page.text):
        more = len(page.text) - end
        lines.append(f"... ({more} more characters: read on with start={end})")
    return "\n".join(lines)


READ_PAGE = Capability(
    name="read_page",
    description="Read one web page, whose address is known, as Markdown.",
    price=PRICE,
    settings=ReadPageSettings,
    arguments=_arguments,
    flow=_flow,
)
