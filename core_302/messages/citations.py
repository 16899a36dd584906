"""The sources of an answer: those with a place in its text, and the others, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def placed_in_text(annotations: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the sources that annotations of the text name, with their places."""
    named = [note.get("url_citation") for note in annotations]
    return [source for source in named if isinstance(source, Mapping)]


def unplaced(
    sources: Sequence[Mapping[str, Any]], annotations: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return those of `sources` that no annotation names: they come after the others."""
    placed = {source.get("url") for source in placed_in_text(annotations)}
    return [source for source in sources if source["url"] not in placed]
