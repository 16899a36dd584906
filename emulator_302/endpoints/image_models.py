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

SIDE = 1024  # pixels: the page's default of width and height
PIXELS = SIDE * SIDE
# Limits of the emulator's own, for models whose page names none.
LEAST, MOST = 64, 2048
MOST_UNEVEN = 4
RATIO = re.compile(r"([1-9]\d?):([1-9]\d?)")
SIZE = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})")


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

    def pixels(self, shape: Shape, shown: tuple[int, int] | None = None) -> tuple[int, int]:
        """Return width and height of the image that the model draws.

        Args:
            shape: The request's wishes.
            shown: The size of the image that the request shows, if it shows one.
        """
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


@lru_cache(maxsize=1)
def image_models() -> dict[str, ImageModel]:
    """Return the image models by name."""
    text = (
        resources.files("emulator_302.endpoints").joinpath("image_models.json").read_text("utf-8")
    )
    given = json.loads(text)
    return {row["id"]: _model(row, given["rules"][row["rule"]]) for row in given["models"]}


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
    width, height = size.split("x")
    return int(width), int(height)


def _of_ratio(ratio: str | None) -> tuple[int, int]:
    """Return the largest size of exactly this ratio within about a million pixels."""
    wide, high = (int(part) for part in (ratio or "1:1").split(":"))
    scale = math.isqrt(PIXELS // (wide * high))
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
