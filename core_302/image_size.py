"""How large an image is, by its header alone: nothing is decoded, an image can be a bomb.

Every format of `media_types` has its reader. Each looks at a bounded number of places, so that no
file holds up an event loop, and takes the largest of what a file claims: what one program takes for
an image's size, another one may find further on. A header that does not tell is no size.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Iterator

from core_302.media_types import media_type_of
from core_302.tiff_directories import Content, directories_of

MOST_STEPS = 16_384  # segments, blocks or boxes that are looked at before a header is given up
MOST_ENTRIES = 65_536  # of all directories of a TIFF: about 3,000 pages
WINDOW = 3_072  # bytes of base64 text that are decoded at once
SIGN_BIT = 1 << 31

Size = tuple[int, int]

JPEG_MARKER = 0xFF
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the frames among the markers
JPEG_ALONE = frozenset(range(0xD0, 0xD9)) | {0x00, 0x01}  # no length: RSTn, SOI, TEM, stuffing
JPEG_SCAN, JPEG_END = 0xDA, 0xD9
JPEG_SEGMENT = 4  # bytes of a marker and its length
BOX = 8  # bytes of a box's length and kind, if its length is not a long one
GIF_EXTENSION, GIF_IMAGE, GIF_END = 0x21, 0x2C, 0x3B
BMP_CORE = 12  # bytes of the oldest header, whose sides have 16 bits
BMP_HEADERS = frozenset({40, 52, 56, 64, 108, 124})  # bytes; its length tells a header's kind
WEBP_HEADER = 30  # bytes
CODESTREAM = b"\xff\x4f\xff\x51"  # of JPEG 2000, ISO/IEC 15444-1, A.4
JPEG_2000 = "image/jp2"
VP8_START = b"\x9d\x01\x2a"  # RFC 6386, 9.1


class Base64Bytes:
    """The bytes of base64 text, decoded only where they are looked at.

    Args:
        text: The text that holds base64 from `start` on; it may be many megabytes, and is not
            copied.
    """

    def __init__(self, text: str, start: int = 0) -> None:
        self._text, self._from = text, start
        self._start, self._window = 0, b""

    def __getitem__(self, wanted: slice) -> bytes:
        start, end = wanted.start or 0, wanted.stop
        if not self._start <= start <= end <= self._start + len(self._window):
            self._start = start - start % 3
            first = self._from + self._start // 3 * 4
            letters = -(-max(end - self._start, WINDOW) // 3) * 4
            self._window = _decoded(self._text[first : first + letters])
        return self._window[start - self._start : end - self._start]


def size_of(content: Content, media_type: str | None = None) -> Size | None:
    """Return an image's width and height in pixels, or None if its header does not tell.

    Of several pages or frames, the largest that the header tells of. Formats: all of `media_types`,
    and `image/jp2` if the caller names it.
    """
    media_type = media_type or media_type_of(content[0:16]) or ""
    read = READERS.get(media_type) or OTHERS.get(media_type)
    try:
        size = read(content) if read is not None else None
    except (struct.error, IndexError, _EndlessError):
        return None  # cut off in its header, or without end
    return size if size and size[0] > 0 and size[1] > 0 else None


class _EndlessError(Exception):
    """A header has more parts than any image needs."""


def _decoded(letters: str) -> bytes:
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except ValueError:
        return b""


def _numbers(form: str, content: Content, place: int) -> tuple[int, ...]:
    return struct.unpack(form, content[place : place + struct.calcsize(form)])


def _larger(one: Size | None, other: Size) -> Size:
    return other if one is None or other[0] * other[1] > one[0] * one[1] else one


def _png_size(content: Content) -> Size | None:
    """The first chunk is IHDR (ISO/IEC 15948, 11.2.2)."""
    if content[12:16] != b"IHDR":
        return None
    width, height = _numbers(">II", content, 16)
    return width, height


def _gif_size(content: Content) -> Size:
    """The screen, and the first image, which may be larger (GIF89a, 18 and 20)."""
    width, height, flags = _numbers("<HHB", content, 6)
    place = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    in_extension = False
    for _ in range(MOST_STEPS):
        kind = content[place : place + 1][0]
        if in_extension:
            place, in_extension = place + 1 + kind, kind > 0
        elif kind == GIF_EXTENSION:
            place, in_extension = place + 2, True
        elif kind == GIF_IMAGE:
            left, top, wide, high = _numbers("<HHHH", content, place + 1)
            return max(width, left + wide), max(height, top + high)
        elif kind == GIF_END:
            return width, height
        else:
            place += 1
    raise _EndlessError


def _bmp_size(content: Content) -> Size | None:
    """The sides are signed, and a height below zero is a picture from top to bottom."""
    (length,) = _numbers("<I", content, 14)
    if length == BMP_CORE:
        width, height = _numbers("<HH", content, 18)
        return width, height
    if length not in BMP_HEADERS:
        return None
    width, height = _numbers("<II", content, 18)  # a width below zero counts as huge
    return width, height if height <= SIGN_BIT else 2 * SIGN_BIT - height


def _webp_size(content: Content) -> Size | None:
    """The first chunk tells (RFC 9649, 2.5 to 2.7)."""
    start = content[0:WEBP_HEADER]
    if len(start) < WEBP_HEADER:
        return None
    kind = start[12:16]
    if kind == b"VP8X":
        wide, high = start[24:27], start[27:30]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(start[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 " and start[23:26] == VP8_START:
        width, height = struct.unpack("<HH", start[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg_size(content: Content) -> Size | None:
    """Go from marker to marker up to the first scan (ITU T.81, B.2)."""
    place, size = 2, None
    for _ in range(MOST_STEPS):
        start = content[place : place + 9]
        if len(start) < JPEG_SEGMENT:
            return size
        if start[0] != JPEG_MARKER or start[1] == JPEG_MARKER:
            place += 1  # junk, which readers pass over, or one more fill byte
        elif start[1] in (JPEG_SCAN, JPEG_END):
            return size
        elif start[1] in JPEG_ALONE:
            place += 2
        else:
            if start[1] in JPEG_FRAMES:
                height, width = struct.unpack(">HH", start[5:9])
                size = _larger(size, (width, height))
            place += 2 + int.from_bytes(start[2:4], "big")
    raise _EndlessError


def _tiff_size(content: Content) -> Size | None:
    """The largest page: Pillow goes from directory to directory."""
    size, entries = None, 0
    for directory in directories_of(content):
        entries += directory.entries + 1
        if entries > MOST_ENTRIES:
            raise _EndlessError
        if directory.size is None:
            return None
        size = _larger(size, directory.size)
    return size


def _heif_size(content: Content) -> Size | None:
    """Take the largest `ispe` of the item properties (ISO/IEC 23008-12, 6.5.3)."""
    size = None
    for start in _inside(content, (b"meta", b"iprp", b"ipco", b"ispe")):
        width, height = _numbers(">II", content, start + 4)
        size = _larger(size, (width, height))
    return size


def _jpeg_2000_size(content: Content) -> Size | None:
    """Take the codestream's own size, which is what gets decoded: its first marker is SIZ."""
    bare = content[0:4] == CODESTREAM
    for start in (0,) if bare else _inside(content, (b"jp2c",)):
        width, height, left, top = _numbers(">4I", content, start + 8)
        return width - left, height - top
    return None


