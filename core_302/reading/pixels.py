"""Pixels as they are sent: any decoded image in grey or colour on white paper, in legible parts.

What a mode means is decided here alone: an image arrives as a person would see it, or is refused.
"""

from __future__ import annotations

from typing import Any, NoReturn

from core_302.errors import InvalidInputError
from core_302.reading.optional_imports import library

# Tags of TIFF 6.0.
BITS, PHOTOMETRIC, SAMPLE_FORMAT = 258, 262, 339
WHITE_IS_ZERO = 0
UNSIGNED = 1
SIXTEEN_BITS = 16
WITH_ALPHA = ("LA", "PA", "RGBA", "RGBa")

# A page that is so long and narrow that it would be shrunk below this is read in parts. OpenAI's
# models see images shrunk until the shorter side has 768 pixels of 2,048.
NARROW = 768 / 2_048
SHRUNK = 1.5  # times; what is shrunk less stays legible
MOST_PARTS = 24
LONGEST_STEP = 0.25  # of a part: so far before its end a blank line is looked for
OVERLAP = 0.1  # of a part, where no blank line is found
BLANK = 40  # levels of grey between the lightest and the darkest pixel of a blank line
BLANK_LINES = 3  # pixels


def on_paper(image: Any, opened: Any) -> Any:
    """Return a decoded image in grey or colour; transparent parts become white.

    Args:
        image: The pixels.
        opened: What was opened: the image itself, or the one that it was turned from.

    Raises:
        InvalidInputError: It cannot be shown as it is meant.
    """
    tags = getattr(opened, "tag_v2", {})
    if any(form != UNSIGNED for form in _each(tags.get(SAMPLE_FORMAT, UNSIGNED))):
        refuse("its samples are signed or floating point: save it with 8 or 16 bits a sample.")
    if image.mode.startswith("I;16") or (image.mode == "I" and opened.format == "PNG"):
        return _of_sixteen_bits(image, tags)
    if image.mode in ("I", "F"):
        refuse("its samples have 32 bits: save it with 8 or 16 bits a sample.")
    if image.mode == "LAB":
        refuse("its colours are CIE L*a*b*: save it as RGB.")
    if image.mode in WITH_ALPHA or "transparency" in image.info:
        seen = image.convert("RGBA")
        if seen.getchannel("A").getextrema()[1] == 0:  # a channel that nobody filled
            return seen.convert("RGB")
        white = library("PIL.Image").new("RGBA", seen.size, "white")
        return library("PIL.Image").alpha_composite(white, seen).convert("RGB")
    if image.mode in ("L", "RGB"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def is_transparent(image: Any) -> bool:
    """Return whether a part of a decoded image can be seen through."""
    if image.mode in WITH_ALPHA:
        return bool(image.getchannel("A").getextrema()[0] < 255)  # noqa: PLR2004 - opaque
    return "transparency" in image.info


def parts_of(image: Any, longest_side: int) -> tuple[list[Any], bool]:
    """Return an image in parts that are legible at `longest_side`, and whether these overlap.

    Most images are one part, shrunk to `longest_side`. A long one is cut between its lines, from
    top to bottom; where there is no blank line, parts overlap. A wide one is cut between its
    columns.

    Raises:
        InvalidInputError: It would need too many parts, or is wide without a gap to cut it at.
    """
    if is_legible(image.size, longest_side):
        image.thumbnail((longest_side, longest_side))  # never enlarges
        return [image], False
    wide = image.width > image.height
    if wide:  # its columns are looked at as lines
        image = image.transpose(library("PIL.Image").Transpose.TRANSPOSE)
    image = _narrowed(image, longest_side)
    cuts, overlap = _cuts(image, longest_side)
    if wide and overlap:
        refuse(f"{_size(image.size[::-1])}, too wide to be read at once: cut it into parts.")
    parts = [image.crop((0, top, image.width, bottom)) for top, bottom in cuts]
    if wide:
        parts = [part.transpose(library("PIL.Image").Transpose.TRANSPOSE) for part in parts]
    return parts, overlap


def is_legible(size: tuple[int, int], longest_side: int) -> bool:
    """Return whether an image of this size can be read when it is shrunk to `longest_side`."""
    shorter, longer = sorted(size)
    return longer <= SHRUNK * longest_side or shorter >= NARROW * longer


def _narrowed(image: Any, longest_side: int) -> Any:
    """Return a long image whose shorter side fits into a part."""
    fitting = int(longest_side / SHRUNK)
    if image.width <= fitting:
        return image
    return image.resize((fitting, max(1, image.height * fitting // image.width)))


def _cuts(image: Any, longest_side: int) -> tuple[list[tuple[int, int]], bool]:
    """Return where parts begin and end, and whether any of them overlap."""
    height = image.height
    grey = image.convert("L")
    cuts, top, overlap = [], 0, False
    while height - top > longest_side:
        bottom = _blank_line(grey, top + longest_side, int(longest_side * LONGEST_STEP))
        if bottom is None:
            overlap = True
            cuts.append((top, top + longest_side))
            top += int(longest_side * (1 - OVERLAP))
        else:
            cuts.append((top, bottom))
            top = bottom
        if len(cuts) == MOST_PARTS:
            refuse(f"{_size(image.size)}, more than {MOST_PARTS} parts: cut it, or shrink it.")
    return [*cuts, (top, height)], overlap


def _blank_line(grey: Any, end: int, most: int) -> int | None:
    """Return the last blank line before `end`, at most so far before it, or None."""
    for place in range(end - BLANK_LINES, end - most, -1):
        darkest, lightest = grey.crop((0, place, grey.width, place + BLANK_LINES)).getextrema()
        if lightest - darkest <= BLANK:
            return place + 1
    return None


def _of_sixteen_bits(image: Any, tags: Any) -> Any:
    if "transparency" in image.info:
        refuse("it marks a grey of 16 bits as transparent: save it with 8 bits a sample.")
    bits = max(_each(tags.get(BITS, SIXTEEN_BITS)))
    scale = 255 / (2**bits - 1)
    grey = image.convert("I").point(lambda value: value * scale).convert("L")
    if tags.get(PHOTOMETRIC) == WHITE_IS_ZERO:  # Pillow turns those of 8 bits only
        grey = library("PIL.ImageOps").invert(grey)
    return grey


def _each(values: Any) -> tuple[int, ...]:
    return values if isinstance(values, tuple) else (values,)


def _size(size: tuple[int, int]) -> str:
    return f"it is {size[0]}x{size[1]} pixels"


def refuse(why: str, cause: BaseException | None = None) -> NoReturn:
    """Raise what says why a page cannot be sent.

    Raises:
        InvalidInputError: Always.
    """
    raise InvalidInputError(why) from cause
