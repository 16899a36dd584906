"""Sheets: the pages of a source, as the images that are sent.

An image is turned upright by its EXIF, and shrunk to the size that models use; one that is too long
for that is cut into parts. One that is small, upright and opaque already is sent unchanged. A
decompression bomb is refused by its header. A file is opened where it lies and never read whole,
unless it is sent as it is; no more than one page of a source is in memory at once.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from core_302.errors import AI302Error
from core_302.image_size import size_of
from core_302.media_types import media_type_of
from core_302.reading.optional_imports import knows_heic, library
from core_302.reading.pdf_pages import OpenedPdf
from core_302.reading.pixels import MOST_PIXELS, is_transparent, on_paper, parts_of, refuse
from core_302.reading.sources import Source
from core_302.reading.text_layer import Box

LONGEST_SIDE = 2_048
"""Longer side of the images that are sent, in pixels. OpenAI's models shrink to it themselves."""

LARGEST_SENT = 3_750_000
"""Bytes of an image that is sent; the smallest limit known is Anthropic's, 5 MB as base64."""

GOOD_JPEG = 90
SENT_AS_IT_IS = ("image/png", "image/jpeg", "image/webp")
# Not all that Pillow knows: opening EPS, for one, would run a program.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
NEWER = {"image/heic": "HEIF", "image/heif": "HEIF", "image/avif": "AVIF"}
ORIENTATION = 0x0112  # EXIF's tag
MOST_BOXES = 256  # of a HEIC or AVIF, at its top level
ARRAY = b"\x93NUMPY"
ARRAY_OF_PIXELS = "application/x-npy"
"""An array of numpy in its own file format: LangChain's PDF loaders hand images over so."""


@dataclass(frozen=True)
class Sheet:
    """One page of a source, before it is drawn.

    Attributes:
        source: The file, link or bytes that it is in.
        page: Its number, from 1.
        pages: How many there are.
        problem: Why the source cannot be opened, or None.
        pdf: The PDF that it is a page of, opened, or None.
    """

    source: Source
    page: int = 1
    pages: int = 1
    problem: AI302Error | None = None
    pdf: OpenedPdf | None = field(default=None, repr=False, compare=False)


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
    """

    digest: str
    link: str | None = None
    content: bytes = field(default=b"", repr=False)
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    overlaps: bool = False


def sheets_of(source: Source) -> Iterator[Sheet]:
    """Yield the pages of a source; one with a `problem` if it cannot be opened."""
    if source.link is not None or source.problem is not None:
        yield Sheet(source, problem=source.problem)
        return
    try:
        pdf = OpenedPdf(source) if _is_pdf(source.start()) else None
        pages = _count(source) if pdf is None else pdf.pages or refuse("it has no pages.")
    except AI302Error as error:
        yield Sheet(source, problem=error)
        return
    for page in range(1, pages + 1):
        yield Sheet(source, page, pages, pdf=pdf)


def draw(sheet: Sheet, longest_side: int = LONGEST_SIDE) -> tuple[Image, ...]:
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
        page = sheet.pdf.page(sheet.page, longest_side)
        return _parts(on_paper(page, page), "image/png", longest_side)
    return _drawn(source, sheet.page, longest_side)


def draw_images(sheet: Sheet, places: Sequence[Box], longest_side: int) -> tuple[Image, ...]:
    """Return the images of a PDF's page, as they are sent, by their places on it.

    Raises:
        InvalidInputError: They cannot be drawn.
    """
    assert sheet.pdf is not None, "only a PDF has places"
    page = sheet.pdf.page(sheet.page, longest_side)
    images: list[Image] = []
    for left, top, right, bottom in places:
        width, height = page.size
        box = (int(left * width), int(top * height), round(right * width), round(bottom * height))
        images += _parts(on_paper(page.crop(box), page), "image/png", longest_side)
    return tuple(images)


def _count(source: Source) -> int:
    """Return how many pages an image has. Only TIFF has more than one."""
    if media_type_of(source.start()) != "image/tiff":
        return 1
    with _opened(source) as (image, _), _named_broken():
        return int(image.n_frames)


def _is_pdf(start: bytes) -> bool:
    return b"%PDF-" in start and media_type_of(start) is None


@contextmanager
def _named_broken() -> Iterator[None]:
    """Make what a library says of a broken file ours."""
    try:
        yield
    except AI302Error:
        raise
    except Exception as error:  # noqa: BLE001 - broken files raise nearly anything
        refuse(f"it is broken ({error}).", error)


@contextmanager
def _opened(source: Source) -> Iterator[tuple[Any, str]]:
    """Open an image by its first bytes, with its media type; nothing is decompressed yet."""
    start = source.start()
    media_type = ARRAY_OF_PIXELS if start.startswith(ARRAY) else media_type_of(start)
    if media_type is None:
        what = "neither an image nor a PDF, judging by its first bytes" if start else "empty"
        refuse(f"it is {what}.")
    with source.opened() as file:
        image = _of_array(file) if media_type == ARRAY_OF_PIXELS else _of_file(file, media_type)
        with image:
            _check_pixels(*image.size)
            yield image, media_type


def _of_file(file: BinaryIO, media_type: str) -> Any:
    form = NEWER.get(media_type)
    if form == "HEIF" and not knows_heic():
        refuse(f"it is {media_type}: pip install pillow-heif to read it.")
    content = _FileBytes(file)
    if form is not None:
        _check_boxes(content)
    _check_pixels(*(size_of(content) or (0, 0)))
    file.seek(0)
    with _named_broken():
        return library("PIL.Image").open(file, formats=(form,) if form else FORMATS)


def _of_array(file: BinaryIO) -> Any:
    """Return the image of an array of bytes: height, width, and 1, 3 or 4 colours."""
    with _named_broken():
        pixels = library("numpy").load(file, allow_pickle=False)
        if pixels.ndim == 3 and pixels.shape[2] == 1:  # noqa: PLR2004 - height, width, grey
            pixels = pixels[:, :, 0]
        if pixels.dtype.name not in ("uint8", "bool") or pixels.ndim not in (2, 3):
            refuse(f"it is an array of {pixels.dtype.name}, not an image of bytes (uint8).")
        return library("PIL.Image").fromarray(pixels)


class _FileBytes:
    """A file as `size_of` looks at it: bytes are read only where they are looked at."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.length = file.seek(0, io.SEEK_END)

    def __getitem__(self, wanted: slice) -> bytes:
        start = wanted.start or 0
        self._file.seek(start)
        return self._file.read(max(0, wanted.stop - start))


