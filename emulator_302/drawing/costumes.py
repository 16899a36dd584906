"""Looks that dress a photo up: elf, clown, robot, vampire, zombie, steampunk.

What is put on sits where the parts of a face are in a portrait: no face is searched for.
"""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from emulator_302.drawing.subjects import Stand

# Places of a portrait in its square, from the left and from the foot.
LEFT_EYE, RIGHT_EYE, NOSE = (0.402, 0.525), (0.598, 0.525), (0.5, 0.43)
MOUTH, FOREHEAD = (0.5, 0.345), (0.5, 0.72)
SIDES = (-1, 1)


def elf(photo: Image.Image, dice: Random) -> Image.Image:
    """Pointed ears, a crown of leaves, the light of a forest."""
    green = ImageOps.colorize(photo.convert("L"), "#0c2b1c", "#eaffd8", "#6f9a5f")
    picture = Image.blend(photo, green, 0.42)
    stand = _stand(picture)
    for side in SIDES:
        near, far = 0.5 + 0.225 * side, 0.5 + 0.4 * side
        stand.shape([(near, 0.58), (far, 0.68), (near + 0.02 * side, 0.42)], "#e3b795")
        stand.shape([(near, 0.55), (far - 0.04 * side, 0.64), (near, 0.46)], "#c98f74")
    for step in range(13):
        angle = math.pi * (0.1 + 0.8 * step / 12)
        x, y = 0.5 + 0.285 * math.cos(angle), 0.63 + 0.27 * math.sin(angle)
        colour = ("#3f8f4f", "#6cbf5a", "#2c6e3f")[step % 3]
        tip = (x + 0.07 * math.cos(angle), y + 0.07 * math.sin(angle))
        stand.shape([(x - 0.03, y), tip, (x + 0.03, y), (x, y - 0.03)], colour)
    stand.oval((0.5, 0.875), 0.022, 0.03, "#7ff0ff")
    return _sparkles(picture, dice, "#f4ffb0", 34)


def clown(photo: Image.Image, dice: Random) -> Image.Image:
    """A red nose, white make-up, curls of all colours."""
    picture = ImageEnhance.Color(ImageEnhance.Brightness(photo).enhance(1.08)).enhance(1.5)
    make_up = Image.new("L", photo.size, 0)
    white = _stand(make_up)
    for middle in (LEFT_EYE, RIGHT_EYE):
        white.oval(middle, 0.085, 0.085, "#969696")
    white.oval(MOUTH, 0.15, 0.075, "#aaaaaa")
    picture.paste("#ffffff", mask=make_up.filter(ImageFilter.GaussianBlur(6)))
    stand = _stand(picture)
    colours = ("#ff4d6d", "#ffb703", "#3a86ff", "#8ac926", "#c77dff")
    for side in SIDES:
        for _ in range(22):
            x, y = 0.5 + side * dice.uniform(0.27, 0.44), dice.uniform(0.35, 0.82)
            stand.oval((x, y), 0.05, 0.05, dice.choice(colours))
        stand.shape([(0.5 + side * x, y) for x, y in _diamond(0.1, 0.62)], "#3a86ff")
    stand.oval(NOSE, 0.06, 0.06, "#e5172f")
    stand.oval((0.48, 0.455), 0.016, 0.014, "#ff8f9c")
    stand.shape([(0.4, 0.86), (0.6, 0.86), (0.53, 1.0)], "#3a86ff")
    for x, y in ((0.45, 0.885), (0.52, 0.9), (0.5, 0.95)):
        stand.oval((x, y), 0.014, 0.014, "#ffe45e")
    return _sparkles(picture, dice, "#ffe45e", 20)


