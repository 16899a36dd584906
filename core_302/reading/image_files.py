"""Files of images, opened where they lie: by their first bytes, never by their names.

A decompression bomb is refused by its header. Nothing is read whole, and nothing is decoded here.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from core_302.errors import AI302Error
from core_302.image_size import CODESTREAM, JPEG_2000, size_of
from core_302.media_types import media_type_of
from core_302.reading.optional_imports import knows_heic, library
from core_302.reading.page_options import MOST_PIXELS, PageFields
from core_302.reading.pixels import refuse
from core_302.reading.sources import Source
from core_302.tiff_directories import Content, directories_of, layout_of

# Not all that Pillow knows: opening EPS, for one, would run a program.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000")
NEWER = {"image/heic": "HEIF", "image/heif": "HEIF", "image/avif": "AVIF"}
MOST_BOXES = 256  # of a HEIC or AVIF, at its top level
MOST_PAGES = 100_000  # of a TIFF
ARRAY = b"\x93NUMPY"
ARRAY_OF_PIXELS = "application/x-npy"
"""An array of numpy in its own file format: LangChain's PDF loaders hand images over so."""

# JPEG 2000 (ISO/IEC 15444-1, annex I). No model is known to take it: it is only read here.
JP2 = b"\0\0\0\x0cjP  \r\n\x87\n"


@dataclass(frozen=True)
class Frame:
    """Where a page is in its file.

    Attributes:
        number: From 0, as Pillow counts.
        directory: Of a TIFF: the place of the page's directory.
    """

    number: int = 0
    directory: int | None = None


FIRST = Frame()


def image_type(start: bytes) -> str | None:
    """Return the media type of an image that can be read, by its first bytes, or None."""
    if start.startswith((JP2, CODESTREAM)):
        return JPEG_2000
    return ARRAY_OF_PIXELS if start.startswith(ARRAY) else media_type_of(start)


def frames_of(source: Source, how: PageFields) -> list[Frame]:
    """Return the pages of an image: those of a TIFF, or its frames if they are wanted.

    Raises:
        InvalidInputError: It cannot be opened, or moves and is to be refused.
    """
    media_type = image_type(source.start)
    if media_type == "image/tiff":
        with source.opened() as file, named_broken():
            return _tiff_pages(FileBytes(file))
    if how.frames == "first":
        return [FIRST]
    with opened_image(source, FIRST, how.max_pixels) as (image, _), named_broken():
        frames = int(getattr(image, "n_frames", 1))
    if frames > 1 and how.frames == "refuse":
        refuse(f"it has {frames} frames: choose with frames= which are read.")
    return [Frame(number) for number in range(frames)]


def _tiff_pages(content: Content) -> list[Frame]:
    """Leave thumbnails and masks out, which would be paid for and say nothing new."""
    pages: list[Frame] = []
    extra: list[Frame] = []
    for directory in directories_of(content):
        (extra if directory.extra else pages).append(Frame(directory=directory.place))
        if len(pages) + len(extra) > MOST_PAGES:
            refuse(f"it has more than {MOST_PAGES} pages.")
    return pages or extra


@contextmanager
def named_broken() -> Iterator[None]:
    """Make what a library says of a broken file ours."""
    try:
        yield
    except AI302Error:
        raise
    except struct.error as error:
        refuse("it is broken (its header is cut off, or no header).", error)
    except OSError as error:
        # Pillow names the open file with its place in memory.
        if type(error).__name__ == "UnidentifiedImageError":
            refuse("it is broken (no image can be identified).", error)
        refuse(f"it is broken ({error}).", error)
    except Exception as error:  # noqa: BLE001 - broken files raise nearly anything
        refuse(f"it is broken ({error}).", error)


@contextmanager
def opened_image(
    source: Source, frame: Frame, max_pixels: int = MOST_PIXELS
) -> Iterator[tuple[Any, str]]:
    """Open an image at a page, with its media type; nothing is decompressed yet.

    Raises:
        InvalidInputError: It cannot be opened.
        ConfigurationError: A library is missing.
    """
    start = source.start
    media_type = image_type(start)
    if media_type is None:
        what = "neither an image nor a PDF, judging by its first bytes" if start else "empty"
        refuse(f"it is {what}.")
    with source.opened() as file:
        image = _opened(file, media_type, frame, max_pixels)
        with image:
            yield image, media_type


def _opened(file: BinaryIO, media_type: str, frame: Frame, max_pixels: int) -> Any:
    if media_type == ARRAY_OF_PIXELS:
        return _of_array(file)
    form = NEWER.get(media_type)
    if form == "HEIF" and not knows_heic():
        refuse(f"it is {media_type}: pip install pillow-heif to read it.")
    with named_broken():
        if frame.directory is not None:
            at_page = _AtPage(file, frame.directory)
            return library("PIL.Image").open(at_page, formats=("TIFF",))
        content = FileBytes(file)
        if form is not None:
            _check_boxes(content)
        check_pixels(size_of(content, media_type) or (0, 0), max_pixels)
        file.seek(0)
        return library("PIL.Image").open(file, formats=(form,) if form else FORMATS)


def _of_array(file: BinaryIO) -> Any:
    """Return the image of an array of bytes: height, width, and 1, 3 or 4 colours."""
    with named_broken():
        pixels = library("numpy").load(file, allow_pickle=False)
        if pixels.ndim == 3 and pixels.shape[2] == 1:  # noqa: PLR2004 - height, width, grey
            pixels = pixels[:, :, 0]
        if pixels.dtype.name not in ("uint8", "bool") or pixels.ndim not in (2, 3):
            refuse(f"it is an array of {pixels.dtype.name}, not an image of bytes (uint8).")
        return library("PIL.Image").fromarray(pixels)


class FileBytes:
    """A file as headers are looked at: bytes are read only where they are looked at."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.length = file.seek(0, io.SEEK_END)

    def __getitem__(self, wanted: slice) -> bytes:
        start = wanted.start or 0
        if start >= self.length:
            return b""
        self._file.seek(start)
        return self._file.read(max(0, min(wanted.stop, self.length) - start))


class _AtPage(io.BufferedIOBase):
    """A TIFF whose header points to one page: the pages before it need not be looked at.

    Pillow goes to a page through the directories of all that are before it, for each page anew.
    """

    def __init__(self, file: BinaryIO, directory: int) -> None:
        self._file = file
        content = FileBytes(file)
        layout = layout_of(content)
        place = struct.pack(f"{layout.order}{layout.place}", directory)
        self._header = content[0 : layout.first] + place
        file.seek(0)

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def read(self, size: int | None = -1) -> bytes:
        start = self._file.tell()
        content = self._file.read(-1 if size is None else size)
        own = self._header[start : start + len(content)]
        return own + content[len(own) :]

    def fileno(self) -> int:
        """The file itself: libtiff is told the page's directory, and reads the file on its own."""
        return self._file.fileno()


def _check_boxes(content: FileBytes) -> None:
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


def check_pixels(size: tuple[int, int], max_pixels: int) -> None:
    """Refuse an image of too many pixels.

    Raises:
        InvalidInputError: It has more.
    """
    if size[0] * size[1] > max_pixels:
        refuse(f"it declares {size[0]}x{size[1]} pixels: too many (max_pixels).")
