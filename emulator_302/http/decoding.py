"""Decodes images from any source into pixels: broken and huge ones are refused."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

LEAST_SIDE = 10
# Not all that Pillow knows: opening EPS, for one, would run a program. A name that Pillow opens
# under another (MPO, as JPEG) would break the search for those after it.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
MOST_PIXELS = 40_000_000


class InvalidImage(Exception):  # noqa: N818 - it says what was given
    """The bytes are not an image that can be decoded."""


class ImageTooSmall(Exception):  # noqa: N818 - it says what was given
    """The image has a side under ten pixels."""


def decode(data: bytes) -> Image.Image:
    """Return the image as it is seen: upright, on white.

    Raises:
        NoImage: The bytes cannot be decoded.
        TooSmall: A side is under ten pixels.
    """
    try:
        with warnings.catch_warnings():
            # Pillow only warns about a decompression bomb; here it is refused.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            size = image.size
            # A tiny or a huge image is never decoded.
            fits = min(size) >= LEAST_SIDE and size[0] * size[1] <= MOST_PIXELS
            upright = ImageOps.exif_transpose(image) if fits else image
            seen = upright.convert("RGBA") if fits else image
    except Exception as error:  # broken files raise nearly anything, zlib's and struct's errors too
        raise InvalidImage(str(error)) from error
    if min(size) < LEAST_SIDE:
        raise ImageTooSmall(f"{size[0]}x{size[1]}")
    if not fits:
        raise InvalidImage("it has too many pixels")
    white = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(white, seen).convert("RGB")
