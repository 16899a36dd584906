"""Facts about image models, from one data file: which endpoint serves each, and what it takes.

They advise, and never refuse a model: one that is not listed has no facts, and is sent as it is.
Every fact has a source and a date, so that a reader can tell a retired list from today's.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

Endpoint = Literal["v1", "v2", "openai"]
"""`/302/image/generate`, `/302/v2/image/generate`, or OpenAI's form at `/v1/images/...`."""
RATIO = re.compile(r"([1-9]\d?):([1-9]\d?)")
STEP = 16  # pixels: a side that is worked out from a ratio is a multiple of this
# How many pixels a preset stands for, where a ratio has to become a width and a height.
PRESETS: Mapping[str, int] = {"1K": 1024**2, "2K": 2048**2, "4K": 4096**2}


@dataclass(frozen=True)
class FieldFacts:
    """What a model takes in one field. None means that the source says nothing.

    Attributes:
        values: The only values.
        with_images: The only values where images are given.
        least: The least number.
        most: The greatest number; of images, how many.
        otherwise: What the gateway is documented to make, silently, of any other value.
        wire: The field's name in the request, where it is not the usual one.
        needs: What must be sent along, or the field does nothing.
        taken: False if the source says that the model takes no such field.
    """

    values: tuple[str, ...] | None = None
    with_images: tuple[str, ...] | None = None
    least: int | None = None
    most: int | None = None
    otherwise: str | int | None = None
    wire: str | None = None
    needs: Mapping[str, Any] = field(default_factory=dict)
    taken: bool = True

    @property
    def rule(self) -> str | None:
        """The bounds in words, or None if there are none."""
        if self.values is not None:
            return _either(self.values)
        if self.least is not None and self.most is not None:
            return f"{self.least} to {self.most}"
        return f"at most {self.most}" if self.most is not None else None


@dataclass(frozen=True)
class Source:
    """Where facts stand, and how old they are.

    Attributes:
        name: The document or the package in short.
        text: The document, or the package and its file.
        dated: When the document was written or the package was read, as far as is known.
        endpoint: The endpoint that it is about.
        fields: What that endpoint takes of every model; empty where each model has its own list.
        today: Whether it lists what 302.AI offers now, by `dated`.
    """

    name: str
    text: str
    dated: str
    endpoint: Endpoint
    fields: Mapping[str, FieldFacts] = field(default_factory=dict)
    today: bool = False


@dataclass(frozen=True)
class ImageModelFacts:
    """What is known of an image model.

    Attributes:
        name: The model.
        source: Where it stands.
        fields: What it takes beside what its endpoint takes of every model, or with which bounds.
        needs_image: Whether it works on images that must be given.
        ratios: The size that stands for each aspect ratio, for models that take no ratio.
        pixels: The usual area, in pixels, for models that take any size and no ratio.
        least_pixels: The smallest area that it draws, in pixels.
        extra: Other fields, and their values in words: for `extra_body`.
    """

    name: str
    source: Source
    fields: Mapping[str, FieldFacts] = field(default_factory=dict)
    needs_image: bool = False
    ratios: Mapping[str, str] = field(default_factory=dict)
    pixels: int | None = None
    least_pixels: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint that serves it."""
        return self.source.endpoint

    def takes(self, name: str) -> FieldFacts | None:
        """Return what it takes in the field `name`, or None if it takes no such field."""
        known = self.fields.get(name) or self.source.fields.get(name)
        return known if known is not None and known.taken else None

    def spelling(self, name: str, usual: str) -> str:
        """Return what it calls the field `name` in a request; `usual` if nothing is known."""
        known = self.takes(name)
        return (known.wire if known is not None else None) or usual

    def sent_along(self, names: Iterable[str]) -> dict[str, Any]:
        """Return what must be sent along with the fields `names`."""
        known = [known for name in names if (known := self.takes(name)) is not None]
        return {name: value for facts in known for name, value in facts.needs.items()}

    def size_for(self, ratio: str, preset: str | None = None) -> str | None:
        """Return the size that has an aspect ratio, or None if that cannot be told.

        Args:
            ratio: Such as `16:9`.
            preset: How large, such as `2K`; the model's usual area by default.
        """
        if self.ratios:
            return self.ratios.get(ratio) if preset is None else None
        pixels = PRESETS.get(preset) if preset is not None else self.pixels
        found = RATIO.fullmatch(ratio)
        if pixels is None or self.pixels is None or found is None:
            return None
        wide, high = int(found[1]), int(found[2])
        scale = math.sqrt(pixels / (wide * high))
        width, height = (max(STEP, int(side * scale) // STEP * STEP) for side in (wide, high))
        return f"{width}x{height}"


UNLISTED = ImageModelFacts("", Source("", "", "", "v2"))
"""Of a model that is not listed nothing is known; today's endpoint is asked."""


def image_model_facts(model: str) -> ImageModelFacts | None:
    """Return what the documents say of the image model `model`, or None if it is not listed."""
    return _entries().get(model)


def image_models(*, today: bool = False) -> tuple[str, ...]:
    """Return the listed image models; with `today`, those that 302.AI's own tool offers now.

    The others stand on a page of 2025: they can be sent, and some may be gone.
    """
    known = _entries().items()
    return tuple(name for name, facts in known if facts.source.today or not today)


@lru_cache(maxsize=1)
def _entries() -> dict[str, ImageModelFacts]:
    text = resources.files(__package__).joinpath("images.json").read_text("utf-8")
    given = json.loads(text)
    sources = {name: Source(fields=fields_in(row), **row) for name, row in given["sources"].items()}
    rows = given["models"]
    return {
        row["name"]: ImageModelFacts(
            source=sources[row.pop("source")], fields=fields_in(row), **row
        )
        for row in rows
    }


def fields_in(row: dict[str, Any]) -> dict[str, FieldFacts]:
    """Take the facts about fields out of a row of a data file, and return them."""
    return {name: FieldFacts(**_tuples(given)) for name, given in row.pop("fields", {}).items()}


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _either(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
