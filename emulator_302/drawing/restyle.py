"""Turns a photo into an avatar: in one of the page's 17 styles, or in a look derived from words.

The photo stays recognisable; several avatars of one photo differ a little among themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from PIL import Image, ImageChops, ImageEnhance, ImageOps

from emulator_302.drawing import costumes, style_filters
from emulator_302.drawing.painting import captioned
from emulator_302.drawing.scenes import mixed, palette_of
from emulator_302.rule_model.wording import words

SIDE = 640  # pixels of the square in which photos are restyled
HEAD = (0.5, 0.35)  # what stays when a photo is cut: the part with the head
LETTER = 0.034  # of the smaller side: the text of a look, small
Look = Callable[[Image.Image, Random], Image.Image]

STYLES: Mapping[int, tuple[str, Look]] = {
    1: ("Comic", style_filters.comic),
    2: ("Line Art", style_filters.line_art),
    3: ("Impressionism", style_filters.impressionism),
    4: ("Clay", style_filters.clay),
    5: ("Watercolor", style_filters.watercolor),
    6: ("Cyberpunk", style_filters.cyberpunk),
    7: ("Elf", costumes.elf),
    8: ("Clown", costumes.clown),
    9: ("Robot", costumes.robot),
    10: ("Vampire", costumes.vampire),
    11: ("Zombie", costumes.zombie),
    12: ("Low Poly", style_filters.low_poly),
    13: ("Retro Portrait", style_filters.retro_portrait),
    14: ("Ancient Style", style_filters.ancient_style),
    15: ("Cartoon Illustration", style_filters.cartoon_illustration),
    16: ("Pencil Sketch", style_filters.pencil_sketch),
    17: ("Steampunk", costumes.steampunk),
}


def restyled(photo: Image.Image, style: int, size: tuple[int, int], number: int) -> Image.Image:
    """Return avatar `number` of a photo in a style."""
    name, look = STYLES[style]
    dice = Random(f"{name} {number}")  # noqa: S311 - it places strokes
    return ImageOps.fit(look(_posed(photo, number), dice), size, centering=HEAD)


def restyled_by_words(
    photo: Image.Image, wish: str, size: tuple[int, int], number: int
) -> Image.Image:
    """Return avatar `number` of a photo in a look derived from words, which are written on it."""
    dice = Random(f"{wish} {number}")  # noqa: S311 - it chooses colours
    palette = palette_of(set(words(wish)), dice)
    posed = _posed(photo, number)
    grey = ImageOps.autocontrast(posed.convert("L"))
    inked = ImageOps.colorize(
        grey, palette.near, palette.light, mixed(palette.high, palette.low, 0.5)
    )
    soft = ImageChops.soft_light(Image.blend(posed, inked, 0.62), inked)
    framed = ImageOps.expand(ImageEnhance.Color(soft).enhance(1.3), SIDE // 40, palette.near)
    return captioned(ImageOps.fit(framed, size, centering=HEAD), wish, LETTER)


def _posed(photo: Image.Image, number: int) -> Image.Image:
    """Return the photo as a square, for each number a little different."""
    near = 1 + 0.035 * number
    side = round(SIDE * near)
    square = ImageOps.fit(photo.convert("RGB"), (side, side), centering=HEAD)
    edge = (side - SIDE) // 2
    cut = square.crop((edge, edge, edge + SIDE, edge + SIDE))
    turned = ImageOps.mirror(cut) if number % 2 else cut
    return ImageEnhance.Color(turned).enhance(1 + 0.12 * number)
