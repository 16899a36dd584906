"""Searches the emulator's own small web: invented documents, ranked with BM25.

Every sentence of a report is from a document whose address is cited; nothing is made up.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from rank_bm25 import BM25Plus

from emulator_302.rule_model.wording import content_words, sentences, stem, word_set, words

MOST_SENTENCES = 4
MOST_CITED = 4
TODAY = "today"
# Words that ask for what is new rather than for a topic.
NEW = word_set("today news latest current headline headlines happening recent now tonight")
TITLE_WEIGHT = 3
# A document below this share of the best one's score is irrelevant.
NEAR_BEST = 0.35
# A document with less than this share of the query, by weight, does not answer it.
LEAST_SHARE = 0.5
UNKNOWN_WEIGHT = 1.5


@dataclass(frozen=True)
class Document:
    """One page of the invented web."""

    title: str
    url: str
    date: str
    text: str
    fresh: bool


@dataclass(frozen=True)
class _Index:
    documents: tuple[Document, ...]
    terms: tuple[frozenset[str], ...]
    ranking: Any


def search(
    query: str, *, results: int, include_sites: Sequence[str], exclude_sites: Sequence[str]
) -> list[Document]:
    """Return the documents that fit, the best first."""
    index = _index(dt.date.today().isoformat())  # noqa: DTZ011 - the reader's own day
    asked = set(words(query))
    wants_new = bool(asked & NEW)
    terms = [stem(word) for word in content_words(query) if word not in NEW]
    scores = index.ranking.get_scores(terms) if terms else [0.0] * len(index.documents)
    rated = []
    for place, document in enumerate(index.documents):
        share = _share(terms, index.terms[place], index.ranking.idf)
        fresh = wants_new and document.fresh
        if share < LEAST_SHARE and not (fresh and (share or not terms)):
            continue
        score = float(scores[place]) * share * (2 if fresh else 1) + fresh
        if _allowed(document, include_sites, exclude_sites):
            rated.append((-score, place))
    rated.sort()
    kept = [place for score, place in rated if score <= rated[0][0] * NEAR_BEST]
    return [index.documents[place] for place in kept[:results]]


def page_at(address: str) -> Document | None:
    """Return the page at an address, or None."""
    index = _index(dt.date.today().isoformat())  # noqa: DTZ011 - the reader's own day
    return next((page for page in index.documents if page.url == address), None)


def _share(terms: Sequence[str], held: frozenset[str], weights: Mapping[str, float]) -> float:
    """Return the share of a query that a document holds; words that no document has weigh most."""
    unknown = UNKNOWN_WEIGHT * max(weights.values())
    total = sum(weights.get(term, unknown) for term in terms)
    return sum(weights[term] for term in terms if term in held) / total if total else 0.0


def report(
    query: str, *, results: int, include_sites: Sequence[str], exclude_sites: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Return an answer with markers such as [1], and the addresses they stand for."""
    found = search(query, results=results, include_sites=include_sites, exclude_sites=exclude_sites)
    if not found:
        return "The web search found nothing about this.", ()
    cited = found[:MOST_CITED]
    wanted = {stem(word) for word in content_words(query)}
    each = 1 if len(cited) > 1 else 2
    parts = []
    for number, document in enumerate(cited, 1):
        best = _best_sentences(document, wanted, each)
        parts += [f"{sentence.rstrip('.')} [{number}]." for sentence in best]
    return " ".join(parts[:MOST_SENTENCES]), tuple(document.url for document in cited)


def _best_sentences(document: Document, wanted: set[str], number: int) -> list[str]:
    """Return the sentences with most of the wanted words, in the order of the document."""
    given = sentences(document.text)
    rated = sorted(
        range(len(given)),
        key=lambda place: (-len(wanted & {stem(w) for w in words(given[place])}), place),
    )
    return [given[place] for place in sorted(rated[:number])]


def _allowed(document: Document, include: Sequence[str], exclude: Sequence[str]) -> bool:
    host = urlsplit(document.url).hostname or ""
    if any(_under(host, site) for site in exclude):
        return False
    return not include or any(_under(host, site) for site in include)


def _under(host: str, site: str) -> bool:
    """Return whether `host` is `site` or lies under it; an address is taken by its host."""
    bare = re.sub(r"^[a-z]+://", "", site.strip().lower()).split("/")[0].removeprefix("*.")
    bare = bare.lstrip(".").removeprefix("www.")
    return bool(bare) and (host == bare or host.endswith(f".{bare}"))


@lru_cache(maxsize=2)
def _index(today: str) -> _Index:
    """Return the documents as of `today`; the day is part of what is kept."""
    text = resources.files("emulator_302.endpoints").joinpath("documents.json").read_text("utf-8")
    documents = tuple(_document(row, today) for row in json.loads(text)["documents"])
    terms = [_terms(document) for document in documents]
    return _Index(documents, tuple(frozenset(row) for row in terms), BM25Plus(terms))


def _document(row: dict[str, str], today: str) -> Document:
    fresh = row["date"] == TODAY
    text = row["text"].replace("{today}", today)
    return Document(row["title"], row["url"], today if fresh else row["date"], text, fresh)


def _terms(document: Document) -> list[str]:
    heads = [stem(word) for word in words(document.title)] * TITLE_WEIGHT
    return heads + [stem(word) for word in words(document.text)]
