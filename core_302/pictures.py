"""Pictures on their way to the gateway: what they are, by their first bytes, and how they are sent.

A picture goes as a link, which the gateway fetches, or as base64. Nothing here opens a file or a
connection: a path in a message may come from a model, and a model must not read this machine.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from core_302.errors import InvalidInputError

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


def media_type_of(start: bytes) -> str | None:
    """Return the media type that the first bytes of a picture tell, or None if it is none."""
    for offset, signature, media_type in SIGNATURES:
        if start[offset : offset + len(signature)] == signature:
            return media_type
    return None


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
    scheme, colon, rest = address.partition(":")
    if colon and scheme.lower() == "data":
        header, comma, data = rest.partition(",")
        if not comma or not header.lower().endswith(";base64"):
            raise InvalidInputError(f"{where}: a data URI of a picture must be ;base64.")
        _check_picture(data, where)
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
