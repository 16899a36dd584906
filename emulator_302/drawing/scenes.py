"""The view behind an image's subject: its colours and its ground follow from the prompt's words.

Where no word says anything, a digest of the prompt chooses, so that equal prompts look equal.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from emulator_302.rule_model.wording import word_set

Colour = tuple[int, int, int]
LAYERS = 4
STARS = 90


@dataclass(frozen=True)
class Palette:
    """The colours of a view."""

    high: str
    low: str
    light: str
    far: str
    near: str
    stars: bool = False


PALETTES: Mapping[str, Palette] = {
    "night": Palette("#0b1437", "#3b3f7a", "#f7f1c9", "#39427a", "#0d1230", stars=True),
    "dusk": Palette("#41285f", "#f7a05c", "#ffe0a0", "#9a5577", "#2b1b3d"),
    "dawn": Palette("#7fb2e5", "#ffd3c0", "#fff3c4", "#c59fc0", "#5d5a86"),
    "snow": Palette("#8fb8de", "#e9f2fa", "#ffffff", "#c9dcec", "#f4f9fd"),
    "desert": Palette("#6ec3d8", "#fbe3b1", "#fff3c9", "#e3ac6a", "#b5713c"),
    "forest": Palette("#9fd3c7", "#eef5d6", "#fff7cf", "#7fb069", "#1f4d36"),
    "sea": Palette("#5aa9e6", "#e3f4fb", "#fff6cc", "#7fc1d8", "#175676"),
    "space": Palette("#07071c", "#3a1a5e", "#c9b6ff", "#4d2c7e", "#120a2c", stars=True),
    "city": Palette("#5c6fa8", "#f5cfb0", "#fff0c2", "#8287ad", "#2b2f4d"),
}
# The first group with a word of the prompt decides.
COLOUR_WORDS: Mapping[str, frozenset[str]] = {
    "night": word_set("night midnight moon moonlit stars starry dark"),
    "space": word_set("space galaxy planet cosmos nebula astronaut rocket"),
    "dusk": word_set("dusk sunset evening twilight autumn fire"),
    "dawn": word_set("dawn sunrise morning spring pink"),
    "snow": word_set("snow snowy winter ice icy frozen arctic"),
    "desert": word_set("desert sand dune dunes canyon savanna camel"),
    "forest": word_set("forest tree trees wood woods garden jungle meadow park green field"),
    "sea": word_set("sea ocean beach lake river water island harbour harbor boat ship sailing"),
    "city": word_set("city town street skyline tower towers building buildings cyberpunk"),
}
GROUND_WORDS: Mapping[str, frozenset[str]] = {
    "sea": word_set(
        "sea ocean beach lake river water island harbour harbor boat ship sailing lighthouse coast"
    ),
    "city": word_set("city town street skyline towers buildings cyberpunk"),
    "mountains": word_set("mountain mountains alps peak peaks ice canyon cliff"),
}


def palette_of(said: set[str], dice: Random) -> Palette:
    """Return the colours that a prompt's words ask for, or a matching set."""
    named = next((name for name, some in COLOUR_WORDS.items() if said & some), None)
    if named is not None:
        return PALETTES[named]
    hue = dice.random()
    return Palette(
        high=_hex(hue, 0.55, 0.75),
        low=_hex(hue + 0.12, 0.25, 0.98),
        light=_hex(hue + 0.16, 0.2, 1.0),
        far=_hex(hue + 0.45, 0.3, 0.75),
        near=_hex(hue + 0.52, 0.55, 0.32),
    )


def view(said: set[str], palette: Palette, size: tuple[int, int], dice: Random) -> Image.Image:
    """Return sky, light and ground."""
    image = gradient(palette.high, palette.low, size)
    if palette.stars:
        _stars(image, dice)
    sun = (dice.uniform(0.62, 0.82) * size[0], dice.uniform(0.2, 0.32) * size[1])
    _light(image, palette, sun)
    ground = next((name for name, some in GROUND_WORDS.items() if said & some), "hills")
    grounds = {"sea": _sea, "city": _city, "mountains": _mountains, "hills": _hills}
    grounds[ground](image, palette, dice)
    return image


def gradient(high: str, low: str, size: tuple[int, int]) -> Image.Image:
    """Return an image that goes from one colour above to another below."""
    column = Image.linear_gradient("L").resize((1, size[1]))
    mask = column.resize(size, Image.Resampling.NEAREST)
    return Image.composite(Image.new("RGB", size, low), Image.new("RGB", size, high), mask)


