"""Embedding as a flow: what was paid for is kept, and a refused text is named.

A refusal is looked into where that costs nothing: the gateway bills no refused request, and every
text that is accepted on the way is one whose vector was wanted anyhow
(docs/decisions/0036-refused-texts.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial as bound
from typing import Any

from core_302.endpoints.embeddings import (
    Embedded,
    Vector,
    batches_of,
    embedding_request,
    joined,
    places_to_send,
    read_embeddings,
    with_zeros,
)
from core_302.endpoints.refused_texts import first_words, may_be_one_text, named_place
from core_302.errors import AI302Error
from core_302.flow import AtOnce, Flow, ask
from core_302.options.retrieval import EmbeddingOptions

BATCHES_AT_ONCE = 8  # calls for one list of texts


def embed(
    texts: Sequence[str],
    options: EmbeddingOptions,
    partial: Sequence[Vector | None] | None = None,
) -> Flow[Embedded]:
    """Turn texts into vectors, several batches at once. Every text is checked before any is sent.

    The time limit applies to each batch: a long list is not a slow call. A batch that the gateway
    refuses is sent in parts, until all of it is accepted or one text is refused alone.

    Args:
        texts: The texts.
        options: How they become vectors.
        partial: An earlier error's `partial` of the same texts: those with a vector are not sent.

    Raises:
        AI302Error: The first batch's that failed. It names the texts, `text_index` the refused one;
            `partial` has the vectors of those that were paid for.
    """
    places = places_to_send(texts, options, partial)
    vectors: list[Vector | None] = list(partial or [None] * len(texts))
    if not places:
        return Embedded(with_zeros(vectors, options))
    batches = list(batches_of(texts, places, options))
    flows = tuple(_embed_batch(texts, batch, options) for batch in batches)
    outcomes = yield from _one_or_more(flows)
    parts = [_what_came(outcome) for outcome in outcomes]
    for batch, part in zip(batches, parts, strict=True):
        for place, vector in zip(batch, part.vectors, strict=False):  # a failed batch has fewer
            vectors[place] = vector
    paid = replace(joined(parts), vectors=[vector for vector in vectors if vector is not None])
    for outcome, batch in zip(outcomes, batches, strict=True):
        if isinstance(outcome, AI302Error):
            _tell(outcome, texts, batch, paid)
            outcome.partial = vectors if paid.vectors else None
            raise outcome
    return replace(paid, vectors=with_zeros(vectors, options))


def _one_or_more(flows: tuple[Flow[Embedded], ...]) -> Flow[Sequence[Any]]:
    """Run one batch in its caller's place, and several at once."""
    if len(flows) > 1:
        outcomes: Sequence[Any] = yield AtOnce(flows, BATCHES_AT_ONCE)
        return outcomes
    try:
        return [(yield from flows[0])]
    except AI302Error as error:
        return [error]


def _what_came(outcome: Embedded | AI302Error | None) -> Embedded:
    came = outcome.partial if isinstance(outcome, AI302Error) else outcome
    return came if isinstance(came, Embedded) else Embedded([])


def _embed_batch(
    texts: Sequence[str], places: Sequence[int], options: EmbeddingOptions
) -> Flow[Embedded]:
    """Embed one batch, in parts if it is refused. An error's `partial` is what came until then."""
    done: list[Embedded] = []
    waiting = [list(places)]
    while waiting:
        part = waiting.pop()
        request = embedding_request([texts[place] for place in part], options)
        try:
            done.append((yield from ask(request, bound(read_embeddings, wanted=len(part)))))
        except AI302Error as error:
            if may_be_one_text(error):
                named = 0 if len(part) == 1 else named_place(error, len(part))
                if named is None:
                    # First a text alone: where an option is what is refused, that ends the search.
                    first = len(part) // 2 if done else 1
                    waiting += [part[first:], part[:first]]
                    continue
                error.text_index = part[named]
            error.partial = joined(done)
            raise
    return joined(done)


def _tell(error: AI302Error, texts: Sequence[str], batch: Sequence[int], paid: Embedded) -> None:
    """Say which texts failed, and what there is of the others."""
    error.tokens, error.cost_ids = paid.tokens, paid.cost_ids
    place = error.text_index
    if place is not None:
        error.add(f"Refused was texts[{place}] of {len(texts)}: {first_words(texts[place])}.")
        if place == batch[0] and len(batch) > 1:
            error.add("No other text of its batch was accepted: it may be an option instead.")
    elif len(texts) > 1:
        error.add(f"It was among texts[{batch[0]}:{batch[-1] + 1}] of {len(texts)}.")
    if paid.vectors:
        error.add(
            f"The vectors of {len(paid.vectors)} others came ({paid.tokens} tokens), and stand in "
            "the error's `partial`: embed(texts, partial=error.partial) sends only the others."
        )
