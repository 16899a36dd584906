"""A page that was read: its text, where that came from, and everything that is known of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core_302.errors import AI302Error


@dataclass(frozen=True)
class Page:
    """One page that was read.

    Attributes:
        source: The name of its file, link or bytes.
        page: Its number, from 1.
        pages: How many its source has.
        text: Its text; with fields, their JSON. Empty if there is no text.
        fields: An object of the requested class, or None.
        digest: SHA-256 of the image as it was sent, or of its link.
        width: Of the image as it was sent, in pixels; None of a link.
        height: Likewise. Of a page in parts, both are those of the first.
        size: Its bytes as it was sent; 0 of a link.
        parts: In how many images it was sent: more than one if it is too long to be legible in one,
            or for the images on a page with a text layer.
        frames: Of its file: more than one if that moves, or has several images.
        model: The model that read it.
        input_tokens: Tokens that were billed as input, now or when it was first read.
        output_tokens: Likewise as output.
        cost_ids: The gateway's ids of the calls, by which `client.record` returns their cost.
        cost: In PTC, if it was looked up; else None.
        cached: Whether it came from the cache: then nothing was billed now.
        cut: Whether the model stopped before the end (its `max_tokens`).
        text_from: `model`, `layer` (the text layer of a PDF, for which nothing was asked), or
            `both`: the layer, and below it what a model read of the images on the page.
        error: Why it could not be read, with `on_error="keep"`.
        metadata: What the caller knows of the source.
    """

    source: str
    page: int
    pages: int
    text: str = ""
    fields: Any = None
    digest: str | None = None
    width: int | None = None
    height: int | None = None
    size: int = 0
    parts: int = 1
    frames: int = 1
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost_ids: tuple[str, ...] = ()
    cost: float | None = None
    cached: bool = False
    cut: bool = False
    text_from: Literal["model", "layer", "both"] = "model"
    error: AI302Error | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pieces(self) -> tuple[Page]:
        """What becomes a document of its own: the page."""
        return (self,)

    @property
    def free(self) -> bool:
        """Whether nothing was asked about it."""
        return self.text_from == "layer"

    @property
    def empty(self) -> bool:
        """Whether there is no text on it."""
        return not self.text and self.error is None

    @property
    def id(self) -> str:
        """The same for the same page of the same source, as long as its image is the same."""
        told = "\n".join((self.source, str(self.page), self.digest or ""))
        return hashlib.sha256(told.encode()).hexdigest()

    def described(self) -> dict[str, Any]:
        """Return everything but the text, in plain values, for a framework's metadata."""
        fields = None if self.fields is None else self.fields.model_dump(mode="json")
        told = {
            "source": self.source,
            "page": self.page,
            "total_pages": self.pages,
            "width": self.width,
            "height": self.height,
            "bytes": self.size,
            "digest": self.digest,
            "model": self.model,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cost_ids": ",".join(self.cost_ids),
            "cached": self.cached,
            "text_from": self.text_from,
            "fields": fields,
        }
        marks = {"empty": self.empty, "cut": self.cut}
        told |= {name: True for name, is_so in marks.items() if is_so}
        several = {"parts": self.parts, "frames": self.frames}
        told |= {name: number for name, number in several.items() if number > 1}
        told |= {"cost": self.cost} if self.cost is not None else {}
        told |= {"error": str(self.error)} if self.error is not None else {}
        return {**self.metadata, **{name: v for name, v in told.items() if v is not None}}
