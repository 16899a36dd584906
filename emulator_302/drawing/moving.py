"""Films: one image turns into another, as a small MP4 that browsers play.

What a film shows is drawn here, so it is small and slow, whatever resolution was asked for: its
length and its shape are what was asked. It is written with the OpenCV that the text reader brings.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from PIL import Image

LONG_SIDE = 160  # pixels
RATE = 2  # frames a second
CODEC = "vp09"
CLOSER = 0.8  # what is left of each side where a film comes closer
EVEN = 2  # sides are a multiple of this: the codec halves them


class CannotFilm(Exception):  # noqa: N818 - named after what happened
    """This OpenCV writes no such film."""


def frame_size(ratio: tuple[int, int]) -> tuple[int, int]:
    """Return the width and height of a film of a ratio."""
    scale = LONG_SIDE / max(ratio)
    width, height = (max(EVEN, round(side * scale / EVEN) * EVEN) for side in ratio)
    return width, height


def filmed(
    first: Image.Image, last: Image.Image | None, size: tuple[int, int], seconds: int
) -> bytes:
    """Return a film that begins with one image and ends with another, as the bytes of a file.

    Args:
        first: How it begins.
        last: How it ends; None: closer to the first.
        size: Width and height.
        seconds: How long it is.

    Raises:
        CannotFilm: The installed OpenCV has no such codec.
    """
    begin = first.convert("RGB").resize(size)
    end = (last.convert("RGB") if last is not None else _closer(begin)).resize(size)
    count = seconds * RATE
    frames = [Image.blend(begin, end, place / max(1, count - 1)) for place in range(count)]
    return _encoded(frames, size)


def _closer(image: Image.Image) -> Image.Image:
    wide, high = image.size
    left, top = (round(side * (1 - CLOSER) / 2) for side in (wide, high))
    return image.crop((left, top, wide - left, high - top))


def _encoded(frames: list[Image.Image], size: tuple[int, int]) -> bytes:
    try:
        import cv2  # noqa: PLC0415 - loading it takes a while
    except ImportError as missing:
        why = 'this emulator makes no films: pip install "emulator-302[ocr]"'
        raise CannotFilm(why) from missing
    import numpy  # noqa: PLC0415, ICN001 - only films need it

    with tempfile.TemporaryDirectory(prefix="emulator-302-") as folder:
        path = Path(folder) / "film.mp4"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*CODEC), RATE, size)
        if not writer.isOpened():
            raise CannotFilm(f"the installed OpenCV ({cv2.__version__}) does not write {CODEC}")
        for frame in frames:
            # OpenCV's order: blue first.
            writer.write(numpy.ascontiguousarray(numpy.asarray(frame)[:, :, ::-1]))
        writer.release()
        return path.read_bytes()
