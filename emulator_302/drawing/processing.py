"""Work on one image, with its real pixels: larger, without its background, without a part."""

from __future__ import annotations

from itertools import product

from PIL import Image, ImageChops, ImageFilter, ImageStat

WHITE = 128  # of 255: what a mask shows as white
NEAR = 12  # of 255: how far a colour may be from that of a corner, and still be background
ROUNDS = 6  # of filling from the surroundings, each over a smaller blur
WIDEST = 4_096  # pixels: a side that is made


def enlarged(image: Image.Image, times: int) -> Image.Image:
    """Return an image so many times as wide and as high, but no wider than the emulator makes."""
    times = max(1, min(times, WIDEST // max(image.size)))
    size = (image.width * times, image.height * times)
    return image.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def cut_out(image: Image.Image) -> Image.Image:
    """Return an image that is transparent where it has the colour of one of its corners."""
    plain = image.convert("RGB")
    right, bottom = plain.width - 1, plain.height - 1
    kept = Image.new("L", plain.size, 255)
    for corner in {plain.getpixel(place) for place in product((0, right), (0, bottom))}:
        far = ImageChops.difference(plain, Image.new("RGB", plain.size, corner)).convert("L")
        kept = ImageChops.darker(kept, far.point(lambda value: 255 if value > NEAR else 0))
    cut = plain.convert("RGBA")
    cut.putalpha(kept)
    return cut


def erased(image: Image.Image, mask: Image.Image) -> Image.Image:
    """Return an image whose parts that are white in a mask are filled from around them."""
    plain = image.convert("RGB")
    gap = mask.convert("L").resize(plain.size).point(lambda value: 255 if value >= WHITE else 0)
    mean = (
        ImageStat.Stat(plain, ImageChops.invert(gap)).mean if gap.getextrema()[0] == 0 else [0] * 3
    )
    filled = Image.composite(Image.new("RGB", plain.size, tuple(map(int, mean))), plain, gap)
    for round_ in range(ROUNDS, 0, -1):
        blurred = filled.filter(ImageFilter.BoxBlur(2**round_))
        filled = Image.composite(blurred, plain, gap)
    return filled
