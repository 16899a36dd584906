"""Embeddings: how to request vectors, and how to read them (page "Embeddings").

Texts go as texts, never as token ids: only OpenAI's own models know OpenAI's tokens. A reply may
come in any order, as numbers or as base64 of 32-bit floats, whatever was requested.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core_302.endpoints.given_texts import check_text, is_left_out
from core_302.endpoints.parsing import json_object, malformed, text_or_none
from core_302.endpoints.usage import read_usage
from core_302.errors import InvalidInputError
from core_302.http import LARGEST_IMAGES, Reply, Request, json_content
from core_302.options.retrieval import EmbeddingOptions

EMBEDDINGS_PATH = "/v1/embeddings"
JINA_PATH = "/jina/v1/embeddings"
FLOAT_BYTES = 4
WHAT = "a list of embeddings"
ABOUT_BLANK = (
    "few models embed that. Leave it out, or set on_blank='zero' for a vector of zeros, or 'send'."
)
Vector = list[float]


@dataclass(frozen=True)
class Embedded:
    """Vectors, in the order of the texts.

    Attributes:
        vectors: One for each text.
        model: The model that answered, by its own name, or None.
        tokens: Tokens that were billed; 0 if not reported.
        cost_ids: The gateway's ids of the calls, by which `client.record` returns their cost.
    """

    vectors: list[list[float]]
    model: str | None = None
    tokens: int = 0
    cost_ids: tuple[str, ...] = ()


def places_to_send(
    texts: Sequence[str], options: EmbeddingOptions, partial: Sequence[Vector | None] | None
) -> list[int]:
    """Return the places of the texts that have no vector yet and are sent, after checking them all.

    Raises:
        InvalidInputError: One is not a string, or is blank where that is an error; or `partial` is
            not that of these texts.
    """
    if isinstance(texts, str):
        raise InvalidInputError("texts must be a list of strings, such as ['...'].")
    if partial is not None and len(partial) != len(texts):
        raise InvalidInputError(
            f"partial has {len(partial)} places for {len(texts)} texts: pass the same texts again."
        )
    places = []
    for place, text in enumerate(texts):
        check_text(text, "texts", place)
        if partial is not None and partial[place] is not None:
            continue
        if not is_left_out(text, "texts", place, on_blank=options.on_blank, advice=ABOUT_BLANK):
            places.append(place)
    return places


def batches_of(
    texts: Sequence[str], places: Sequence[int], options: EmbeddingOptions
) -> Iterator[list[int]]:
    """Yield the places of texts, at least one, in batches by their number and their length."""
    batch: list[int] = []
    size = 0
    for place in places:
        length = len(texts[place])
        full = len(batch) == options.texts_per_call
        if batch and (full or size + length > options.characters_per_call):
            yield batch
            batch, size = [], 0
        batch.append(place)
        size += length
    yield batch


def with_zeros(vectors: Sequence[Vector | None], options: EmbeddingOptions) -> list[Vector]:
    """Return the vectors, with zeros in the places of blank texts.

    Raises:
        InvalidInputError: There are blank texts alone, so the length is not known.
    """
    blank = any(vector is None for vector in vectors)
    length = options.dimensions or next((len(vector) for vector in vectors if vector), None)
    if blank and length is None:
        raise InvalidInputError(
            "All texts are blank, so the length of a vector of zeros is not known: set dimensions."
        )
    return [[0.0] * (length or 0) if vector is None else vector for vector in vectors]


def embedding_request(texts: Sequence[str], options: EmbeddingOptions) -> Request:
    """Build the request for the vectors of one batch of texts."""
    body: dict[str, Any] = {"model": options.model, "input": list(texts)}
    values = {
        "encoding_format": options.encoding,
        "dimensions": options.dimensions,
        "user": options.user,
    }
    body |= {name: value for name, value in values.items() if value is not None}
    body |= options.extra_body or {}
    path = options.path or (JINA_PATH if "jina" in options.model.lower() else EMBEDDINGS_PATH)
    content = json_content(body)
    return Request("POST", path, content, model=options.model, most_bytes=LARGEST_IMAGES)


def read_embeddings(reply: Reply, wanted: int) -> Embedded:
    """Read the vectors of `wanted` texts.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: There is not exactly one vector for each text.
    """
    raw = json_object(reply, WHAT)
    data = raw.get("data")
    if not isinstance(data, list) or len(data) != wanted:
        raise malformed(f"{WHAT} of {wanted} texts", reply)
    vectors: dict[int, list[float]] = {}
    for place, entry in enumerate(data):
        if not isinstance(entry, Mapping):
            raise malformed(WHAT, reply)
        index = entry.get("index", place)
        vectors[index if isinstance(index, int) else place] = _vector(entry.get("embedding"), reply)
    if set(vectors) != set(range(wanted)) or len(set(map(len, vectors.values()))) > 1:
        raise malformed(f"{WHAT} with one of equal length for each of {wanted} texts", reply)
    usage = read_usage(raw.get("usage"))
    return Embedded(
        vectors=[vectors[place] for place in range(wanted)],
        model=text_or_none(raw.get("model")),
        tokens=usage.total_tokens if usage else 0,
        cost_ids=(reply.request_id,) if reply.request_id else (),
    )


def joined(parts: Sequence[Embedded]) -> Embedded:
    """Return the responses of all batches as one."""
    return Embedded(
        vectors=[vector for part in parts for vector in part.vectors],
        model=parts[0].model if parts else None,
        tokens=sum(part.tokens for part in parts),
        cost_ids=tuple(cost_id for part in parts for cost_id in part.cost_ids),
    )


def _vector(value: Any, reply: Reply) -> list[float]:
    """Return a vector that came as numbers, or as base64 of little-endian 32-bit floats."""
    try:
        if isinstance(value, str):
            data = base64.b64decode(value, validate=True)
            value = struct.unpack(f"<{len(data) // FLOAT_BYTES}f", data)
        vector = [float(number) for number in value] if isinstance(value, (list, tuple)) else []
    except (binascii.Error, struct.error, ValueError, TypeError, OverflowError) as error:
        raise malformed(WHAT, reply) from error
    if not vector or not all(map(math.isfinite, vector)):
        raise malformed(f"{WHAT} of finite numbers", reply)
    return vector
