"""Sheets: the pages of a source, as the images that are sent.

An image is turned upright by its EXIF, and shrunk to the size that models use. One that is small
and upright already is sent unchanged. A decompression bomb is refused by its header. No more than
one page of a source is in memory at once.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

from core_302.errors import AI302Error, InvalidInputError
from core_302.image_size import size_of
from core_302.media_types import media_type_of
from core_302.reading.optional_imports import knows_heic, library
from core_302.reading.sources import Source

LONGEST_SIDE = 2_048
"""Longer side of the images that are sent, in pixels. OpenAI's models shrink to it themselves."""

LARGEST_SENT = 3_750_000
"""Bytes of an image that is sent; the smallest limit known is Anthropic's, 5 MB as base64."""

MOST_PIXELS = 80_000_000  # width times height; Pillow calls more than 89 million a bomb
DOTS_PER_POINT = 200 / 72  # a page of a PDF is drawn with 200 dots per inch, or up to the limit
GOOD_JPEG = 90
SENT_AS_IT_IS = ("image/png", "image/jpeg", "image/webp")
# Not all that Pillow knows: opening EPS, for one, would run a program.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
NEWER = {"image/heic": "HEIF", "image/heif": "HEIF", "image/avif": "AVIF"}
ORIENTATION = 0x0112  # EXIF's tag

_pdfium_lock = threading.Lock()  # PDFium must not be called by two threads at once


@dataclass(frozen=True)
class Sheet:
    """One page of a source, before it is drawn.

    Attributes:
        source: The file, link or bytes that it is in.
        page: Its number, from 1.
        pages: How many there are.
        problem: Why the source cannot be opened, or None.
    """

    source: Source
    page: int = 1
    pages: int = 1
    problem: AI302Error | None = None


@dataclass(frozen=True)
class Image:
    """A page as it is sent: a link, or bytes.

    Attributes:
        digest: SHA-256 of the bytes, or of the link, as hexadecimal letters.
        link: Its address, or None.
        content: Its bytes; empty if it is a link.
        media_type: Such as `image/png`; None of a link.
        width: In pixels; None of a link.
        height: Likewise.
    """

    digest: str
    link: str | None = None
    content: bytes = field(default=b"", repr=False)
    media_type: str | None = None
    width: int | None = None
    height: int | None = None


def sheets_of(source: Source) -> Iterator[Sheet]:
    """Yield the pages of a source; one with a `problem` if it cannot be opened."""
    if source.link is not None or source.problem is not None:
        yield Sheet(source, problem=source.problem)
        return
    try:
        pages = _count(source)
    except AI302Error as error:
        yield Sheet(source, problem=error)
        return
    for page in range(1, pages + 1):
        yield Sheet(source, page, pages)


def draw(sheet: Sheet, longest_side: int = LONGEST_SIDE) -> Image:
    """Return a page as it is sent.

    Raises:
        InvalidInputError: It cannot be drawn.
        ConfigurationError: A library is missing.
    """
    if sheet.problem is not None:
        raise sheet.problem
    source = sheet.source
    if source.link is not None:
        return Image(hashlib.sha256(source.link.encode()).hexdigest(), source.link)
    if _is_pdf(source.start()):
        return _packed(_pdf_page(source, sheet.page, longest_side), "image/png")
    return _drawn(source.read(), sheet.page, longest_side)


def _count(source: Source) -> int:
    """Return how many pages a source has. Only PDF and TIFF have more than one."""
    start = source.start()
    if _is_pdf(start):
        with _pdf(source) as document:
            return len(document) or _refuse("it is a PDF without pages.")
    if media_type_of(start) != "image/tiff":
        return 1
    with _opened(source.read()) as image:
        return int(image.n_frames)


def _is_pdf(start: bytes) -> bool:
    return b"%PDF-" in start and media_type_of(start) is None


@contextmanager
def _pdf(source: Source) -> Iterator[Any]:
    """Open a PDF, alone: PDFium must not be called by two threads at once."""
    pdfium = library("pypdfium2")
    with _pdfium_lock:
        try:
            document = pdfium.PdfDocument(source.path or source.content)
        except (pdfium.PdfiumError, OSError) as error:
            if "password" in str(error).lower():
                _refuse("it is a PDF with a password: save it without one.", error)
            _refuse(f"it is a PDF that cannot be opened ({error}).", error)
        try:
            yield document
        except (pdfium.PdfiumError, ValueError, MemoryError) as error:
            _refuse(f"the page cannot be drawn ({error}).", error)
        finally:
            document.close()


def _pdf_page(source: Source, page: int, longest_side: int) -> Any:
    with _pdf(source) as document:
        sheet = document[page - 1]
        longer = max(*sheet.get_size(), 1.0)
        drawn = sheet.render(scale=min(DOTS_PER_POINT, longest_side / longer))
        return drawn.to_pil().copy()  # what PDFium holds goes when the document is closed


def _opened(content: bytes) -> Any:
    """Open an image by its first bytes; nothing is decompressed yet."""
    media_type = media_type_of(content)
    if media_type is None:
        what = "neither an image nor a PDF, judging by its first bytes" if content else "empty"
        _refuse(f"it is {what}.")
    form = NEWER.get(str(media_type))
    if form == "HEIF" and not knows_heic():
        _refuse(f"it is {media_type}: pip install pillow-heif to read it.")
    _check_pixels(*(size_of(content) or (0, 0)))
    pillow = library("PIL.Image")
    try:
        image = pillow.open(io.BytesIO(content), formats=(form,) if form else FORMATS)
    except Exception as error:  # noqa: BLE001 - broken files raise nearly anything
        _refuse(f"it is broken ({error}).", error)
    _check_pixels(*image.size)
    return image


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        _refuse(f"it declares {width}x{height} pixels: too many.")


def _drawn(content: bytes, page: int, longest_side: int) -> Image:
    media_type = str(media_type_of(content))
    with _opened(content) as image:
        small = max(image.size) <= longest_side and len(content) <= LARGEST_SENT
        try:
            # A JPEG is decoded at a half, a quarter or an eighth, if that is still large enough.
            image.draft(None, (longest_side, longest_side))
            image.seek(page - 1)
            _check_pixels(*image.size)  # each page has its own
            image.load()
            if small and _as_it_is(image, media_type):
                return _image(content, media_type, image.size)
            upright = _plain(library("PIL.ImageOps").exif_transpose(image))
        except InvalidInputError:
            raise
        except Exception as error:  # noqa: BLE001 - broken files raise nearly anything
            _refuse(f"it is broken ({error}).", error)
    upright.thumbnail((longest_side, longest_side))  # never enlarges
    return _packed(upright, media_type)


def _as_it_is(image: Any, media_type: str) -> bool:
    upright = image.getexif().get(ORIENTATION, 1) == 1
    return media_type in SENT_AS_IT_IS and upright and getattr(image, "n_frames", 1) == 1


def _plain(image: Any) -> Any:
    """Return an image in grey or colour; transparent parts become white."""
    if image.mode in ("L", "RGB"):
        return image
    if image.mode.startswith("I;16"):
        return image.point(lambda grey: grey / 256).convert("L")
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("LA", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        pillow = library("PIL.Image")
        seen = image.convert("RGBA")
        return pillow.alpha_composite(pillow.new("RGBA", seen.size, "white"), seen).convert("RGB")
    return image.convert("RGB")


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
    return Image(hashlib.sha256(content).hexdigest(), None, content, media_type, *size)


def _refuse(why: str, cause: BaseException | None = None) -> NoReturn:
    raise InvalidInputError(why) from cause