def robot(photo: Image.Image, dice: Random) -> Image.Image:
    """Plates of metal with rivets, and eyes that glow."""
    grey = ImageOps.posterize(ImageOps.autocontrast(photo.convert("L")), 3)
    picture = ImageOps.colorize(grey, "#141c26", "#eef6ff", "#7b8fa6").filter(
        ImageFilter.SMOOTH_MORE
    )
    stand = _stand(picture)
    dark, light = "#2c3a4a", "#c9d7e6"
    for y in (0.66, 0.42, 0.27):
        stand.line([(0.24, y), (0.76, y)], dark, 0.008)
    for x in (0.33, 0.67):
        stand.line([(x, 0.24), (x, 0.78)], dark, 0.006)
    for x in (0.27, 0.36, 0.64, 0.73):
        for y in (0.69, 0.45, 0.3):
            stand.oval((x, y), 0.011, 0.011, light)
            stand.oval((x, y), 0.005, 0.005, dark)
    stand.box(0.4, 0.31, 0.6, 0.37, dark)
    for step in range(6):
        stand.box(0.41 + 0.032 * step, 0.32, 0.43 + 0.032 * step, 0.36, light)
    stand.line([(0.5, 0.9), (0.5, 0.97)], light, 0.012)
    stand.oval((0.5, 0.97), 0.022, 0.022, dice.choice(("#ff5d5d", "#ffb703")))
    for middle in (LEFT_EYE, RIGHT_EYE):
        stand.oval(middle, 0.075, 0.06, dark)
    return _glowing(picture, "#35e8ff", 0.04)


def vampire(photo: Image.Image, dice: Random) -> Image.Image:
    """Pale, with fangs, a high collar and bats in a red night."""
    pale = ImageEnhance.Color(photo).enhance(0.25)
    picture = ImageChops.multiply(
        ImageEnhance.Contrast(pale).enhance(1.35), Image.new("RGB", photo.size, "#e2e4f5")
    )
    ring = Image.radial_gradient("L").resize(photo.size).point(lambda v: max(0, v - 70) * 2)
    picture.paste("#3d0410", mask=ring.point(lambda level: min(235, level)))
    stand = _stand(picture)
    for side in SIDES:
        collar = [(0.1, 0.0), (0.27, 0.2), (0.46, 0.42), (0.4, 0.0)]
        stand.shape([(0.5 + side * x, y) for x, y in collar], "#1a0509")
        inner = [(0.12, 0.0), (0.28, 0.18), (0.43, 0.36), (0.34, 0.0)]
        stand.shape([(0.5 + side * x, y) for x, y in inner], "#a30f24")
        fang = [(0.028, 0.345), (0.062, 0.345), (0.046, 0.275)]
        stand.shape([(0.5 + side * x, y) for x, y in fang], "#ffffff")
    for _ in range(4):
        x, y, size = dice.uniform(0.06, 0.94), dice.uniform(0.82, 0.95), dice.uniform(0.6, 1.1)
        wing = [(0, 0.0), (0.03, 0.025), (0.07, 0.03), (0.055, 0.0), (0.035, 0.005), (0.02, -0.01)]
        for side in SIDES:
            stand.shape([(x + side * size * a, y + size * b) for a, b in wing], "#120206")
    return _glowing(picture, "#ff2038", 0.022)


def zombie(photo: Image.Image, dice: Random) -> Image.Image:
    """Green and blotched, with stitches and hollow eyes."""
    green = ImageOps.colorize(photo.convert("L"), "#10180c", "#dfeab4", "#738a4a")
    picture = Image.blend(ImageEnhance.Color(photo).enhance(0.4), green, 0.75)
    stains = Image.new("L", photo.size, 0)
    stain = _stand(stains)
    for middle in (LEFT_EYE, RIGHT_EYE):
        stain.oval((middle[0], middle[1] - 0.015), 0.085, 0.075, "#bebebe")
    for _ in range(16):
        size = dice.uniform(0.01, 0.035)
        middle = (dice.uniform(0.28, 0.72), dice.uniform(0.26, 0.72))
        stain.oval(middle, size, size * dice.uniform(0.5, 1), "#828282")
    picture.paste("#2b2f16", mask=stains.filter(ImageFilter.GaussianBlur(5)))
    stand = _stand(picture)
    scars = (((0.3, 0.44), (0.42, 0.36)), ((0.58, 0.74), (0.71, 0.66)))
    for (x, y), (to_x, to_y) in scars:
        stand.line([(x, y), (to_x, to_y)], "#5b1313", 0.01)
        for step in range(5):
            share = (step + 0.5) / 5
            a, b = x + (to_x - x) * share, y + (to_y - y) * share
            stand.line([(a - 0.012, b - 0.025), (a + 0.012, b + 0.025)], "#1e1a12", 0.006)
    for x, long in ((0.44, 0.09), (0.56, 0.05)):
        stand.box(x, 0.33 - long, x + 0.012, 0.33, "#7a1116")
    return _glowing(picture, "#e8ff6a", 0.02)


