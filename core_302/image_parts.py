"""Images on their way to the gateway: what they are, by their first bytes, and how they are sent.

An image goes as a link, which the gateway fetches, or as base64. Nothing here opens a file or a
connection: a path in a message may come from a model, and a model must not read this machine's
    files.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from core_302.errors import InvalidInputError, MalformedReplyError
from core_302.image_size import Base64Bytes, Size, size_of
from core_302.media_types import ENOUGH_BASE64, media_type_of, start_of

LARGEST_INPUT = 50 * 1024 * 1024  # bytes of an image that is sent: the gateway's upload limit
MOST_PIXELS = 100_000_000  # width times height; more is a decompression bomb
LONGEST_HEADER = 200  # characters of a data URI before its comma
WHITESPACE = " \n\r\t"


@dataclass(frozen=True)
class ImageFile:
    """An image's bytes, and what their header declares.

    Attributes:
        content: The file.
        media_type: By its first bytes, such as `image/png`.
        width: In pixels, by its header; of several pages, the largest one's.
        height: Likewise.
    """

    content: bytes = field(repr=False)
    media_type: str
    width: int
    height: int


def split_data_uri(address: str) -> tuple[str, str] | None:
    """Return the media type and the base64 data of a data URI, or None for any other address.

    The type found in the data wins over the URI's label; "" if neither is known.
    """
    header, comma, data = address.partition(",")
    if not comma or header[:5].lower() != "data:":
        return None
    label = header[5:].partition(";")[0]
    return media_type_of(start_of(data)) or label, data


def is_image_data(address: Any) -> bool:
    """Return whether `address` is a data URI labelled as an image, or without a label."""
    if not isinstance(address, str) or address[:5].lower() != "data:":
        return False
    header, comma, _ = address[5:LONGEST_HEADER].lower().partition(",")
    return bool(comma) and header.endswith(";base64") and header.startswith(("image/", ";"))


def can_be_sent(address: Any) -> bool:
    """Return whether an image of an answer can be shown to the model again."""
    try:
        image_part(address, "it")
    except InvalidInputError:
        return False
    return True


def image_part(address: Any, where: str, *, detail: str | None = None) -> dict[str, Any]:
    """Return the part of a message that shows the image at `address`.

    Args:
        address: An `http(s)` link, or a `data:image/...;base64,` URI.
        where: The part's place, for errors, such as `messages[0].content[1]`.
        detail: `low`, `high` or `auto`, for models that know it.

    Raises:
        InvalidInputError: The address is neither, or the data is not an image of at most 100
            million pixels. The error's text names the part, never the data.
    """
    if not isinstance(address, str) or not address:
        raise InvalidInputError(f"{where} has neither a link nor image data.")
    # Only the beginning is looked at: the address may be many megabytes, and is not copied, unless
    # it has to be corrected.
    address = address.strip()
    scheme, colon, rest = address[:LONGEST_HEADER].partition(":")
    if colon and scheme.lower() == "data":
        header, comma, _ = rest.partition(",")
        if not comma or not header.lower().endswith(";base64"):
            raise InvalidInputError(f"{where}: an image's data URI must be base64 (;base64).")
        place = len(scheme) + len(header) + 2
        found = _check_image(address, place, where)
        if not address.startswith(right := f"data:{found};base64,"):
            address = right + address[place:]  # a wrong label makes vendors refuse a good image
    elif not colon or scheme.lower() not in ("http", "https"):
        raise InvalidInputError(
            f"{where}: an image must be an http(s) link or base64 data, not "
            f"{scheme + ':' if colon else 'a path'}. Read the file yourself and pass its base64."
        )
    elif scheme != scheme.lower():  # the gateway looks for http
        address = scheme.lower() + address[len(scheme) :]
    shown: dict[str, Any] = {"url": address}
    if detail is not None:
        shown["detail"] = detail
    return {"type": "image_url", "image_url": shown}


def image_part_of_data(
    data: Any, where: str, *, media_type: str | None = None, detail: str | None = None
) -> dict[str, Any]:
    """Return the part of a message that shows an image given as base64 text or as bytes.

    The media type found in the data wins over `media_type`: a wrong label makes vendors
    refuse a good image.

    Raises:
        InvalidInputError: The data is not an image of at most 100 million pixels. The error's text
            names the part.
    """
    if isinstance(data, (bytes, bytearray)):
        data = base64.b64encode(data).decode("ascii")
    if not isinstance(data, str) or not data:
        raise InvalidInputError(f"{where} has no image data.")
    found = media_type_of(start_of(data)) or media_type
    return image_part(f"data:{found};base64,{data}", where, detail=detail)


def check_pixels(size: Size | None) -> None:
    """Check that an image is none that nobody can open.

    Raises:
        ValueError: Its header does not tell its size, or it has more than 100 million pixels.
    """
    if size is None:
        raise ValueError("has no size in its header: it is broken, or of a kind not known here")
    width, height = size
    if width * height > MOST_PIXELS:
        raise ValueError(f"declares {width}x{height} pixels: too many")


def _check_image(text: str, place: int, where: str) -> str:
    """Check the image whose base64 begins at `place`, by its header; return its media type."""
    start = text[place : place + ENOUGH_BASE64]
    try:
        first = base64.b64decode(start, validate=len(start) >= ENOUGH_BASE64)
    except (binascii.Error, ValueError):
        raise InvalidInputError(f"{where}: the image is not valid base64.") from None
    media_type = media_type_of(first)
    if media_type is None:
        raise InvalidInputError(
            f"{where} is not an image (png, jpeg, gif, webp, bmp, tiff, heic or avif), "
            "judging by its first bytes."
        )
    if any(space in text for space in WHITESPACE):  # in lines, as in mails
        text, place = "".join(text[place:].split()), 0
    try:
        check_pixels(size_of(Base64Bytes(text, place)))
    except ValueError as error:
        raise InvalidInputError(f"{where}: the image {error}.") from None
    return media_type


def image_file(content: bytes, what: str) -> ImageFile:
    """Return `content` as an image.

    Raises:
        MalformedReplyError: It is not an image, its header does not tell its size, or it has more
            than 100 million pixels.
    """
    media_type = media_type_of(content)
    if media_type is None:
        seen = "empty" if not content else "HTML" if b"<html" in content[:512].lower() else "other"
        raise MalformedReplyError(f"{what} is not an image, judging by its first bytes ({seen}).")
    size = size_of(content)
    try:
        check_pixels(size)
    except ValueError as error:
        raise MalformedReplyError(f"{what} {error}.") from None
    assert size is not None, "checked"
    return ImageFile(content, media_type, *size)
