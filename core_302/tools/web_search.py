"""web_search: an answer from what the gateway finds on the web, with its sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field

from core_302.errors import InvalidInputError
from core_302.flow import Flow
from core_302.messages.parts import text_part
from core_302.options.chat import ChatOptions
from core_302.tools.answers import PRICE_OF_AN_ANSWER, asked_model
from core_302.tools.capability import Capability, Price, ToolResult, arguments_class
from core_302.tools.context import ToolContext
from core_302.tools.settings import SearchSettings


def _arguments(_: SearchSettings, files: bool) -> type[BaseModel]:  # noqa: ARG001, FBT001
    about = "What to search for, as a question or in key words."
    return arguments_class(
        "WebSearchQuery", {"query": (Annotated[str, Field(description=about)], ...)}
    )


def _flow(
    context: ToolContext, settings: SearchSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    query = arguments["query"]
    if not query.strip():
        raise InvalidInputError("query: is empty: say what to search for. Nothing was sent.")
    options = ChatOptions(web_search=settings.search)
    return (yield from asked_model(context, settings.model, [text_part(query)], options))


SEARCH = Capability(
    name="web_search",
    description="Search the web and answer from what is found, with sources.",
    price=Price(
        note="Each search costs a little money.",
        documented="the language model's tokens, and the fee of the search",
        source="302.AI's page of web search",
        date="2026-11-21",
        assumed=PRICE_OF_AN_ANSWER,
    ),
    settings=SearchSettings,
    arguments=_arguments,
    flow=_flow,
)
