"""Which pages of a file are read, and how they are drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from core_302.options.declaration import Declared

LONGEST_SIDE = 2_048
"""Longer side of the images that are sent, in pixels. OpenAI's models shrink to it themselves."""

DPI = 200
MOST_PIXELS = 80_000_000  # width times height; Pillow warns of more than 89 million
PILLOWS_LIMIT = 178_956_970  # pixels: more than these it never opens
LARGEST_DPI = 1_200
RANGE = re.compile(r"(\d{1,9})(?:(-)(\d{1,9})?)?")
EXAMPLE = 'such as "1-3,7,10-" or [1, 2, 7]'

Pages = tuple[tuple[int, int | None], ...]
"""First and last of each range of pages, from 1; None if it has no end."""


def page_ranges(pages: str | Sequence[int]) -> Pages:
    """Return the ranges that a choice of pages names.

    Raises:
        ValueError: It names none, or one before the first page.
    """
    if not isinstance(pages, str):
        ranges: Pages = tuple((page, page) for page in pages)
    else:
        found = [RANGE.fullmatch(part.strip()) for part in pages.split(",")]
        if None in found:
            raise ValueError(f"must be page numbers, {EXAMPLE}, not {pages[:40]!r}")
        ranges = tuple(_range(*match.groups()) for match in found if match is not None)
    if not ranges or any(first < 1 or (last or first) < first for first, last in ranges):
        raise ValueError(f"must be page numbers from 1, {EXAMPLE}, not {str(pages)[:40]!r}")
    return ranges


def _range(first: str, dash: str | None, last: str | None) -> tuple[int, int | None]:
    return int(first), int(last) if last else (None if dash else int(first))


def chosen_pages(pages: str | Sequence[int] | None, total: int) -> list[int]:
    """Return the numbers of the chosen pages that a file of `total` pages has, in its order."""
    if pages is None:
        return list(range(1, total + 1))
    chosen: set[int] = set()
    for first, last in page_ranges(pages):
        chosen.update(range(first, min(total if last is None else last, total) + 1))
    return sorted(chosen)


def _as_numbers(given: Any) -> Any:
    if isinstance(given, int) and not isinstance(given, bool):
        return (given,)
    return tuple(given) if isinstance(given, range) else given


def _are_pages(given: Any) -> Any:
    page_ranges(given)
    return given


Numbers = tuple[Annotated[int, Field(strict=True)], ...]


class PageFields(Declared):
    """Which pages of a file are read, and how they are drawn."""

    pages: (
        Annotated[str | Numbers, BeforeValidator(_as_numbers), AfterValidator(_are_pages)] | None
    ) = None
    """Which pages of each PDF, TIFF or moving image are read, from 1: `"1-3,7,10-"`, a number,
    numbers, or a `range`. A file that has none of them is an error. All by default."""
    password: Annotated[SecretStr | None, Field(exclude=True)] = None
    """What opens PDFs that have a password."""
    dpi: Annotated[int, Field(ge=36, le=LARGEST_DPI, strict=True)] = DPI
    """Dots per inch of a PDF's page when it is drawn; `longest_side` is a limit above it."""
    longest_side: Annotated[int, Field(ge=64, le=16_384, strict=True)] = LONGEST_SIDE
    """Longer side of the images that are sent, in pixels."""
    max_pixels: Annotated[int, Field(ge=1, le=PILLOWS_LIMIT, strict=True)] = MOST_PIXELS
    """Width times height of an image that is opened at all; a larger one is refused by its header.
    """
    frames: Literal["first", "all", "refuse"] = "first"
    """What is read of a moving image (GIF, WebP, PNG, AVIF), and of a HEIC with several: the
    "first" frame, with their number in the metadata; "all", each as a page; or "refuse" it."""
