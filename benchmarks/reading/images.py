"""The images that every contender reads. It imports nothing that a rival does not have."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw


def image(number: int) -> bytes:
    """Return a small receipt as PNG, another one for each number."""
    image = Image.new("L", (600, 800), "white")
    ImageDraw.Draw(image).text((40, 40), f"Receipt {number}\nTotal {number}.00", fill="black")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
