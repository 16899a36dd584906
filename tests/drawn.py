"""Real images for tests, drawn by Pillow."""

import io
import struct

from PIL import Image


def image(form, width=8, height=8, colour="teal", **options):
    """Return the bytes of an image in any format that Pillow writes."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, form, **options)
    return file.getvalue()


def png(width=8, height=8, colour="teal"):
    return image("PNG", width, height, colour)


def tiff(*sizes, kind="I", number=1, loop=False, gap=0):
    """Return a TIFF of pages that have a size and nothing else; with `loop`, the last is the first.

    Args:
        sizes: Width and height of each page.
        kind: The letter of `struct` that the sides are written as.
        number: How many values a side says it has.
        loop: Lead from the last directory back to the first.
        gap: Bytes between the header and the first directory.
    """
    tags = {"B": 1, "H": 3, "I": 4, "Q": 16}
    first = 8 + gap
    pages = []
    for page, size in enumerate(sizes):
        sides = (
            struct.pack("<HHI", tag, tags[kind], number)
            + struct.pack(f"<{kind}", side).ljust(4, b"\0")[:4]
            for tag, side in zip((256, 257), size, strict=True)
        )
        last = page == len(sizes) - 1
        following = (first if loop else 0) if last else first + 30 * (page + 1)
        pages.append(struct.pack("<H", 2) + b"".join(sides) + struct.pack("<I", following))
    return b"II*\0" + struct.pack("<I", first) + b"\0" * gap + b"".join(pages)
