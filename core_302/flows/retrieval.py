"""Reranking and searching as flows: run by both clients, and by every adapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from core_302.endpoints.refused_texts import first_words, may_be_one_text, named_place
from core_302.endpoints.rerank import (
    Ranking,
    documents_to_send,
    read_ranking,
    rerank_request,
)
from core_302.endpoints.search import SearchReport, read_search, search_request
from core_302.errors import InvalidRequestError
from core_302.flow import Flow, ask
from core_302.options.retrieval import RerankOptions, SearchOptions


def rerank(query: str, documents: Sequence[str], options: RerankOptions) -> Flow[Ranking]:
    """Rank documents. Where none is sent, there is no call.

    Raises:
        AI302Error: See the tree. A refusal names the document, if the vendor did (`text_index`), or
            those that are blank.
    """
    places = documents_to_send(query, documents, options)
    if not places:
        return Ranking(())
    request = rerank_request(query, [documents[place] for place in places], options)
    try:
        ranking = yield from ask(request, partial(read_ranking, documents=len(places)))
    except InvalidRequestError as error:
        if may_be_one_text(error):
            _name_document(error, documents, places)
        raise
    ranks = tuple(replace(rank, index=places[rank.index]) for rank in ranking.ranks)
    return replace(ranking, ranks=ranks)


def _name_document(
    error: InvalidRequestError, documents: Sequence[str], places: Sequence[int]
) -> None:
    named = named_place(error, len(places))
    if named is not None:
        error.text_index = place = places[named]
        error.add(f"That is documents[{place}]: {first_words(documents[place])}.")
        return
    blank = next((place for place in places if not documents[place].strip()), None)
    if blank is not None:
        error.add(f"documents[{blank}] is blank: on_blank='skip' leaves such documents out.")


def search(query: str, options: SearchOptions) -> Flow[SearchReport]:
    """Search the web."""
    return ask(search_request(query, options), read_search)
