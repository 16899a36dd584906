"""The subjects that a picture can have: a few things are drawn when the prompt names them.

A motif stands on a point of the ground and is drawn in units of the picture's smaller side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from random import Random

from PIL import ImageDraw

from emulator_302.rule_model.scenes import Colour, Palette, mixed
from emulator_302.rule_model.wording import word_set

Point = tuple[float, float]


class Stand:
    """Draws around a point; y grows upwards from the ground."""

    def __init__(self, pen: ImageDraw.ImageDraw, foot: Point, unit: float) -> None:
        self._pen = pen
        self._foot = foot
        self._unit = unit

    def _at(self, x: float, y: float) -> Point:
        return self._foot[0] + x * self._unit, self._foot[1] - y * self._unit

    def shape(self, points: list[Point], colour: str | Colour) -> None:
        """Fill a polygon."""
        self._pen.polygon([self._at(*point) for point in points], colour)

    def oval(self, middle: Point, wide: float, high: float, colour: str | Colour) -> None:
        """Fill an ellipse, given half its width and height."""
        left, top = self._at(middle[0] - wide, middle[1] + high)
        right, bottom = self._at(middle[0] + wide, middle[1] - high)
        self._pen.ellipse((left, top, right, bottom), colour)

    def box(self, left: float, bottom: float, right: float, top: float, colour: str) -> None:
        """Fill a rectangle."""
        self._pen.rectangle((*self._at(left, top), *self._at(right, bottom)), colour)

    def line(self, points: list[Point], colour: str | Colour, width: float) -> None:
        """Draw a line."""
        thick = max(1, round(width * self._unit))
        self._pen.line([self._at(*point) for point in points], colour, thick, joint="curve")


def _lighthouse(stand: Stand, palette: Palette, _: Random) -> None:
    beam = mixed(palette.light, palette.high, 0.45)
    stand.shape([(0, 0.5), (-0.9, 0.62), (-0.9, 0.44)], beam)
    stand.shape([(-0.34, -0.06), (-0.2, 0.03), (0.06, 0.05), (0.26, 0.0), (0.36, -0.06)], "#2f2a33")
    for step in range(6):
        low, high = step * 0.07, (step + 1) * 0.07
        left, right = 0.085 - 0.006 * step, 0.085 - 0.006 * (step + 1)
        colour = "#d64545" if step % 2 else "#fbf7ef"
        stand.shape([(-left, low), (left, low), (right, high), (-right, high)], colour)
    stand.box(-0.07, 0.42, 0.07, 0.44, "#37313d")
    stand.box(-0.04, 0.44, 0.04, 0.52, palette.light)
    for x in (-0.04, 0.0, 0.04):
        stand.line([(x, 0.44), (x, 0.52)], "#37313d", 0.006)
    stand.shape([(-0.06, 0.52), (0.06, 0.52), (0, 0.59)], "#b23a3a")
    stand.box(-0.02, 0.0, 0.02, 0.05, "#37313d")


def _tree(stand: Stand, palette: Palette, dice: Random) -> None:
    del palette
    for x, size in ((-0.3, 0.7), (0.26, 0.85), (0.0, 1.1)):
        stand.shape([(x - 0.018, 0), (x + 0.018, 0), (x + 0.01, 0.2), (x - 0.01, 0.2)], "#5b3d2b")
        green = dice.choice(("#3f7d4e", "#2f6b45", "#57934f"))
        for level in range(3):
            low, half = (0.1 + 0.09 * level) * size, (0.13 - 0.03 * level) * size
            stand.shape([(x - half, low), (x + half, low), (x, low + 0.17 * size)], green)


def _house(stand: Stand, palette: Palette, _: Random) -> None:
    stand.box(-0.17, 0, 0.17, 0.2, "#f4e3c3")
    stand.shape([(-0.22, 0.2), (0.22, 0.2), (0, 0.37)], "#b4513f")
    stand.box(0.08, 0.27, 0.12, 0.38, "#8a4a3c")
    stand.box(-0.035, 0, 0.035, 0.11, "#6d4433")
    for x in (-0.11, 0.11):
        stand.box(x - 0.035, 0.07, x + 0.035, 0.14, palette.light)
        stand.line([(x, 0.07), (x, 0.14)], "#8a6b4d", 0.006)


def _boat(stand: Stand, palette: Palette, _: Random) -> None:
    stand.line([(0, 0.03), (0, 0.45)], "#4d382c", 0.01)
    stand.shape([(0.015, 0.08), (0.22, 0.1), (0.015, 0.44)], "#fdf6e6")
    stand.shape(
        [(-0.015, 0.1), (-0.15, 0.11), (-0.015, 0.38)], mixed(palette.light, "#e76f51", 0.6)
    )
    stand.shape([(-0.24, 0.05), (0.27, 0.05), (0.18, -0.05), (-0.16, -0.05)], "#7d3b2e")
    stand.line([(-0.24, 0.05), (0.27, 0.05)], "#f2e2c4", 0.012)


def _flower(stand: Stand, palette: Palette, dice: Random) -> None:
    del palette
    for x, high in ((-0.2, 0.24), (0.2, 0.28), (0.0, 0.38)):
        stand.line([(x * 0.7, -0.03), (x, high)], "#3e7d4a", 0.014)
        stand.oval((x * 0.85 + 0.04, high * 0.45), 0.04, 0.016, "#4f9a5a")
        petal = dice.choice(("#e85d75", "#f4a261", "#c77dff", "#ffd166"))
        for turn in range(8):
            angle = turn * math.pi / 4
            middle = (x + 0.05 * math.cos(angle), high + 0.05 * math.sin(angle))
            stand.oval(middle, 0.032, 0.032, petal)
        stand.oval((x, high), 0.032, 0.032, "#6b4226")


def _fox(stand: Stand, palette: Palette, _: Random) -> None:
    _creature(stand, ("#d9662b", "#fff4e6", "#3b2417"), mixed(palette.near, "#000000", 0.2))


def _cat(stand: Stand, palette: Palette, dice: Random) -> None:
    fur = dice.choice(("#6b6e7a", "#3a3b44", "#d9a066"))
    _creature(stand, (fur, "#f6efe6", "#2a2a2f"), mixed(palette.near, "#000000", 0.2))


def _creature(stand: Stand, fur: tuple[str, str, str], shadow: Colour) -> None:
    """Draw an animal that sits: fur, chest and tips have their colours."""
    coat, chest, tips = fur
    stand.oval((0, 0), 0.26, 0.03, shadow)
    stand.shape([(0.06, 0.02), (0.3, 0.04), (0.34, 0.2), (0.24, 0.14), (0.1, 0.12)], coat)
    stand.shape([(0.34, 0.2), (0.27, 0.13), (0.31, 0.1)], chest)
    stand.oval((0, 0.12), 0.12, 0.14, coat)
    stand.oval((0, 0.1), 0.06, 0.1, chest)
    for side in (-1, 1):
        stand.shape([(side * 0.13, 0.32), (side * 0.12, 0.5), (side * 0.02, 0.4)], coat)
        stand.shape([(side * 0.11, 0.36), (side * 0.11, 0.46), (side * 0.05, 0.4)], tips)
        stand.oval((side * 0.05, 0.0), 0.035, 0.02, tips)
    stand.oval((0, 0.32), 0.15, 0.1, coat)
    stand.shape([(-0.13, 0.31), (-0.01, 0.31), (0, 0.24), (-0.05, 0.23)], chest)
    stand.shape([(0.13, 0.31), (0.01, 0.31), (0, 0.24), (0.05, 0.23)], chest)
    for side in (-1, 1):
        stand.oval((side * 0.06, 0.335), 0.017, 0.02, tips)
        stand.oval((side * 0.06 + 0.005, 0.342), 0.005, 0.006, "#ffffff")
    stand.oval((0, 0.25), 0.02, 0.014, tips)


def _balloon(stand: Stand, palette: Palette, dice: Random) -> None:
    first, second = dice.sample(("#e76f51", "#2a9d8f", "#e9c46a", "#6d597a", "#457b9d"), 2)
    for wide, colour in ((0.19, first), (0.125, second), (0.05, first)):
        stand.oval((0, 0.5), wide, 0.2, colour)
    stand.shape([(-0.1, 0.335), (0.1, 0.335), (0.04, 0.25), (-0.04, 0.25)], first)
    for x in (-0.04, 0.04):
        stand.line([(x, 0.25), (x * 0.8, 0.18)], palette.near, 0.005)
    stand.box(-0.04, 0.12, 0.04, 0.18, "#8d5a3b")


Motif = Callable[[Stand, Palette, Random], None]
MOTIFS: Mapping[Motif, frozenset[str]] = {
    _lighthouse: word_set("lighthouse"),
    _fox: word_set("fox foxes wolf"),
    _cat: word_set("cat cats kitten dog puppy pet animal rabbit"),
    _boat: word_set("boat ship sailing sail yacht"),
    _house: word_set("house cottage cabin hut home village castle farm"),
    _flower: word_set("flower flowers rose tulip tulips garden sunflower sunflowers"),
    _tree: word_set("tree trees forest wood woods jungle park"),
}


def motif_of(said: set[str]) -> Motif:
    """Return what to draw for the words of a prompt: a balloon goes with everything."""
    return next((motif for motif, named in MOTIFS.items() if said & named), _balloon)
