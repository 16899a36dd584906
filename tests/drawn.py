"""Real images for tests, drawn by Pillow."""

import io

from PIL import Image


def image(form, width=8, height=8, colour="teal", **options):
    """Return the bytes of an image in any format that Pillow writes."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, form, **options)
    return file.getvalue()


def png(width=8, height=8, colour="teal"):
    return image("PNG", width, height, colour)