def steampunk(photo: Image.Image, dice: Random) -> Image.Image:
    """Brass and copper, goggles on the forehead, gears around."""
    brass = ImageOps.colorize(
        ImageOps.autocontrast(photo.convert("L")), "#1d0f06", "#ffe7b0", "#a8682f"
    )
    picture = Image.blend(photo, brass, 0.72)
    stand = _stand(picture)
    for middle, size in (((0.08, 0.9), 0.15), ((0.92, 0.86), 0.12), ((0.94, 0.1), 0.16),
                         ((0.05, 0.12), 0.12)):  # fmt: skip
        _gear(stand, middle, size, dice.choice(("#b8752c", "#8f5a24", "#d19a45")))
    stand.line([(0.18, 0.7), (0.82, 0.7)], "#3a2416", 0.05)
    for side in SIDES:
        x = FOREHEAD[0] + 0.11 * side
        for size, colour in ((0.1, "#5b3717"), (0.088, "#d6a04a"), (0.066, "#20343b")):
            stand.oval((x, FOREHEAD[1]), size, size, colour)
        stand.oval((x - 0.018, FOREHEAD[1] + 0.022), 0.02, 0.016, "#8fd3d9")
    stand.line([(0.485, 0.72), (0.515, 0.72)], "#d6a04a", 0.03)
    return picture


def _gear(stand: Stand, middle: tuple[float, float], size: float, colour: str) -> None:
    x, y = middle
    outline = []
    for step in range(48):
        far = size if step // 2 % 2 else size * 0.8
        angle = math.tau * step / 48
        outline.append((x + far * math.cos(angle), y + far * math.sin(angle)))
    stand.shape(outline, colour)
    stand.oval(middle, size * 0.5, size * 0.5, "#2a180b")
    stand.oval(middle, size * 0.36, size * 0.36, colour)
    stand.oval(middle, size * 0.12, size * 0.12, "#2a180b")


def _diamond(x: float, y: float) -> list[tuple[float, float]]:
    return [(x, y + 0.06), (x + 0.022, y), (x, y - 0.04), (x - 0.022, y)]


def _stand(picture: Image.Image) -> Stand:
    return Stand(ImageDraw.Draw(picture), (0, picture.height), picture.width)


def _glowing(picture: Image.Image, colour: str, size: float) -> Image.Image:
    """Return the picture with light in the eyes."""
    light = Image.new("RGB", picture.size, "#000000")
    stand = _stand(light)
    for middle in (LEFT_EYE, RIGHT_EYE):
        stand.oval(middle, size, size, colour)
    blurred = light.filter(ImageFilter.GaussianBlur(picture.width / 50))
    return ImageChops.screen(ImageChops.screen(picture, blurred), light)


def _sparkles(picture: Image.Image, dice: Random, colour: str, number: int) -> Image.Image:
    stand = _stand(picture)
    for _ in range(number):
        x, y, far = dice.random(), dice.random(), dice.uniform(0.006, 0.018)
        if math.dist((x, y), (0.5, 0.5)) > 0.3:  # noqa: PLR2004 - none in the face
            stand.shape([(x, y + far), (x + far / 4, y), (x, y - far), (x - far / 4, y)], colour)
            stand.shape([(x - far, y), (x, y + far / 4), (x + far, y), (x, y - far / 4)], colour)
    return picture
