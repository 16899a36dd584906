"""Turns the bytes of a picture into pixels, whoever sent them: broken and huge ones are refused."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

LEAST_SIDE = 10
# Not all that Pillow knows: opening EPS, for one, would run a program. A name that Pillow opens
# under another (MPO, as JPEG) would break the search for those after it.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
MOST_PIXELS = 40_000_000


class NoPicture(Exception):  # noqa: N818 - it says what was given
    """The bytes are no picture that can be decoded."""


class TooSmall(Exception):  # noqa: N818 - it says what was given
    """The picture has a side under ten pixels."""


def decode(data: bytes) -> Image.Image:
    """Return the picture as it is seen: upright, on white.

    Raises:
        NoPicture: The bytes cannot be decoded.
        TooSmall: A side is under ten pixels.
    """
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a picture that unpacks to too much; here it is refused.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
            size = picture.size
            # A tiny or a huge picture is never unpacked.
            fits = min(size) >= LEAST_SIDE and size[0] * size[1] <= MOST_PIXELS
            upright = ImageOps.exif_transpose(picture) if fits else picture
            seen = upright.convert("RGBA") if fits else picture
    except Exception as error:  # broken files raise nearly anything, zlib's and struct's errors too
        raise NoPicture(str(error)) from error
    if min(size) < LEAST_SIDE:
        raise TooSmall(f"{size[0]}x{size[1]}")
    if not fits:
        raise NoPicture("it has too many pixels")
    white = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(white, seen).convert("RGB")
