"""The text layer of a PDF's page: what it says, and whether it says all that can be seen.

A layer is taken only if nothing speaks against it. What is only seen (scans, drawn letters,
filled-in forms, stamps, handwriting) is no part of it, and what a broken font hides is worse than
nothing.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core_302.reading.optional_imports import library

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, as parts of the page's width and height, from its upper left corner."""

SCAN = 0.5  # of the page: an image this large is the page
SEEN = 0.01  # of the page: a smaller image is an ornament
FEW_LETTERS = 16  # a page with fewer, on which something is drawn, may be drawn letters
GARBLED = 0.02  # of the letters: that many may be unreadable
DEEP = 5  # forms in forms that are looked into
MOST_OBJECTS = 20_000  # of a page that are looked at; one with more is read
NO_LETTERS = ("Co", "Cn", "Cs")  # categories of Unicode: private, not assigned, halves
HYPHENS = str.maketrans({"\ufffe": "-", "\x02": "-", "\r": None, "\0": None})
# Kinds of annotation that show something that is not in the layer: PDF 32000-1, table 169.
SHOWING = {3: "free text", 13: "stamp", 15: "ink", 20: "form field"}
IMAGE, PATH = 3, 2  # kinds of page object, in PDFium's numbers


@dataclass(frozen=True)
class Layer:
    """What a page's text layer is worth.

    Attributes:
        text: What it says.
        whole: Whether it is good, and all that there is but `images`.
        images: The places of images that may show more text.
    """

    text: str
    whole: bool
    images: tuple[Box, ...] = ()


def layer_of(page: Any) -> Layer:
    """Return the text layer of a page that PDFium has opened."""
    raw = library("pypdfium2.raw")
    letters = page.get_textpage()
    try:
        text = letters.get_text_range().translate(HYPHENS).strip()
        broken = _broken(raw, letters, text)
    finally:
        letters.close()
    images, others = _seen(raw, page)
    few = sum(not letter.isspace() for letter in text) < FEW_LETTERS
    whole = not (
        broken
        or _annotated(raw, page)
        or others > MOST_OBJECTS
        or (few and others > 0)
        or sum(map(_area, images)) > SCAN
    )
    return Layer(text, whole, tuple(box for box in images if _area(box) > SEEN))


def _broken(raw: Any, letters: Any, text: str) -> bool:
    """Whether a font tells no text, or another one than it shows."""
    wrong = sum(map(_unreadable, text))
    wrong += sum(
        raw.FPDFText_HasUnicodeMapError(letters.raw, place) == 1
        for place in range(letters.count_chars())
    )
    return bool(wrong > GARBLED * len(text))


def _unreadable(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return letter == "\ufffd" or kind in NO_LETTERS or (kind == "Cc" and letter not in "\n\t")


def _seen(raw: Any, page: Any) -> tuple[list[Box], int]:
    """Return the places of a page's images, and how many lines and areas are drawn on it."""
    images, drawn = [], 0
    size = page.get_size()
    for one in page.get_objects(max_depth=DEEP):
        if one.type == IMAGE:
            images.append(_place(raw, one, size))
        drawn += one.type == PATH
        if drawn > MOST_OBJECTS:
            break
    return images, drawn


def _place(raw: Any, one: Any, size: tuple[float, float]) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(one.raw, left, bottom, right, top)  # else they are 0: no place
    width, height = size
    return (
        max(0.0, left.value / width),
        max(0.0, 1 - top.value / height),
        min(1.0, right.value / width),
        min(1.0, 1 - bottom.value / height),
    )


def _area(box: Box) -> float:
    left, top, right, bottom = box
    return max(0.0, right - left) * max(0.0, bottom - top)


def _annotated(raw: Any, page: Any) -> bool:
    return any(kind in SHOWING for kind in _annotations(raw, page))


def _annotations(raw: Any, page: Any) -> Iterator[int]:
    for place in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, place)
        yield raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
