"""Looks that change how a whole photo is drawn: comic, line art, watercolour, low poly and others.

Each takes a square photo and dice for its random strokes, and returns a new picture.
"""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

STROKES = 7000
CELLS = 32
FAINT = 9  # a change up to this is a soft shade, not an outline


def comic(photo: Image.Image, _: Random) -> Image.Image:
    """Few strong colours, dots in the shades, black outlines."""
    flat = ImageOps.posterize(ImageEnhance.Color(_calm(photo)).enhance(1.5), 3)
    bright = ImageEnhance.Brightness(flat).enhance(1.25)
    dots = Image.new("L", photo.size, 255)
    pen, step = ImageDraw.Draw(dots), photo.width // 80
    for row in range(0, photo.height, step):
        for x in range((row // step % 2) * step // 2, photo.width, step):
            pen.ellipse((x, row, x + step * 0.55, row + step * 0.55), 150)
    shades = photo.convert("L").point(lambda level: 255 if level > 175 else 0)  # noqa: PLR2004
    dotted = ImageChops.multiply(bright, ImageChops.lighter(dots, shades).convert("RGB"))
    return _outlined(dotted, photo, 26, 3)


def line_art(photo: Image.Image, _: Random) -> Image.Image:
    """Black lines on white."""
    return _outlined(Image.new("RGB", photo.size, "#ffffff"), photo, 20, 3)


def impressionism(photo: Image.Image, dice: Random) -> Image.Image:
    """Short thick strokes of nearly pure colour."""
    vivid = ImageEnhance.Color(photo.filter(ImageFilter.GaussianBlur(4))).enhance(1.7)
    picture = vivid.copy()
    pen, width = ImageDraw.Draw(picture), photo.width
    for number in range(STROKES):
        # Large strokes first, small ones over them.
        long = width * (0.028 - 0.018 * number / STROKES)
        x, y = dice.randrange(width), dice.randrange(photo.height)
        pixel = vivid.getpixel((x, y))
        assert isinstance(pixel, tuple), "the picture has three colours"
        red, green, blue = (round(part + dice.uniform(-24, 24)) for part in pixel[:3])
        angle = 0.9 + math.sin(x / width * 5) + math.cos(y / width * 4)
        dx, dy = long * math.cos(angle), long * math.sin(angle)
        pen.line((x - dx, y - dy, x + dx, y + dy), (red, green, blue), max(3, round(long / 2.6)))
    return ImageEnhance.Contrast(picture).enhance(1.08)


def clay(photo: Image.Image, dice: Random) -> Image.Image:
    """Rounded, matt and slightly dented, like modelled clay."""
    soft = photo.filter(ImageFilter.ModeFilter(13)).filter(ImageFilter.GaussianBlur(3))
    relief = (
        soft.convert("L")
        .filter(ImageFilter.GaussianBlur(3))
        .filter(ImageFilter.Kernel((3, 3), (-3, -2, 0, -2, 0, 2, 0, 2, 3), 0.7, 128))
    )
    dents = Image.effect_noise(photo.size, 60).filter(ImageFilter.GaussianBlur(5))
    dents = dents.point(lambda level: round(128 + (level - 128) * 3))
    relief = Image.blend(relief.filter(ImageFilter.GaussianBlur(2)), dents, 0.3)
    earth = Image.new("RGB", photo.size, dice.choice(("#d98e5f", "#c98b6b")))
    warm = Image.blend(soft, earth, 0.22)
    return ImageChops.overlay(ImageEnhance.Color(warm).enhance(1.15), relief.convert("RGB"))


def watercolor(photo: Image.Image, dice: Random) -> Image.Image:
    """Light washes that pool at their edges and leave the paper white around."""
    wash = photo.filter(ImageFilter.ModeFilter(9)).filter(ImageFilter.MedianFilter(5))
    wash = Image.blend(wash, Image.new("RGB", photo.size, "white"), 0.28)
    wash = ImageEnhance.Color(wash).enhance(1.6)
    pooled = ImageChops.multiply(wash, _edges(photo, 5, 1).convert("RGB"))
    clouds = Image.effect_noise((14, 14), 42).resize(photo.size, Image.Resampling.BICUBIC)
    cloudy = ImageChops.soft_light(pooled, clouds.convert("RGB"))
    grain = Image.effect_noise(photo.size, 22).filter(ImageFilter.GaussianBlur(0.8))
    paper = ImageChops.soft_light(cloudy, grain.convert("RGB"))
    mask = Image.new("L", photo.size, 0)
    pen = ImageDraw.Draw(mask)
    middle, reach = photo.width / 2, photo.width * 0.43
    for _ in range(60):
        angle, far = dice.uniform(0, math.tau), dice.uniform(0.5, 0.86) * reach
        x, y = middle + far * math.cos(angle), middle + far * math.sin(angle)
        blob = dice.uniform(0.12, 0.26) * photo.width
        pen.ellipse((x - blob, y - blob, x + blob, y + blob), 255)
    soft = mask.filter(ImageFilter.GaussianBlur(7))
    return Image.composite(paper, Image.new("RGB", photo.size, "#fdfbf5"), soft)


def cyberpunk(photo: Image.Image, dice: Random) -> Image.Image:
    """Magenta and cyan light, glowing outlines, a screen's lines."""
    duotone = ImageOps.colorize(
        ImageOps.autocontrast(photo.convert("L")), "#0b0524", "#3ff2ff", "#c2188f"
    )
    lines = ImageOps.invert(_edges(photo, 12, 3))
    glow = lines.filter(ImageFilter.GaussianBlur(7)).point(lambda level: min(255, level * 3))
    lit = ImageChops.screen(duotone, ImageOps.colorize(glow, "#000000", "#ff2bd6"))
    lit = ImageChops.screen(lit, ImageOps.colorize(lines, "#000000", "#7dfbff"))
    red, green, blue = lit.split()
    shift = photo.width // 120
    apart = (ImageChops.offset(red, shift, 0), green, ImageChops.offset(blue, -shift, 0))
    lit = Image.merge("RGB", apart)
    rows = Image.new("L", (1, photo.height), 255)
    for y in range(0, photo.height, 5):
        rows.putpixel((0, y), 130)
    lit = ImageChops.multiply(lit, rows.resize(photo.size).convert("RGB"))
    pen = ImageDraw.Draw(lit)
    for _ in range(6):
        y, x = dice.randrange(photo.height), dice.randrange(photo.width)
        pen.rectangle((x, y, x + photo.width * 0.16, y + 4), dice.choice(("#ff2bd6", "#3ff2ff")))
    return lit


def low_poly(photo: Image.Image, dice: Random) -> Image.Image:
    """Flat triangles, each in the colour of its middle."""
    step = photo.width / CELLS
    points = {
        (row, column): (
            (column + (dice.uniform(-0.36, 0.36) if 0 < column < CELLS else 0)) * step,
            (row + (dice.uniform(-0.36, 0.36) if 0 < row < CELLS else 0)) * step,
        )
        for row in range(CELLS + 1)
        for column in range(CELLS + 1)
    }
    source = ImageEnhance.Color(photo.filter(ImageFilter.BoxBlur(5))).enhance(1.3)
    picture = source.copy()
    pen = ImageDraw.Draw(picture)
    for row in range(CELLS):
        for column in range(CELLS):
            a, b = points[row, column], points[row, column + 1]
            c, d = points[row + 1, column], points[row + 1, column + 1]
            halves = ((a, b, c), (b, c, d)) if (row + column) % 2 else ((a, b, d), (a, c, d))
            for corners in halves:
                x = min(photo.width - 1, int(sum(corner[0] for corner in corners) / 3))
                y = min(photo.height - 1, int(sum(corner[1] for corner in corners) / 3))
                pixel = source.getpixel((x, y))
                assert isinstance(pixel, tuple), "the picture has three colours"
                shade = dice.uniform(0.9, 1.1)
                red, green, blue = (min(255, round(part * shade)) for part in pixel[:3])
                pen.polygon(corners, (red, green, blue))
    return picture


def retro_portrait(photo: Image.Image, _: Random) -> Image.Image:
    """A brown photograph with grain and a white border."""
    grey = ImageOps.autocontrast(photo.convert("L"), 1)
    sepia = ImageOps.colorize(grey, "#2a1a0e", "#f6e6c5", "#9c7550")
    grain = Image.effect_noise(photo.size, 34)
    aged = ImageChops.soft_light(sepia, grain.convert("RGB"))
    aged = _vignette(aged, "#22140a", 0.8)
    return ImageOps.fit(ImageOps.expand(aged, photo.width // 16, "#f4ead6"), photo.size)


def ancient_style(photo: Image.Image, dice: Random) -> Image.Image:
    """Ink and faded colour on old paper, with a red seal."""
    ink = ImageChops.multiply(_calm(photo), _edges(photo, 10, 1).convert("RGB"))
    faded = ImageEnhance.Color(ink).enhance(0.45)
    paper = Image.effect_noise((40, 40), 50).resize(photo.size, Image.Resampling.BICUBIC)
    paper = ImageOps.colorize(paper, "#cdb27d", "#f3e4bd")
    picture = _vignette(ImageChops.multiply(faded, paper), "#5a3d1e", 0.5)
    picture = ImageEnhance.Brightness(picture).enhance(1.22)
    pen, side = ImageDraw.Draw(picture), photo.width // 9
    left, top = photo.width - 1.5 * side, photo.height * 0.64
    pen.rounded_rectangle((left, top, left + side, top + side), side // 8, "#b3261e")
    for place in range(3):
        x = left + side * (0.22 + 0.28 * place)
        pen.line((x, top + side * 0.15, x, top + side * 0.85), "#f6dfc0", max(2, side // 14))
        y = top + side * dice.uniform(0.25, 0.75)
        pen.line((left + side * 0.15, y, left + side * 0.85, y), "#f6dfc0", max(2, side // 16))
    return picture


def cartoon_illustration(photo: Image.Image, dice: Random) -> Image.Image:
    """Flat cheerful colours, soft outlines, rays behind."""
    flat = _calm(photo).quantize(24).convert("RGB").filter(ImageFilter.ModeFilter(7))
    flat = ImageEnhance.Brightness(ImageEnhance.Color(flat).enhance(1.75)).enhance(1.12)
    lines = _edges(photo, 18, 3).filter(ImageFilter.GaussianBlur(1))
    picture = ImageChops.multiply(flat, ImageOps.colorize(lines, "#3b1f5b", "#ffffff"))
    rays = Image.new("RGB", photo.size, "#ffd84d")
    pen = ImageDraw.Draw(rays)
    first, width = dice.randrange(20), photo.width
    for angle in range(first, 360 + first, 30):
        pen.pieslice((-width, -width, 2 * width, 2 * width), angle, angle + 15, "#ff9f43")
    around = Image.new("L", photo.size, 255)
    edge = width * 0.035
    box = (edge, edge, width - edge, width - edge)
    ImageDraw.Draw(around).rounded_rectangle(box, width // 9, 0)
    return Image.composite(rays, picture, around)


def pencil_sketch(photo: Image.Image, dice: Random) -> Image.Image:
    """Grey strokes on white paper."""
    grey = photo.convert("L")
    blurred = ImageOps.invert(grey).filter(ImageFilter.GaussianBlur(14))
    # "Dodging": light where the surroundings are as dark, so that only changes stay.
    dodged = ImageChops.add(grey, blurred)
    drawn = ImageChops.multiply(dodged, _edges(photo, 12, 1))
    strokes = Image.new("L", photo.size, 255)
    pen = ImageDraw.Draw(strokes)
    for _ in range(900):
        x, y = dice.randrange(photo.width), dice.randrange(photo.height)
        long = photo.width * dice.uniform(0.02, 0.06)
        pen.line((x, y, x + long, y - long), dice.randrange(120, 190), 2)
    dark = grey.point(lambda level: 0 if level < 130 else 255)  # noqa: PLR2004 - shaded parts
    shaded = ImageChops.lighter(strokes, dark)
    return ImageChops.multiply(drawn, shaded).convert("RGB")


def _calm(photo: Image.Image) -> Image.Image:
    return photo.filter(ImageFilter.ModeFilter(7)).filter(ImageFilter.MedianFilter(3))


def _edges(photo: Image.Image, gain: int, thick: int) -> Image.Image:
    """Return dark lines on white where the photo changes."""
    grey = photo.filter(ImageFilter.GaussianBlur(1.6)).convert("L")
    found = grey.filter(ImageFilter.FIND_EDGES).point(
        lambda level: 255 - min(255, max(0, level - FAINT) * gain)
    )
    # The filter takes the picture's own border for an edge.
    ImageDraw.Draw(found).rectangle((0, 0, photo.width - 1, photo.height - 1), outline=255, width=4)
    if thick > 1:  # a filter of one pixel changes nothing, and ends the process in Pillow 12.3
        found = found.filter(ImageFilter.MinFilter(thick))
    return found.filter(ImageFilter.GaussianBlur(0.8))


def _outlined(picture: Image.Image, photo: Image.Image, gain: int, thick: int) -> Image.Image:
    return ImageChops.multiply(picture, _edges(photo, gain, thick).convert("RGB"))


def _vignette(picture: Image.Image, colour: str, strength: float) -> Image.Image:
    mask = Image.radial_gradient("L").resize(picture.size)
    mask = mask.point(lambda level: round(max(0, level - 90) * 1.5 * strength))
    return Image.composite(Image.new("RGB", picture.size, colour), picture, mask)
