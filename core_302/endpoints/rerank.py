"""Reranking: how to request which documents fit a question best, and how to read the ranking.

Sources: 302.AI's AI SDK (`ai302-reranking-model.ts`) and its plugin for Dify (`rerank.py`). They
differ about Jina's path; the path can be set. A reply need not repeat the documents: the index
counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core_302.endpoints.given_texts import check_text, is_left_out
from core_302.endpoints.parsing import json_object, malformed, number, text_or_none
from core_302.endpoints.usage import read_usage
from core_302.errors import InvalidInputError
from core_302.http import Reply, Request, json_content
from core_302.options.retrieval import RerankOptions

RERANK_PATH = "/v1/rerank"
QWEN_MODEL, QWEN_PATH = "qwen3-rerank", "/v1/reranks"
WHAT = "a ranking"
ABOUT_BLANK = "leave it out, or set on_blank='skip'."


@dataclass(frozen=True)
class Rank:
    """How well one document fits: `index` is its place in the request, from 0."""

    index: int
    score: float


@dataclass(frozen=True)
class Ranking:
    """The documents that fit best, best first.

    Attributes:
        ranks: Their places and scores.
        model: The model that answered, or None.
        tokens: Tokens that were billed; 0 if not reported.
        cost_ids: The gateway's id of the call, by which `client.record` returns its cost.
    """

    ranks: tuple[Rank, ...]
    model: str | None = None
    tokens: int = 0
    cost_ids: tuple[str, ...] = ()


def documents_to_send(query: str, documents: Sequence[str], options: RerankOptions) -> list[int]:
    """Return the places of the documents that are ranked, after checking them all.

    Raises:
        InvalidInputError: There is no question, or a document is not a string, or is blank where
            that is an error.
    """
    if not isinstance(query, str) or not query.strip():
        raise InvalidInputError(
            "query is empty: pass the question that the documents are ranked by."
        )
    places = []
    for place, document in enumerate(documents):
        check_text(document, "documents", place)
        if not is_left_out(
            document, "documents", place, on_blank=options.on_blank, advice=ABOUT_BLANK
        ):
            places.append(place)
    return places


def rerank_request(query: str, documents: Sequence[str], options: RerankOptions) -> Request:
    """Build the request for a ranking."""
    body: dict[str, Any] = {"model": options.model, "query": query, "documents": list(documents)}
    if options.top_n is not None:
        body["top_n"] = min(options.top_n, len(documents))  # some vendors refuse more
    body |= options.extra_body or {}
    path = options.path or (QWEN_PATH if options.model == QWEN_MODEL else RERANK_PATH)
    return Request("POST", path, json_content(body), model=options.model)


def read_ranking(reply: Reply, documents: int) -> Ranking:
    """Read a ranking of `documents` documents.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: It names a document that does not exist, or one twice, or one without a
            score.
    """
    raw = json_object(reply, WHAT)
    results = raw.get("results", raw.get("data"))  # Voyage's own word is `data`
    if not isinstance(results, list):
        raise malformed(WHAT, reply)
    ranks = [_rank(entry, documents, reply) for entry in results]
    if len({rank.index for rank in ranks}) != len(ranks):
        raise malformed(f"{WHAT} that names each document once", reply)
    usage = read_usage(raw.get("usage"))
    return Ranking(
        ranks=tuple(sorted(ranks, key=lambda rank: -rank.score)),
        model=text_or_none(raw.get("model")),
        tokens=usage.total_tokens if usage else 0,
        cost_ids=(reply.request_id,) if reply.request_id else (),
    )


def _rank(entry: Any, documents: int, reply: Reply) -> Rank:
    named = entry if isinstance(entry, Mapping) else {}
    index, score = named.get("index"), named.get("relevance_score", named.get("score"))
    score = number(score)
    if not isinstance(index, int) or score is None:
        raise malformed(f"{WHAT} with an index and a score for each document", reply)
    if not 0 <= index < documents:
        raise malformed(f"{WHAT} of {documents} documents", reply)
    return Rank(index, score)
