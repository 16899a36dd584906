"""web_search: pages of the web as numbered results, or an answer that a language model writes.

A model's words are checked against what the provider knows before anything is sent, and never go
to a provider that does not know them: they would be paid for and ignored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from core_302.catalogue.search_facts import WORDED, provider_facts
from core_302.endpoints.search import SearchReport, SearchResult
from core_302.errors import InvalidInputError
from core_302.flow import Flow
from core_302.flows.retrieval import search
from core_302.messages.parts import text_part
from core_302.options.chat import ChatOptions
from core_302.options.given import word_as_written
from core_302.options.retrieval import SearchOptions, options_in
from core_302.tools.answers import LONGEST_TITLE, asked_model
from core_302.tools.capability import Capability, Price, ToolResult, arguments_class
from core_302.tools.context import ToolContext
from core_302.tools.settings import SearchSettings
from core_302.tools.untrusted_text import MOST_BYTES, one_line

PRICE = Price(
    note="Each search costs a little money.",
    documented="by provider, and crawl_results costs more; no table of prices was found. With "
    "answer_model: the model's tokens and the fee of its search",
    source="302.AI's page of the unified search",
    date="2026-11-26",
    assumed=0.01,
)
LONGEST_ANSWER = 4_000  # characters of an answer that a provider wrote
MOST_TOLD = MOST_BYTES - 1_024  # bytes of results; the rest is for what is said about them
ABOUT = {
    "category": "What to search, if not the web at large.",
    "time_range": "Only pages that are at most so old.",
}
SHOWN = frozenset({"url", "title", "published_at", "images"})


def _arguments(settings: SearchSettings, _: bool) -> type[BaseModel]:  # noqa: FBT001
    about = "What to search for, as a question or in key words."
    fields: dict[str, Any] = {"query": (Annotated[str, Field(description=about)], ...)}
    if settings.answer_model is None:
        most = settings.max_results
        number = Field(ge=1, le=most, description=f"How many results, at most {most}.")
        fields["max_results"] = (Annotated[int, number], most)
        fields |= {name: _word(words, name) for name, words in _free_words(settings).items()}
    return arguments_class("WebSearchQuery", fields)


def _free_words(settings: SearchSettings) -> dict[str, tuple[str, ...]]:
    """Return the words that the provider knows, by option, where the operator has set none."""
    facts = provider_facts(settings.provider)
    if facts is None:
        return {}
    free = [name for name in WORDED if getattr(settings, name) is None]
    return {name: words for name in free if (words := facts.plain_words(name))}


def _word(words: Sequence[str], name: str) -> tuple[Any, None]:
    word = Annotated[Literal[tuple(words)], BeforeValidator(word_as_written)]  # type: ignore[valid-type]
    return Annotated[word | None, Field(description=ABOUT[name])], None


def _flow(
    context: ToolContext, settings: SearchSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    query = arguments["query"]
    if not query.strip():
        raise InvalidInputError("query: is empty: say what to search for. Nothing was sent.")
    if settings.answer_model is not None:
        how = ChatOptions(web_search=settings.answer_search)
        return (yield from asked_model(context, settings.answer_model, [text_part(query)], how))
    said = {name: value for name, value in arguments.items() if name != "query"}
    options = options_in(SearchOptions, settings, **said)
    job = search(query, options)
    found, cost = yield from context.charged(job, PRICE.assumed, lambda done: done.cost_ids)
    pages = found.results[: options.max_results]  # some providers return more
    report = {
        "kind": "search",
        "query": query,
        "provider": options.provider,
        "answer": found.answer,
        "results": [_reported(page) for page in pages],
        "image_urls": list(found.images),
        "model": None,
        "request_id": next(iter(found.cost_ids), None),
        "task_id": None,
        "cost": cost,
        "files": [],
    }
    return ToolResult(_in_words(found, pages, settings.excerpt_length), report)


def _reported(page: SearchResult) -> dict[str, Any]:
    """Return a result for the program: all that came of it, and nothing twice."""
    more = {
        name: value
        for name, value in page.raw.items()
        if name not in SHOWN and value and value != page.text
    }
    return {
        "url": page.url,
        "title": page.title,
        "text": page.text,
        "published_at": page.published_at,
        "image_urls": list(page.images),
        "more": more,
    }


def _in_words(found: SearchReport, pages: Sequence[SearchResult], length: int) -> str:
    lines = []
    if found.answer:
        lines.append(one_line(f"The provider's own answer: {found.answer}", LONGEST_ANSWER))
    if not pages:
        return "\n".join([*lines, "No page was found. Other words may find some."])
    left = MOST_TOLD - len("".join(lines).encode())
    for number, page in enumerate(pages, 1):
        told = _told(number, page, length)
        left -= len(told.encode()) + 1
        if left < 0:
            lines.append(f"... ({len(pages) - number + 1} more results)")
            break
        lines.append(told)
    return "\n".join(lines)


def _told(number: int, page: SearchResult, length: int) -> str:
    """Return a result as a few lines, of which only the first begins at the margin."""
    title = one_line(page.title, LONGEST_TITLE) or "(no title)"
    lines = [f"{number}. {title}", one_line(page.url)]
    if page.published_at:
        lines.append(one_line(f"Published: {page.published_at}", LONGEST_TITLE))
    if excerpt := one_line(page.text, length):
        lines.append(excerpt)
    return "\n   ".join(lines)


SEARCH = Capability(
    name="web_search",
    description="Search the web: find pages about what is not known yet, such as news. Answers "
    "with what they say, and their addresses.",
    price=PRICE,
    settings=SearchSettings,
    arguments=_arguments,
    flow=_flow,
)
