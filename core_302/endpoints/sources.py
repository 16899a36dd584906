"""The sources of an answer, under any of the names that vendors and their searches give them.

To support another name, add it to its table. An address that is not a web link is not a source: a
program that shows or opens it must not meet `file:`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core_302.endpoints.parsing import items, text_or_none
from core_302.links import is_web_link


@dataclass(frozen=True)
class Citation:
    """A source of the answer. What is unknown is None.

    Attributes:
        url: Its address.
        title: Its title.
        snippet: The passage that was read, in the vendor's words.
        date: When it was published, as the vendor writes it.
        source: The site or the search that it comes from.
    """

    url: str
    title: str | None = None
    snippet: str | None = None
    date: str | None = None
    source: str | None = None

    @property
    def more(self) -> dict[str, str]:
        """What is known beside its address and its title."""
        values = {"snippet": self.snippet, "date": self.date, "source": self.source}
        return {name: value for name, value in values.items() if value is not None}


# The lists of sources in a reply, an event, or a message.
SOURCE_LISTS: tuple[tuple[str, ...], ...] = (
    ("citations",),  # Perplexity, xAI: links
    ("search_results",),  # Perplexity, Baidu
    ("web_search",),  # GLM
    ("search_info", "search_results"),  # Qwen, Hunyuan
    ("references",),  # Doubao
)
SOURCE_FIELDS = frozenset(path[0] for path in SOURCE_LISTS)
"""The fields that hold them."""

# A source's fields: our name, and the vendors' names.
SOURCE_NAMES: Mapping[str, tuple[str, ...]] = {
    "url": ("url", "link", "uri"),
    "title": ("title", "name"),
    "snippet": ("snippet", "content", "text"),
    "date": ("date", "publish_date", "published_date", "publish_time"),
    "source": ("source", "site_name", "media"),
}
# The types of annotations that are sources in forms other than OpenAI's.
FLAT_KINDS = (None, "url_citation", "citation", "source", "url")


def citations_in(raw: Mapping[str, Any]) -> tuple[Citation, ...]:
    """Read the sources of a reply, an event or a message."""
    if SOURCE_FIELDS.isdisjoint(raw):
        return ()
    lists: list[list[Any]] = []
    for path in SOURCE_LISTS:
        found: Any = raw
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        lists.append(items(found))
    return merge_citations(*(map(_citation, found) for found in lists))


def citations_of(annotations: Iterable[Mapping[str, Any]]) -> tuple[Citation, ...]:
    """Read the sources in an answer's `url_citation` annotations."""
    found = (_citation(note.get("url_citation")) for note in annotations)
    return tuple(citation for citation in found if citation is not None)


class Citations:
    """Sources in order, each address once; what is told of one later is kept.

    Adding one costs the same however many there are: some vendors repeat all with every event.
    """

    def __init__(self) -> None:
        self._by_url: dict[str, Citation] = {}

    def add(self, citations: Iterable[Citation | None]) -> None:
        """Add sources; None is none."""
        for citation in citations:
            if citation is not None:
                known = self._by_url.get(citation.url)
                self._by_url[citation.url] = _joined(known, citation) if known else citation

    def all(self) -> tuple[Citation, ...]:
        """Return all of them."""
        return tuple(self._by_url.values())


def merge_citations(*groups: Iterable[Citation | None]) -> tuple[Citation, ...]:
    """Join sources in order, each address once; what is told of one later is kept."""
    merged = Citations()
    for group in groups:
        merged.add(group)
    return merged.all()


def annotations_of(message: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the annotations of a message; those that are sources are all in OpenAI's form.

    Sources without a web link are left out.
    """
    notes = (_annotation(note) for note in items(message.get("annotations")))
    return tuple(note for note in notes if note is not None)


def _annotation(note: Any) -> Mapping[str, Any] | None:
    if isinstance(note, str):
        note = {"url": note}
    if not isinstance(note, Mapping):
        return None
    source = note.get("url_citation")
    if isinstance(source, Mapping):
        return note if is_web_link(source.get("url")) else None
    if note.get("type") not in FLAT_KINDS or not any(note.get(n) for n in SOURCE_NAMES["url"]):
        return note
    citation = _citation(note)
    if citation is None:
        return None
    flat = {name: value for name, value in note.items() if name != "type"}
    return {"type": "url_citation", "url_citation": {**flat, "url": citation.url}}


def _joined(known: Citation, later: Citation) -> Citation:
    missing = {
        name: getattr(later, name)
        for name in SOURCE_NAMES
        if not getattr(known, name) and getattr(later, name)
    }
    return replace(known, **missing) if missing else known


def _citation(item: Any) -> Citation | None:
    if isinstance(item, str):
        return Citation(item) if is_web_link(item) else None
    if not isinstance(item, Mapping):
        return None
    found = {ours: _first(item, names) for ours, names in SOURCE_NAMES.items()}
    url = found.pop("url")
    return Citation(url, **found) if url is not None and is_web_link(url) else None


def _first(item: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := text_or_none(item.get(name)))), None)
