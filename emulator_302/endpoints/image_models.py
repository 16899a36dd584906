"""The image models: which sizes each draws, and what an unsupported one becomes.

The rules are those of 302.AI's page "Generate images"; a value that they do not allow is replaced
silently.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

SIDE = 1024  # pixels: the page's default of width and height
PIXELS = SIDE * SIDE
# Limits of the emulator's own, for models whose page names none.
LEAST, MOST = 64, 2048
MOST_UNEVEN = 4
RATIO = re.compile(r"([1-9]\d?):([1-9]\d?)")
SIZE = re.compile(r"([1-9]\d{0,4})[x*]([1-9]\d{0,4})")
PRESETS = {"512PX": 512, "1K": 1024, "2K": 2048, "4K": 4096}  # the side of a square
LARGEST = 4096  # pixels; of the emulator's own


@dataclass(frozen=True)
class Shape:
    """A request's wishes about the size of its image; `None` where it has none."""

    width: int | None = None
    height: int | None = None
    ratio: str | None = None
    size: str | None = None

    @property
    def written(self) -> str:
        """The size as WIDTHxHEIGHT."""
        return self.size or f"{self.width or SIDE}x{self.height or SIDE}"


@dataclass(frozen=True)
class ImageModel:
    """One image model. The price is PTC for one image, and invented."""

    id: str
    price: float
    sizes: tuple[str, ...] = ()
    ratios: tuple[str, ...] = ()
    sides: tuple[int, int] | None = None
    otherwise: str = ""
    needs_image: bool = False
    takes: Mapping[str, Any] | None = None
    side: int = SIDE
    least_pixels: int = 0
    sizes_of_edits: tuple[str, ...] | None = None

    @property
    def is_newer(self) -> bool:
        """Whether the second version of the endpoint alone serves it."""
        return self.takes is not None

    def refusal_of(self, given: Mapping[str, Any]) -> str | None:
        """Return which field of a request the model does not take as it is, or None."""
        if self.takes is None:
            return None
        for name, value in given.items():
            bound = True if name in ("prompt", "model") else self.takes.get(name)
            if bound is None:
                return f"{self.id} takes no {name}"
            if not _within_bound(bound, value):
                return f"{name}: {self.id} takes {bound}, not {value}"
        edits = self.sizes_of_edits if given.get("image") else None
        if edits is not None and given.get("size", edits[0]) not in edits:
            return f"size: {self.id} takes {edits} for edits"
        size = _sized(given["size"]) if SIZE.fullmatch(str(given.get("size"))) else (None, None)
        wide, high = (given.get(n) or s for n, s in zip(("width", "height"), size, strict=True))
        if wide and high and wide * high < self.least_pixels:
            return f"{self.id} draws at least {self.least_pixels} pixels"
        return None

    def pixels(self, shape: Shape, shown: tuple[int, int] | None = None) -> tuple[int, int]:
        """Return width and height of the image that the model draws.

        Args:
            shape: The request's wishes.
            shown: The size of the image that the request shows, if it shows one.
        """
        if self.is_newer:
            return self._newer_pixels(shape)
        if self.sizes:
            return _sized(shape.written if shape.written in self.sizes else self.otherwise)
        if self.ratios:
            return _of_ratio(shape.ratio if shape.ratio in self.ratios else self.otherwise)
        if self.sides:
            low, high = self.sides
            given = [SIDE if side is None else side for side in _sides(shape)]
            width, height = (s if low <= s <= high else int(self.otherwise) for s in given)
            return width, height
        if shown is not None and self.needs_image:
            return _within(_sides(shape), shown)
        return _free(shape, shown)

    def _newer_pixels(self, shape: Shape) -> tuple[int, int]:
        """Return the size that a model of the second version draws: as asked, within bounds."""
        area = PRESETS.get(shape.size or "", self.side)
        if shape.ratio is not None and RATIO.fullmatch(shape.ratio):
            return _of_ratio(shape.ratio, area * area)
        width, height = _sides(shape)
        return min(width or area, LARGEST), min(height or area, LARGEST)


@lru_cache(maxsize=1)
def image_models() -> dict[str, ImageModel]:
    """Return the image models by name."""
    text = (
        resources.files("emulator_302.endpoints").joinpath("image_models.json").read_text("utf-8")
    )
    given = json.loads(text)
    older = {row["id"]: _model(row, given["rules"][row["rule"]]) for row in given["models"]}
    return older | {row["id"]: ImageModel(**row) for row in given["newer"]}


def _model(row: Mapping[str, object], rule: Mapping[str, object]) -> ImageModel:
    sizes, ratios, sides = rule.get("sizes", ()), rule.get("ratios", ()), rule.get("sides")
    assert isinstance(sizes, (list, tuple))
    assert isinstance(ratios, (list, tuple))
    return ImageModel(
        id=str(row["id"]),
        price=float(str(row["price"])),
        sizes=tuple(sizes),
        ratios=tuple(ratios),
        sides=(sides[0], sides[1]) if isinstance(sides, list) else None,
        otherwise=str(rule.get("else", "")),
        needs_image=bool(rule.get("needs_image")),
    )


def _sides(shape: Shape) -> tuple[int | None, int | None]:
    if shape.width is None and shape.height is None and SIZE.fullmatch(shape.size or ""):
        return _sized(shape.size or "")
    return shape.width, shape.height


def _sized(size: str) -> tuple[int, int]:
    width, height = re.split("[x*]", size)
    return int(width), int(height)


def _within_bound(bound: Any, value: Any) -> bool:
    """Tell whether a value is within what stands of its field in `image_models.json`."""
    if isinstance(bound, list) and isinstance(bound[0], int):
        return isinstance(value, int) and bound[0] <= value <= bound[1]
    if isinstance(bound, list):
        return value in bound
    return bound is True or not isinstance(value, list) or len(value) <= bound


def _of_ratio(ratio: str | None, pixels: int = PIXELS) -> tuple[int, int]:
    """Return the largest size of exactly this ratio within so many pixels."""
    wide, high = (int(part) for part in (ratio or "1:1").split(":"))
    scale = math.isqrt(pixels // (wide * high))
    return wide * scale, high * scale


def _free(shape: Shape, shown: tuple[int, int] | None) -> tuple[int, int]:
    """Return the size of a model whose page names no limits."""
    sides = _sides(shape)
    if sides == (None, None):
        asked = RATIO.fullmatch(shape.ratio or "")
        even = asked and 1 / MOST_UNEVEN <= int(asked[1]) / int(asked[2]) <= MOST_UNEVEN
        if even:
            return _of_ratio(shape.ratio)
    return _within(sides, shown or (SIDE, SIDE))


def _within(sides: tuple[int | None, int | None], default: tuple[int, int]) -> tuple[int, int]:
    given = (one if one is not None else other for one, other in zip(sides, default, strict=True))
    width, height = (side if LEAST <= side <= MOST else SIDE for side in given)
    return width, height
