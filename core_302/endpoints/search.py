"""Web search: how to call the unified endpoint, and how to read its results.

Source: 302.AI's command-line tool (`api/search.py`, references/search.md). The names of providers
differ from those of the chat option (`search1_search` here, `search1api` there).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import Any

from core_302.endpoints.parsing import items, json_object, malformed, text_or_none
from core_302.errors import InvalidInputError
from core_302.http import Reply, Request, json_content
from core_302.links import is_web_link
from core_302.options.declaration import wire_of
from core_302.options.retrieval import SearchOptions

SEARCH_PATH = "/302/general/search"
WHAT = "a list of search results"

# How the gateway spells each option.
_WIRE_NAMES: Mapping[str, str] = {
    name: (wire.name if (wire := wire_of(SearchOptions, name)) and wire.name else name)
    for name in SearchOptions.model_fields
    if name != "extra_body"
}


@dataclass(frozen=True)
class SearchResult:
    """One page that was found. What is not known is empty, or None.

    Attributes:
        url: Its address.
        title: Its title.
        text: The longest text known: its content, else its summary, else its description.
        published_at: When it was published, in the provider's words.
        images: The addresses of its images.
        raw: The entry as it came.
    """

    url: str
    title: str
    text: str
    published_at: str | None = None
    images: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchReport:
    """What a search found, best first.

    Attributes:
        results: The pages.
        answer: The provider's own answer in words, or None.
        images: The addresses of images that were found beside the pages, where they were asked for.
        cost_ids: The gateway's id of the call, by which `client.record` returns its cost.
        raw: The reply as it came.
    """

    results: tuple[SearchResult, ...]
    answer: str | None = None
    cost_ids: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)
    images: tuple[str, ...] = ()


def search_request(query: str, options: SearchOptions) -> Request:
    """Build the request for a web search for `query`.

    Raises:
        InvalidInputError: There is no question.
    """
    if not isinstance(query, str) or not query.strip():
        raise InvalidInputError("query is empty: say what to search for.")
    values = {wire: _wire(getattr(options, name)) for name, wire in _WIRE_NAMES.items()}
    body = {"query": query, **{name: value for name, value in values.items() if value is not None}}
    return Request("POST", SEARCH_PATH, json_content({**body, **(options.extra_body or {})}))


def read_search(reply: Reply) -> SearchReport:
    """Read what was found. Entries without a link of the web are left out.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: The body is not a list of results.
    """
    raw = json_object(reply, WHAT)
    data = raw.get("data")
    native = data if isinstance(data, Mapping) else {}
    found = raw.get("search_results", native.get("results"))
    if not isinstance(found, list):
        raise malformed(WHAT, reply)
    return SearchReport(
        results=tuple(
            _result(entry)
            for entry in found
            if isinstance(entry, Mapping) and is_web_link(entry.get("url"))
        ),
        answer=text_or_none(native.get("answer")),
        cost_ids=(reply.request_id,) if reply.request_id else (),
        raw=raw,
        images=tuple(link for entry in items(raw.get("images")) if (link := _link(entry))),
    )


def _link(entry: Any) -> str | None:
    """Return an image's address: it stands alone, or in an object beside a description."""
    link = entry.get("url") if isinstance(entry, Mapping) else entry
    return link if is_web_link(link) else None


def _result(entry: Mapping[str, Any]) -> SearchResult:
    texts = (text_or_none(entry.get(name)) for name in ("content", "summary", "description"))
    return SearchResult(
        url=entry["url"],
        title=text_or_none(entry.get("title")) or "",
        text=next(filter(None, texts), ""),
        published_at=text_or_none(entry.get("published_at")),
        images=tuple(link for link in items(entry.get("images")) if is_web_link(link)),
        raw=entry,
    )


def _wire(value: Any) -> Any:
    """Return a value as JSON has it: a day as it is written, a moment in UTC."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
