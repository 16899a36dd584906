"""Paints the image that a prompt asks for, with the prompt readable in it.

Equal prompts give equal images, and the prompt of an image can be seen in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from emulator_302.drawing.scenes import palette_of, view
from emulator_302.drawing.subjects import Stand, subject_of
from emulator_302.rule_model.wording import words

GROUND = 0.72  # the ground line of a subject, as a part of the height
FINER, MOST_FINER = 2, 2_000_000  # drawn twice as large, if the image has no more pixels
MARGIN = 0.035  # of the smaller side
LETTER, LEAST_LETTER = 0.052, 11  # of the smaller side; pixels
MOST_TEXT = 0.34  # of the height
MOST_LETTERS = 500  # nobody reads a longer caption
INSET = 0.26
DARK, PAPER = (18, 20, 32), (255, 252, 244)
SHARE_OF_PANEL = 0.72


def painted(prompt: str, size: tuple[int, int], variety: str = "") -> Image.Image:
    """Return an image for a prompt; another `variety` is another image of the same."""
    digest = hashlib.sha256(f"{prompt}\n{variety}".encode("utf-8", "replace")).hexdigest()
    dice = Random(digest)  # noqa: S311 - it chooses colours
    said = set(words(prompt))
    finer = FINER if size[0] * size[1] <= MOST_FINER else 1
    large = (size[0] * finer, size[1] * finer)
    palette = palette_of(said, dice)
    image = view(said, palette, large, dice)
    foot = (dice.uniform(0.36, 0.5) * large[0], GROUND * large[1])
    unit = min(*large, 0.62 * large[0])
    stand = Stand(ImageDraw.Draw(image), foot, unit)
    subject_of(said)(stand, palette, dice)
    if "snow" in said or "snowy" in said:
        _snow(image, dice)
    return captioned(image.reduce(finer), prompt)


VARIETY = 0.05  # of the tint, in each further image of the same


def painted_over(
    shown: Sequence[Image.Image], prompt: str, size: tuple[int, int], number: int = 0
) -> Image.Image:
    """Return the given images as the prompt's illustration: the first large, others small."""
    dice = Random(prompt)  # noqa: S311 - it chooses colours
    whole = ImageOps.contain(shown[0], size)
    blurred = ImageOps.fit(shown[0], size).filter(ImageFilter.GaussianBlur(min(size) / 24))
    tint = Image.new("RGB", size, palette_of(set(words(prompt)), dice).low)
    image = Image.blend(blurred, tint, 0.25 + 0.1 * (number % 3))
    if number:  # it may cover all the rest
        whole = Image.blend(whole, tint.resize(whole.size), VARIETY * (number % 8))
    image.paste(whole, ((size[0] - whole.width) // 2, (size[1] - whole.height) // 2))
    side = round(INSET * min(size))
    margin = round(MARGIN * min(size))
    for place, one in enumerate(shown[1:]):
        small = ImageOps.expand(ImageOps.fit(one, (side, side)), margin // 4, "white")
        image.paste(small, (margin + place * (side + margin), margin))
    return captioned(image, prompt)


def captioned(image: Image.Image, text: str, letter: float = LETTER) -> Image.Image:
    """Return the image with a text on a dark panel at its foot."""
    width, height = image.size
    margin = max(6, round(MARGIN * min(width, height)))
    pen = ImageDraw.Draw(image)
    font, lines = _fitted(pen, text[:MOST_LETTERS], letter * min(width, height), image.size, margin)
    step = round(font.size * 1.28)
    top = height - margin - 2 * (margin // 2) - step * len(lines)
    box = (margin, max(0, top), width - margin, height - margin)
    panel = Image.new("L", image.size, 0)
    ImageDraw.Draw(panel).rounded_rectangle(box, margin // 2, round(255 * SHARE_OF_PANEL))
    image.paste(DARK, mask=panel)
    y = box[1] + margin // 2
    for line in lines:
        left = (width - pen.textlength(line, font)) / 2
        pen.text((left, y), line, PAPER, font)
        y += step
    return image


def _fitted(
    pen: ImageDraw.ImageDraw, text: str, letter: float, size: tuple[int, int], margin: int
) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest font in which a text fits, and its lines; the rest of a novel is cut."""
    room = size[0] - 3 * margin
    pixels = max(LEAST_LETTER, round(letter))
    while True:
        font = ImageFont.load_default(pixels)
        assert isinstance(font, ImageFont.FreeTypeFont), "Pillow comes with FreeType"
        lines = _wrapped(pen, text, font, room)
        most = max(1, int(MOST_TEXT * size[1] / (pixels * 1.28)))
        if len(lines) <= most:
            return font, lines
        if pixels <= LEAST_LETTER:
            return font, [*lines[: most - 1], f"{lines[most - 1][:-3]}..."]
        pixels -= 1


def _wrapped(
    pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, room: int
) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and pen.textlength(longer, font) > room:
            lines.append(line)
            longer = word
        while len(longer) > 1 and pen.textlength(longer, font) > room:
            fits = 1
            while pen.textlength(longer[: fits + 1], font) <= room:
                fits += 1
            lines.append(longer[:fits])
            longer = longer[fits:]
        line = longer
    return [*lines, line] if line else lines or [""]


def _snow(image: Image.Image, dice: Random) -> None:
    pen, (width, height) = ImageDraw.Draw(image), image.size
    for _ in range(160):
        x, y = dice.random() * width, dice.random() * height
        radius = dice.uniform(1.5, 5) * min(width, height) / 1000
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), "#ffffff")
