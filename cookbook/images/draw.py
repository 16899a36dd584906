"""Draws the images of the demos: a receipt of an invented shop, and a portrait of nobody."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from emulator_302.drawing.sample_portrait import face

LINES = (
    ("HARBOUR LIGHT BAKERY", "", 34),
    ("14 Quay Street, Port Ellery", "", 22),
    ("", "", 22),
    ("Date: 2026-11-14", "10:42", 22),
    ("Receipt no. 30271", "", 22),
    ("", "", 22),
    ("2 x Sourdough loaf", "9.80", 26),
    ("1 x Cardamom bun", "3.20", 26),
    ("3 x Flat white", "11.40", 26),
    ("1 x Apricot jam", "5.60", 26),
    ("", "", 22),
    ("Subtotal", "30.00", 26),
    ("VAT 7%", "2.10", 26),
    ("TOTAL EUR", "32.10", 34),
    ("", "", 22),
    ("Paid by card ending 0042", "", 22),
    ("Thank you for coming by!", "", 22),
)
WIDTH, MARGIN, SPACING = 560, 40, 12
PAPER, INK = "#fdfcf7", "#222222"


def draw(path: Path) -> None:
    """Draw the receipt and save it at `path`."""
    height = 2 * MARGIN + sum(size + SPACING for _, _, size in LINES)
    image = Image.new("RGB", (WIDTH, height), PAPER)
    pen = ImageDraw.Draw(image)
    y = MARGIN
    for left, right, size in LINES:
        font = ImageFont.load_default(size=size)
        pen.text((MARGIN, y), left, INK, font)
        pen.text((WIDTH - MARGIN - pen.textlength(right, font), y), right, INK, font)
        y += size + SPACING
    image.save(path)


if __name__ == "__main__":
    here = Path(__file__).parent
    draw(here / "receipt.png")
    # The emulator draws the same portrait as its sample photo.
    face().save(here / "photo.png", optimize=True)
