"""Sheets: the pages of a source, as the images that are sent.

An image is turned upright by its EXIF, and shrunk to the size that models use; one that is too long
for that is cut into parts. One that is small, upright and opaque already is sent unchanged. A
decompression bomb is refused by its header. A file is opened where it lies and never read whole,
unless it is sent as it is; no more than one page of a source is in memory at once.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core_302.errors import AI302Error
from core_302.reading.image_files import (
    FIRST,
    Frame,
    check_pixels,
    frames_of,
    image_type,
    named_broken,
    opened_image,
)
from core_302.reading.optional_imports import library
from core_302.reading.page_options import PageFields, chosen_pages
from core_302.reading.pdf_pages import OpenedPdf
from core_302.reading.pixels import is_transparent, on_paper, parts_of, refuse
from core_302.reading.sources import Source
from core_302.reading.text_layer import Box

LARGEST_SENT = 3_750_000
"""Bytes of an image that is sent; the smallest limit known is Anthropic's, 5 MB as base64."""

GOOD_JPEG = 90
SENT_AS_IT_IS = ("image/png", "image/jpeg", "image/webp")
# Not CMYK, which models see in wrong colours, nor samples of 16 bits.
PLAIN_MODES = ("1", "L", "P", "RGB", "LA", "RGBA")
ORIENTATION = 0x0112  # EXIF's tag
NO_PAGES = "it has no pages."


@dataclass(frozen=True)
class Sheet:
    """One page of a source, before it is drawn.

    Attributes:
        source: The file, link or bytes that it is in.
        page: Its number, from 1.
        pages: How many there are.
        problem: Why the source cannot be opened, or None.
        pdf: The PDF that it is a page of, opened, or None.
        frame: Where it is in the file of an image.
    """

    source: Source
    page: int = 1
    pages: int = 1
    problem: AI302Error | None = None
    pdf: OpenedPdf | None = field(default=None, repr=False, compare=False)
    frame: Frame = FIRST


@dataclass(frozen=True)
class Image:
    """A page, or a part of one, as it is sent: a link, or bytes.

    Attributes:
        digest: SHA-256 of the bytes, or of the link, as hexadecimal letters.
        link: Its address, or None.
        content: Its bytes; empty if it is a link.
        media_type: Such as `image/png`; None of a link.
        width: In pixels; None of a link.
        height: Likewise.
        overlaps: Whether its end stands at the beginning of the next part too.
        frames: Of the file that it is in: more than 1 if that moves.
    """

    digest: str
    link: str | None = None
    content: bytes = field(default=b"", repr=False)
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    overlaps: bool = False
    frames: int = 1


def sheets_of(source: Source, how: PageFields) -> list[Sheet]:
    """Return the chosen pages of a source; one with a `problem` if it cannot be opened."""
    if source.link is not None or source.problem is not None:
        return [Sheet(source, problem=source.problem)]
    try:
        pdf = OpenedPdf(source, how) if _is_pdf(source.start) else None
        frames = [FIRST] * pdf.pages if pdf is not None else frames_of(source, how)
        pages = chosen_pages(how.pages, len(frames))
        if not pages:
            refuse(f"it has {len(frames)} pages, none of {how.pages!r}." if frames else NO_PAGES)
    except AI302Error as error:
        return [Sheet(source, problem=error)]
    return [Sheet(source, n, len(frames), pdf=pdf, frame=frames[n - 1]) for n in pages]


def draw(sheet: Sheet, how: PageFields) -> tuple[Image, ...]:
    """Return a page as it is sent: one image, or the parts of a long one, from top to bottom.

    Raises:
        InvalidInputError: It cannot be drawn.
        ConfigurationError: A library is missing.
    """
    if sheet.problem is not None:
        raise sheet.problem
    source = sheet.source
    if source.link is not None:
        return (Image(hashlib.sha256(source.link.encode()).hexdigest(), source.link),)
    if sheet.pdf is not None:
        page = sheet.pdf.page(sheet.page, how)
        return _parts(on_paper(page, page), "image/png", how.longest_side)
    return _drawn(sheet, how)


def draw_images(sheet: Sheet, places: Sequence[Box], how: PageFields) -> tuple[Image, ...]:
    """Return the images of a PDF's page, as they are sent, by their places on it.

    Raises:
        InvalidInputError: They cannot be drawn.
    """
    assert sheet.pdf is not None, "only a PDF has places"
    page = sheet.pdf.page(sheet.page, how)
    images: list[Image] = []
    for left, top, right, bottom in places:
        width, height = page.size
        box = (int(left * width), int(top * height), round(right * width), round(bottom * height))
        images += _parts(on_paper(page.crop(box), page), "image/png", how.longest_side)
    return tuple(images)


def _is_pdf(start: bytes) -> bool:
    return b"%PDF-" in start and image_type(start) is None


def _drawn(sheet: Sheet, how: PageFields) -> tuple[Image, ...]:
    longest_side, max_pixels = how.longest_side, how.max_pixels
    with opened_image(sheet.source, sheet.frame, max_pixels) as (image, media_type), named_broken():
        size = image.size
        # A JPEG is decoded at a half, a quarter or an eighth, if that is still large enough.
        image.draft(None, (longest_side, longest_side))
        image.seek(sheet.frame.number)
        check_pixels(image.size, max_pixels)  # each frame has its own
        image.load()
        if max(size) <= longest_side and _as_it_is(image, media_type):
            content = sheet.source.read(LARGEST_SENT + 1)
            if len(content) <= LARGEST_SENT:
                return (_image(content, media_type, image.size),)
        upright = library("PIL.ImageOps").exif_transpose(image)
        frames = 1 if sheet.frame.directory is not None else int(getattr(image, "n_frames", 1))
        return _parts(on_paper(upright, image), media_type, longest_side, frames)


def _as_it_is(image: Any, media_type: str) -> bool:
    if media_type not in SENT_AS_IT_IS or image.mode not in PLAIN_MODES:
        return False
    if getattr(image, "n_frames", 1) != 1 or is_transparent(image):
        return False
    return bool(image.getexif().get(ORIENTATION, 1) == 1)


def _parts(image: Any, media_type: str, longest_side: int, frames: int = 1) -> tuple[Image, ...]:
    parts, overlap = parts_of(image, longest_side)
    packed = (_packed(part, media_type) for part in parts)
    return tuple(replace(part, overlaps=overlap, frames=frames) for part in packed)


def _packed(image: Any, media_type: str) -> Image:
    """Encode pixels as a file: lossless, unless the source was lossy or the file gets too large."""
    if media_type != "image/jpeg":
        content = _saved(image, "PNG")
        if len(content) <= LARGEST_SENT:
            return _image(content, "image/png", image.size)
    return _image(_saved(image, "JPEG"), "image/jpeg", image.size)


def _saved(image: Any, form: str) -> bytes:
    file = io.BytesIO()
    image.save(file, form, quality=GOOD_JPEG)
    return file.getvalue()


def _image(content: bytes, media_type: str, size: tuple[int, int]) -> Image:
    digest = hashlib.sha256(content).hexdigest()
    return Image(digest, None, content, media_type, *size)
