"""Embedding, reranking and searching as flows: run by both clients, and by every adapter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import accumulate
from typing import Any

from core_302.endpoints.embeddings import (
    Embedded,
    batches_of,
    embedding_request,
    joined,
    read_embeddings,
)
from core_302.endpoints.rerank import Ranking, read_ranking, rerank_request
from core_302.endpoints.search import SearchReport, read_search, search_request
from core_302.errors import AI302Error
from core_302.flow import AtOnce, Flow, ask
from core_302.options.retrieval import EmbeddingOptions, RerankOptions, SearchOptions

BATCHES_AT_ONCE = 8  # calls for one list of texts


def embed(texts: Sequence[str], options: EmbeddingOptions) -> Flow[Embedded]:
    """Turn texts into vectors, several batches at once. Every text is checked before any is sent.

    The time limit applies to each batch: a long list is not a slow call.

    Raises:
        AI302Error: The first batch's that failed. It says which texts those were; `partial` has the
            vectors of the others that were paid for.
    """
    batches = list(batches_of(texts, options))
    flows = tuple(_embed_batch(batch, options) for batch in batches)
    if len(flows) == 1:
        return (yield from flows[0])
    outcomes = yield AtOnce(flows, BATCHES_AT_ONCE)
    ends = list(accumulate(map(len, batches)))
    for outcome, batch, end in zip(outcomes, batches, ends, strict=True):
        if isinstance(outcome, AI302Error):
            raise _with_partial(outcome, outcomes, batches, (end - len(batch), end))
    return joined(outcomes)


def _embed_batch(batch: Sequence[str], options: EmbeddingOptions) -> Flow[Embedded]:
    return ask(embedding_request(batch, options), partial(read_embeddings, wanted=len(batch)))


def _with_partial(
    error: AI302Error, outcomes: Sequence[Any], batches: Sequence[list[str]], place: tuple[int, int]
) -> AI302Error:
    """Return the error of one batch with what the others have brought."""
    error.partial = [
        vector
        for outcome, batch in zip(outcomes, batches, strict=True)
        for vector in (outcome.vectors if isinstance(outcome, Embedded) else [None] * len(batch))
    ]
    begin, end = place
    paid = sum(vector is not None for vector in error.partial)
    error.add(
        f"These were texts[{begin}:{end}] of {len(error.partial)}. The vectors of {paid} others "
        "came, and stand in the error's `partial`."
    )
    return error


def rerank(query: str, documents: Sequence[str], options: RerankOptions) -> Flow[Ranking]:
    """Rank documents. An empty list is ranked without a call."""
    request = rerank_request(query, documents, options)
    if not documents:
        return Ranking(())
    return (yield from ask(request, partial(read_ranking, documents=len(documents))))


def search(query: str, options: SearchOptions) -> Flow[SearchReport]:
    """Search the web."""
    return ask(search_request(query, options), read_search)