def mixed(one: str, other: str, share: float) -> Colour:
    """Return a colour between two: `share` of the other."""
    first, second = rgb(one), rgb(other)
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def rgb(colour: str) -> Colour:
    """Return the parts of a colour such as #aabbcc."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(hue: float, strength: float, brightness: float) -> str:
    parts = colorsys.hsv_to_rgb(hue % 1, strength, brightness)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _stars(image: Image.Image, dice: Random) -> None:
    pen, (width, height) = ImageDraw.Draw(image), image.size
    for _ in range(STARS):
        x, y = dice.random() * width, dice.random() * height * 0.6
        radius = dice.uniform(0.6, 2.2) * min(width, height) / 1000
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), "#fdfbe8")


def _light(image: Image.Image, palette: Palette, middle: tuple[float, float]) -> None:
    """Draw a sun or moon with its glow."""
    unit, (x, y) = min(image.size), middle
    glow = Image.new("L", image.size, 0)
    for radius, strength in ((0.24, 70), (0.15, 110)):
        far = radius * unit
        ImageDraw.Draw(glow).ellipse((x - far, y - far, x + far, y + far), strength)
    small = glow.resize((max(1, glow.width // 8), max(1, glow.height // 8)))
    blurred = small.filter(ImageFilter.GaussianBlur(max(1, unit // 160)))
    soft = blurred.resize(image.size, Image.Resampling.BILINEAR)
    image.paste(palette.light, mask=soft)
    near = 0.075 * unit
    ImageDraw.Draw(image).ellipse((x - near, y - near, x + near, y + near), palette.light)


def _hills(image: Image.Image, palette: Palette, dice: Random) -> None:
    pen, (width, height) = ImageDraw.Draw(image), image.size
    for layer in range(LAYERS):
        base = (0.5 + 0.11 * layer) * height
        waves = [(dice.uniform(0.6, 2.2), dice.uniform(0, 6.3)) for _ in range(2)]
        points = []
        for x in range(0, width + 8, 8):
            swell = sum(math.sin(f * 6.3 * x / width + shift) for f, shift in waves)
            points.append((x, base - swell * 0.035 * height))
        colour = mixed(palette.far, palette.near, layer / (LAYERS - 1))
        pen.polygon([*points, (width, height), (0, height)], colour)


def _mountains(image: Image.Image, palette: Palette, dice: Random) -> None:
    pen, (width, height) = ImageDraw.Draw(image), image.size
    for layer in range(LAYERS - 1):
        colour = mixed(palette.far, palette.near, layer / (LAYERS - 1))
        foot = (0.62 + 0.13 * layer) * height
        for place in range(5 - layer):
            x = (place + dice.uniform(-0.2, 0.5)) * width / (4 - layer)
            high, wide = dice.uniform(0.18, 0.36) * height, dice.uniform(0.2, 0.32) * width
            peak = foot - high
            pen.polygon([(x - wide, foot), (x, peak), (x + wide, foot)], colour)
            cap = [(x - wide / 4, peak + high / 4), (x, peak), (x + wide / 4, peak + high / 4)]
            notch = [(x + wide / 10, peak + high / 6), (x - wide / 12, peak + high / 3.4)]
            pen.polygon([*cap, *notch], mixed(palette.light, palette.far, 0.2 + 0.2 * layer))
        pen.rectangle((0, foot - 1, width, height), colour)


def _sea(image: Image.Image, palette: Palette, dice: Random) -> None:
    width, height = image.size
    line = round(0.58 * height)
    water = gradient(palette.low, palette.near, (width, height - line))
    image.paste(water, (0, line))
    pen = ImageDraw.Draw(image)
    for _ in range(70):
        depth = dice.random() ** 1.5
        y = line + depth * (height - line)
        x, half = dice.random() * width, (0.015 + 0.05 * depth) * width
        thick = max(1, round((0.0015 + 0.003 * depth) * height))
        pen.line((x - half, y, x + half, y), mixed(palette.light, palette.near, 0.55), thick)


def _city(image: Image.Image, palette: Palette, dice: Random) -> None:
    pen, (width, height) = ImageDraw.Draw(image), image.size
    unit = min(width, height)
    for layer in range(3):
        colour = mixed(palette.far, palette.near, layer / 2)
        lit = mixed(palette.light, palette.far, 0.25)
        x = -0.02 * width
        while x < width:
            wide = dice.uniform(0.06, 0.12) * unit
            top = height * (0.72 + 0.06 * layer) - dice.uniform(0.1, 0.42 - 0.08 * layer) * height
            pen.rectangle((x, top, x + wide, height), colour)
            for row in range(int((height - top) / (0.045 * unit))):
                for column in range(3):
                    if layer and dice.random() < 0.45:  # noqa: PLR2004 - nearly half are lit
                        left = x + wide * (0.15 + 0.27 * column)
                        upper = top + (0.02 + 0.045 * row) * unit
                        far = (left + 0.014 * unit, upper + 0.02 * unit)
                        pen.rectangle((left, upper, *far), lit)
            x += wide * dice.uniform(1.0, 1.25)
