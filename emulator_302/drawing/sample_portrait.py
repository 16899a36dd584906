"""Draws the sample photo: a portrait of nobody, in flat shapes, the same on every machine."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

SIDE = 512  # pixels
FINER = 3  # drawn so many times larger, then shrunk, for smooth edges
WALL, GLOW = "#e8b796", "#f6d9bd"
HAIR, HAIR_LIGHT, HAIR_DARK = "#4a2c2a", "#6b4038", "#331d1d"
SKIN, SHADE, BLUSH = "#f2c7a5", "#e0a988", "#ea9b86"
JUMPER, COLLAR, LIPS = "#2f6f73", "#3f8a8c", "#c4515a"
STRONG = "#c8c8c8"  # the opacity of a soft colour
EYES, BROWS, WHITE = "#5b7f4b", "#3d2524", "#fffaf3"

Box = tuple[float, float, float, float]


class _Pencil:
    """Draws in the coordinates of the finished image."""

    def __init__(self, image: Image.Image) -> None:
        self._draw = ImageDraw.Draw(image)

    def oval(self, middle: tuple[float, float], wide: float, high: float, colour: str) -> None:
        """Fill an ellipse around its middle, given half its width and height."""
        x, y = middle
        box = [FINER * side for side in (x - wide, y - high, x + wide, y + high)]
        self._draw.ellipse(box, colour)

    def both(self, middle: tuple[float, float], wide: float, high: float, colour: str) -> None:
        """Fill an ellipse left and right of the face's middle line."""
        x, y = middle
        self.oval((x, y), wide, high, colour)
        self.oval((SIDE - x, y), wide, high, colour)

    def shape(self, points: list[tuple[float, float]], colour: str) -> None:
        """Fill a polygon with rounded sides: each point pulls the outline towards it."""
        self._draw.polygon([(FINER * x, FINER * y) for x, y in _rounded(points)], colour)

    def arc(self, box: Box, span: tuple[float, float], colour: str, width: float) -> None:
        """Draw a part of an ellipse's outline."""
        wide = round(FINER * width)
        self._draw.arc([FINER * side for side in box], *span, colour, wide)


@lru_cache(maxsize=1)
def _drawn() -> Image.Image:
    big = Image.new("RGB", (SIDE * FINER, SIDE * FINER), WALL)
    pencil = _Pencil(big)
    pencil.oval((256, 250), 236, 236, GLOW)
    _hair_behind(pencil)
    _body(pencil)
    _head(pencil)
    _softened(big)
    _features(pencil)
    _hair_before(pencil)
    return big.reduce(FINER)


def face() -> Image.Image:
    """Return the portrait."""
    return _drawn().copy()


def _hair_behind(pencil: _Pencil) -> None:
    pencil.shape(
        [(256, 40), (385, 70), (415, 210), (425, 330), (440, 430), (330, 440), (256, 420),
         (182, 440), (72, 430), (87, 330), (97, 210), (127, 70)],
        HAIR,
    )  # fmt: skip
    for x, colour in ((112, HAIR_LIGHT), (140, HAIR_DARK)):
        pencil.shape([(x, 200), (x + 10, 300), (x - 14, 410), (x - 24, 300)], colour)
        far = SIDE - x
        pencil.shape([(far, 200), (far - 10, 300), (far + 14, 410), (far + 24, 300)], colour)


def _body(pencil: _Pencil) -> None:
    pencil.shape(
        [(256, 405), (330, 415), (430, 450), (480, 560), (256, 600), (32, 560), (82, 450),
         (182, 415)],
        JUMPER,
    )  # fmt: skip
    pencil.oval((256, 428), 72, 34, COLLAR)
    pencil.oval((256, 414), 56, 26, SKIN)
    pencil.shape([(216, 330), (296, 330), (300, 420), (256, 440), (212, 420)], SHADE)
    pencil.shape([(218, 380), (294, 380), (300, 425), (256, 442), (212, 425)], SKIN)


def _head(pencil: _Pencil) -> None:
    pencil.both((136, 258), 16, 26, SHADE)
    pencil.both((137, 290), 5, 5, "#e9c46a")
    pencil.oval((256, 214), 120, 124, SKIN)
    pencil.shape(
        [(136, 200), (376, 200), (374, 290), (330, 365), (256, 400), (182, 365), (138, 290)], SKIN
    )


def _softened(big: Image.Image) -> None:
    """Lay blush on the cheeks, and shade under hair, nose and chin, without hard edges."""
    shade, blush = Image.new("L", big.size, 0), Image.new("L", big.size, 0)
    pencil = _Pencil(shade)
    pencil.shape([(140, 150), (256, 110), (372, 150), (360, 190), (256, 160), (152, 190)], STRONG)
    pencil.shape([(264, 238), (280, 290), (256, 300), (262, 280)], STRONG)
    pencil.shape([(226, 384), (256, 398), (286, 384), (280, 404), (256, 412), (232, 404)], STRONG)
    _Pencil(blush).both((182, 298), 28, 18, STRONG)
    for colour, mask in ((SHADE, shade), (BLUSH, blush)):
        big.paste(colour, mask=mask.filter(ImageFilter.GaussianBlur(FINER * 6)))


def _features(pencil: _Pencil) -> None:
    pencil.both((205, 243), 27, 17, WHITE)
    pencil.both((206, 243), 15, 16, EYES)
    pencil.both((206, 243), 8, 9, "#1d1a1a")
    for x in (201, 302):
        pencil.oval((x, 237), 4, 4, "#ffffff")
    for left in (174, 278):
        pencil.arc((left + 1, 212, left + 61, 262), (200, 340), SKIN, 15)
        pencil.arc((left, 225, left + 60, 277), (195, 345), BROWS, 5)
        pencil.arc((left - 4, 196, left + 64, 244), (205, 335), BROWS, 7)
    pencil.arc((238, 268, 274, 300), (25, 155), "#cf8f70", 4)
    pencil.shape([(214, 328), (240, 318), (256, 324), (272, 318), (298, 328), (256, 338)], LIPS)
    pencil.shape([(214, 328), (256, 332), (298, 328), (284, 350), (228, 350)], "#d4636a")
    pencil.arc((206, 296, 306, 339), (28, 152), "#9c3b45", 2.5)
    pencil.oval((262, 343), 12, 3, "#e58d8f")


def _hair_before(pencil: _Pencil) -> None:
    pencil.shape(
        [(232, 70), (150, 80), (108, 190), (118, 290), (140, 250), (150, 190), (205, 160),
         (262, 88)],
        HAIR,
    )  # fmt: skip
    pencil.shape(
        [(226, 66), (330, 60), (400, 150), (396, 290), (372, 260), (366, 190), (300, 165),
         (236, 96)],
        HAIR,
    )  # fmt: skip
    pencil.shape([(214, 92), (160, 120), (136, 180), (150, 170), (186, 128)], HAIR_LIGHT)
    pencil.shape([(262, 86), (330, 96), (372, 170), (352, 160), (316, 120)], HAIR_LIGHT)


def _rounded(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the outline with its corners cut three times (Chaikin), which makes it a curve."""
    for _ in range(3):
        cut = []
        for (x, y), (to_x, to_y) in zip(points, points[1:] + points[:1], strict=True):
            cut.append((0.75 * x + 0.25 * to_x, 0.75 * y + 0.25 * to_y))
            cut.append((0.25 * x + 0.75 * to_x, 0.25 * y + 0.75 * to_y))
        points = cut
    return points
