"""Embedding, reranking and searching as flows: run by both clients, and by every adapter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from core_302.endpoints.embeddings import (
    Embedded,
    batches_of,
    embedding_request,
    joined,
    read_embeddings,
)
from core_302.endpoints.rerank import Ranking, read_ranking, rerank_request
from core_302.endpoints.search import SearchReport, read_search, search_request
from core_302.flow import Flow, Limit, ask
from core_302.options.retrieval import EmbeddingOptions, RerankOptions, SearchOptions


def embed(texts: Sequence[str], options: EmbeddingOptions) -> Flow[Embedded]:
    """Turn texts into vectors, batch by batch. Every text is checked before the first is sent.

    The time limit applies to each batch: a long list is not a slow call.
    """
    parts = []
    for batch in list(batches_of(texts, options)):
        yield Limit("total")
        read = partial(read_embeddings, wanted=len(batch))
        parts.append((yield from ask(embedding_request(batch, options), read)))
    return joined(parts)


def rerank(query: str, documents: Sequence[str], options: RerankOptions) -> Flow[Ranking]:
    """Rank documents. An empty list is ranked without a call."""
    request = rerank_request(query, documents, options)
    if not documents:
        return Ranking(())
    return (yield from ask(request, partial(read_ranking, documents=len(documents))))


def search(query: str, options: SearchOptions) -> Flow[SearchReport]:
    """Search the web."""
    return ask(search_request(query, options), read_search)
