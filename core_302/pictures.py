"""Pictures on their way to the gateway: what they are, by their first bytes, and how they are sent.

A picture goes as a link, which the gateway fetches, or as base64. Nothing here opens a file or a
connection: a path in a message may come from a model, and a model must not read this machine.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass, field
from typing import Any

from core_302.errors import InvalidInputError, MalformedReplyError

LARGEST_INPUT = 50 * 1024 * 1024  # bytes of a picture that is sent: the gateway's upload limit
MOST_PIXELS = 100_000_000  # width times height; more is a bomb for whoever opens it
LONGEST_HEADER = 200  # characters of a data URI before its comma
ENOUGH_BASE64 = 64  # characters; 48 bytes tell every format below

# Formats by their first bytes ("magic"), from the file formats' own specifications.
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
)
WEBP_HEADER = 30  # bytes
JPEG_MARKER = 0xFF
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the frames among the markers


@dataclass(frozen=True)
class PictureFile:
    """A picture's bytes, and what they say they are.

    Attributes:
        content: The file.
        media_type: By its first bytes, such as `image/png`.
        width: In pixels, or None if its header does not tell.
        height: Likewise.
    """

    content: bytes = field(repr=False)
    media_type: str
    width: int | None
    height: int | None


def media_type_of(start: bytes) -> str | None:
    """Return the media type that the first bytes of a picture tell, or None if it is none."""
    for offset, signature, media_type in SIGNATURES:
        if start[offset : offset + len(signature)] == signature:
            return media_type
    return None


def is_picture_data(address: Any) -> bool:
    """Tell whether `address` is a data URI that calls itself a picture, or nothing else."""
    if not isinstance(address, str) or address[:5].lower() != "data:":
        return False
    header, comma, _ = address[5:LONGEST_HEADER].lower().partition(",")
    return bool(comma) and header.endswith(";base64") and header.startswith(("image/", ";"))


def can_be_sent(address: Any) -> bool:
    """Tell whether a picture of an answer can be shown to the model again."""
    try:
        image_part(address, "it")
    except InvalidInputError:
        return False
    return True


def image_part(address: Any, where: str, *, detail: str | None = None) -> dict[str, Any]:
    """Return the part of a message that shows the picture at `address`.

    Args:
        address: An `http(s)` link, or a `data:image/...;base64,` URI.
        where: The part's place, for errors, such as `messages[0].content[1]`.
        detail: `low`, `high` or `auto`, for models that know it.

    Raises:
        InvalidInputError: The address is neither, or the data is no picture. The text names the
            part, never the data.
    """
    if not isinstance(address, str) or not address:
        raise InvalidInputError(f"{where} has no link and no data of its picture.")
    # Only the beginning is looked at: the address may be many megabytes, and is not copied.
    scheme, colon, rest = address[:LONGEST_HEADER].partition(":")
    if colon and scheme.lower() == "data":
        header, comma, _ = rest.partition(",")
        if not comma or not header.lower().endswith(";base64"):
            raise InvalidInputError(f"{where}: a data URI of a picture must be ;base64.")
        place = len(scheme) + len(header) + 2
        _check_picture(address[place : place + ENOUGH_BASE64], where)
    elif not colon or scheme.lower() not in ("http", "https"):
        raise InvalidInputError(
            f"{where}: a picture goes as an http(s) link or as base64 data, not as "
            f"{scheme + ':' if colon else 'a path'}. Read the file yourself and pass its base64."
        )
    shown: dict[str, Any] = {"url": address}
    if detail is not None:
        shown["detail"] = detail
    return {"type": "image_url", "image_url": shown}


def image_part_of_data(
    data: Any, where: str, *, media_type: str | None = None, detail: str | None = None
) -> dict[str, Any]:
    """Return the part of a message that shows a picture given as base64 text or as bytes.

    The media type that the data itself tells wins over `media_type`: a wrong label makes vendors
    refuse a good picture.

    Raises:
        InvalidInputError: The data is no picture. The text names the part.
    """
    if isinstance(data, (bytes, bytearray)):
        data = base64.b64encode(data).decode("ascii")
    if not isinstance(data, str) or not data:
        raise InvalidInputError(f"{where} has no data of its picture.")
    found = _check_picture(data, where)
    return image_part(f"data:{found or media_type};base64,{data}", where, detail=detail)


def _check_picture(data: str, where: str) -> str:
    """Return the media type of base64 `data`, looking at its beginning only."""
    try:
        start = base64.b64decode(data[:ENOUGH_BASE64], validate=len(data) >= ENOUGH_BASE64)
    except (binascii.Error, ValueError):
        raise InvalidInputError(f"{where}: the picture is not valid base64.") from None
    media_type = media_type_of(start)
    if media_type is None:
        raise InvalidInputError(
            f"{where} is no picture (png, jpeg, gif, webp, bmp, tiff, heic or avif), "
            "by its first bytes."
        )
    return media_type


def size_of(content: bytes) -> tuple[int, int] | None:
    """Return a picture's width and height in pixels, by its header alone, or None if unknown.

    Nothing is decoded: a picture can be a bomb. Formats: png, gif, jpeg, webp, bmp.
    """
    media_type = media_type_of(content)
    try:
        if media_type == "image/png":
            return _pair(">II", content, 16)
        if media_type == "image/gif":
            return _pair("<HH", content, 6)
        if media_type == "image/bmp":
            width, height = _pair("<ii", content, 18)
            return width, abs(height)
        if media_type == "image/webp":
            return _webp_size(content)
        if media_type == "image/jpeg":
            return _jpeg_size(content)
    except (struct.error, IndexError):
        return None  # cut off in its header
    return None


def picture_file(content: bytes, what: str) -> PictureFile:
    """Return `content` as a picture.

    Raises:
        MalformedReplyError: It is none, or has more than 100 million pixels.
    """
    media_type = media_type_of(content)
    if media_type is None:
        seen = "empty" if not content else "HTML" if b"<html" in content[:512].lower() else "other"
        raise MalformedReplyError(f"{what} is no picture, by its first bytes ({seen}).")
    width, height = size_of(content) or (None, None)
    if width is not None and height is not None and width * height > MOST_PIXELS:
        raise MalformedReplyError(f"{what} says it is {width}x{height} pixels: too many.")
    return PictureFile(content, media_type, width, height)


def _pair(form: str, content: bytes, place: int) -> tuple[int, int]:
    first, second = struct.unpack_from(form, content, place)
    return int(first), int(second)


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """Read the first chunk of a WebP file (RFC 9649, 2.5 to 2.7)."""
    kind = content[12:16]
    if len(content) < WEBP_HEADER:
        return None
    if kind == b"VP8X":
        wide, high = content[24:27], content[27:30]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = _pair("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Go from marker to marker up to the start of the frame (ITU T.81, B.2)."""
    place = 2
    while content[place] == JPEG_MARKER:
        marker = content[place + 1]
        if marker in JPEG_FRAMES:
            height, width = _pair(">HH", content, place + 5)
            return width, height
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return None