def _inside(content: Content, path: tuple[bytes, ...]) -> Iterator[int]:
    """Yield where the boxes at the end of `path` begin, after their headers."""
    waiting: list[tuple[int, int | None, tuple[bytes, ...]]] = [(0, None, path)]
    steps = 0
    while waiting:
        place, end, wanted = waiting.pop()
        while end is None or place < end:
            steps += 1
            if steps > MOST_STEPS:
                raise _EndlessError
            header = content[place : place + 2 * BOX]
            if len(header) < BOX:
                break
            length, kind, long = struct.unpack(">I4s8s", header.ljust(2 * BOX, b"\0"))
            start = place + (2 * BOX if length == 1 else BOX)
            length = int.from_bytes(long, "big") if length == 1 else length
            ends = place + length if length else None
            if kind == wanted[0] and len(wanted) == 1:
                yield start
            elif kind == wanted[0]:
                # `meta` begins with its version and flags.
                waiting.append((start + 4 * (kind == b"meta"), ends, wanted[1:]))
            if ends is None or ends < start:
                break
            place = ends


READERS: dict[str, Callable[[Content], Size | None]] = {
    "image/png": _png_size,
    "image/jpeg": _jpeg_size,
    "image/gif": _gif_size,
    "image/webp": _webp_size,
    "image/bmp": _bmp_size,
    "image/tiff": _tiff_size,
    "image/heic": _heif_size,
    "image/heif": _heif_size,
    "image/avif": _heif_size,
}
# No image of a message: only who reads files names it.
OTHERS: dict[str, Callable[[Content], Size | None]] = {JPEG_2000: _jpeg_2000_size}