def _check_boxes(content: _FileBytes) -> None:
    """Refuse a HEIC or AVIF whose last box does not end: what is missing would be green."""
    place = 0
    for _ in range(MOST_BOXES):
        head = content[place : place + 16]
        if len(head) < 8:  # noqa: PLR2004 - its length and kind
            break
        (length,) = struct.unpack(">I", head[:4])
        if length == 1 and len(head) == 16:  # noqa: PLR2004 - a long length follows
            (length,) = struct.unpack(">Q", head[8:])
        if length == 0:  # to the end of the file
            return
        place += length
    if place != content.length:
        refuse("it is broken (cut off).")


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        refuse(f"it declares {width}x{height} pixels: too many.")


def _drawn(source: Source, page: int, longest_side: int) -> tuple[Image, ...]:
    with _opened(source) as (image, media_type), _named_broken():
        size = image.size
        # A JPEG is decoded at a half, a quarter or an eighth, if that is still large enough.
        image.draft(None, (longest_side, longest_side))
        image.seek(page - 1)
        _check_pixels(*image.size)  # each page has its own
        image.load()
        if max(size) <= longest_side and _as_it_is(image, media_type):
            content = source.read(LARGEST_SENT + 1)
            if len(content) <= LARGEST_SENT:
                return (_image(content, media_type, image.size),)
        upright = library("PIL.ImageOps").exif_transpose(image)
        return _parts(on_paper(upright, image), media_type, longest_side)


def _as_it_is(image: Any, media_type: str) -> bool:
    if media_type not in SENT_AS_IT_IS or getattr(image, "n_frames", 1) != 1:
        return False
    return image.getexif().get(ORIENTATION, 1) == 1 and not is_transparent(image)


def _parts(image: Any, media_type: str, longest_side: int) -> tuple[Image, ...]:
    parts, overlap = parts_of(image, longest_side)
    return tuple(_packed(part, media_type, overlaps=overlap) for part in parts)


def _packed(image: Any, media_type: str, *, overlaps: bool = False) -> Image:
    """Encode pixels as a file: lossless, unless the source was lossy or the file gets too large."""
    if media_type != "image/jpeg":
        content = _saved(image, "PNG")
        if len(content) <= LARGEST_SENT:
            return _image(content, "image/png", image.size, overlaps=overlaps)
    return _image(_saved(image, "JPEG"), "image/jpeg", image.size, overlaps=overlaps)


def _saved(image: Any, form: str) -> bytes:
    file = io.BytesIO()
    image.save(file, form, quality=GOOD_JPEG)
    return file.getvalue()


def _image(
    content: bytes, media_type: str, size: tuple[int, int], *, overlaps: bool = False
) -> Image:
    digest = hashlib.sha256(content).hexdigest()
    return Image(digest, None, content, media_type, *size, overlaps=overlaps)
