"""Images and PDFs for tests of reading, made in memory; nothing is kept in the repository."""

import io

from PIL import Image, ImageDraw, ImageFont


def drawn(*lines, size=(400, 200), mode="RGB"):
    """Return an image with lines of text."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=28)
    for number, line in enumerate(lines):
        draw.text((16, 12 + 44 * number), line, fill="black", font=font)
    return image.convert(mode)


def file_of(image, form="PNG", **more):
    """Return an image as a file's bytes."""
    file = io.BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


def scan(*lines, form="PNG", **more):
    """Return a file's bytes with lines of text."""
    return file_of(drawn(*lines, **more), form)


def tiff(*pages):
    """Return a TIFF with a page for each text."""
    first, *rest = [drawn(page) for page in pages]
    return file_of(first, "TIFF", save_all=True, append_images=rest)


def pdf(*pages):
    """Return a PDF of scans, with a page for each text."""
    first, *rest = [drawn(page) for page in pages]
    return file_of(first, "PDF", save_all=True, append_images=rest, resolution=72)


LOCKED = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
3 0 obj<</Filter/Standard/V 1/R 2/O<ONE>/U<TWO>/P -4>>endobj
trailer<</Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>
%%EOF""".replace(b"ONE", b"41" * 32).replace(b"TWO", b"42" * 32)
"""A PDF that is locked with a password."""
