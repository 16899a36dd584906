"""Draws a folder of scans: receipts, letters and a PDF in two languages, as cameras see them.

The recipes of this folder read what is drawn here. The pages are noisy and turned; those of
`PHOTOS` are also seen from an angle, under a lamp.
"""

from __future__ import annotations

import ctypes
import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

WIDTH, HEIGHT = 760, 420  # pixels
PAPER, INK, TABLE = 255, 20, 90  # grey values
PAGES: dict[str, list[list[str]]] = {
    "bakery.jpg": [["Harbour Bakery", "Receipt 4711", "Rye bread 4.20", "Total EUR 6.70"]],
    "garage.png": [["Northside Garage", "Oil change 59.00", "New tyres 310.00", "Paid by card"]],
    "baeckerei.png": [["Backerei Sonne", "Rechnung 88", "Brezel 1.10", "Summe 9.90 Euro"]],
    "lease.tiff": [
        ["Lease of the flat", "Tenant: Mira Holm", "Monthly rent 950 EUR"],
        ["Notice period three months", "Deposit 1900 EUR", "Signed by Jonas Falk"],
    ],
    "report.pdf": [
        ["Annual report", "Revenue grew to 48 million", "Staff: 312 people"],
        ["Outlook", "A factory opens in Larkhaven", "Dividend 0.85 per share"],
    ],
    "brief.png": [["Sehr geehrte Frau Weber", "Ihre Versicherung endet", "am 31.12.2026"]],
}
PHOTOS = {"bakery.jpg", "baeckerei.png", "garage.png"}


def draw(lines: list[str], chance: random.Random, *, photo: bool = False) -> Image.Image:
    """Return a page with grey noise, turned a little; as a photo, also from an angle."""
    page = Image.new("L", (WIDTH, HEIGHT), PAPER)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=36)
    for number, line in enumerate(lines):
        pen.text((50, 50 + 75 * number), line, fill=INK, font=font)
    for _ in range(1_500):
        spot = chance.randrange(WIDTH), chance.randrange(HEIGHT)
        pen.point(spot, fill=chance.randrange(150, 230))
    page = page.rotate(chance.uniform(-1.5, 1.5), fillcolor=TABLE if photo else PAPER)
    return (photographed(page, chance) if photo else page).convert("RGB")


def photographed(page: Image.Image, chance: random.Random) -> Image.Image:
    """Return a page as it lies on a table: in perspective, lit from one side."""
    # A point (x, y) shows what stands at ((a x + b y + c) / d, (e x + f y + g) / d) of the page,
    # where d = 1 + h x + i y: the larger h and i, the steeper the view.
    h, i = chance.uniform(1e-4, 2e-4), chance.uniform(1e-4, 2e-4)
    seen = (1.15, 0.06, -40, 0.03, 1.15, -35, h, i)
    turned = page.transform(
        page.size,
        Image.Transform.PERSPECTIVE,
        seen,
        Image.Resampling.BICUBIC,
        fillcolor=TABLE,
    )
    light = Image.linear_gradient("L").rotate(90).resize(page.size)
    return ImageChops.multiply(turned, light.point(lambda grey: 190 + grey // 4))


def make_scans(folder: Path) -> None:
    """Draw every file of `PAGES` into a folder."""
    chance = random.Random(302)  # noqa: S311 - noise
    for name, pages in PAGES.items():
        first, *rest = [draw(lines, chance, photo=name in PHOTOS) for lines in pages]
        more = {"save_all": True, "append_images": rest} if rest else {}
        first.save(folder / name, **more)


BERTHS = (
    *("Heron Quay", "Tern Quay", "Gannet Quay", "Plover Quay", "Curlew Quay", "Osprey Quay"),
    *("Petrel Quay", "Eider Quay", "Puffin Quay", "Dunlin Quay", "Avocet Quay", "Fulmar Quay"),
    *("North Mole", "South Mole", "East Basin", "West Basin", "Inner Basin", "Fish Dock"),
    *("Coal Dock", "Timber Dock", "Salt Dock", "Grain Dock", "Ferry Stage", "Pilot Stage"),
    *("Guest Pier", "Rescue Pier"),
)
MASTERS = ("Ada Lund", "Bo Falk", "Cleo Hart", "Dag Rask", "Eva Brandt")

# Questions, and the page of each that has the answer.
KNOWN: dict[str, tuple[str, int]] = {
    "What does a night at Petrel Quay cost?": ("handbook.pdf", 7),
    "How deep is the Salt Dock?": ("handbook.pdf", 21),
    "Who is the harbour master of the Inner Basin?": ("handbook.pdf", 17),
    "What is the depth at Osprey Quay at low water?": ("handbook.pdf", 6),
    "Which channel is used at the Rescue Pier?": ("handbook.pdf", 26),
    "Which berth has the number 12?": ("handbook.pdf", 12),
    "How much were the new tyres?": ("garage.png", 1),
    "What did the rye bread cost?": ("bakery.jpg", 1),
    "How much is the deposit of the flat?": ("lease.tiff", 2),
    "Who is the tenant?": ("lease.tiff", 1),
    "What is the dividend per share?": ("report.pdf", 2),
    "Wann endet die Versicherung?": ("brief.png", 1),
}


def handbook() -> list[list[str]]:
    """Return the lines of a harbour's handbook: a page for each berth, which are much alike."""
    return [
        [
            f"Berth {number}: {name}",
            f"Depth at low water {2 + number * 7 % 19 / 10:.1f} metres.",
            f"A night costs {12 + number * 13 % 31}.50 EUR, electricity included.",
            f"Harbour master: {MASTERS[number % len(MASTERS)]}, channel {10 + number}.",
        ]
        for number, name in enumerate(BERTHS, start=1)
    ]


def make_handbook(folder: Path) -> None:
    """Write the handbook as a PDF that has its text, as most PDFs have: nothing to recognise."""
    import pypdfium2  # noqa: PLC0415 - only those that call this need it
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    document = pypdfium2.PdfDocument.new()
    for lines in handbook():
        page = document.new_page(595, 842)
        for number, line in enumerate(lines):
            text = pdfium.FPDFPageObj_NewTextObj(document, b"Helvetica", 20 if number == 0 else 12)
            wide = (line + "\0").encode("utf-16-le")
            pdfium.FPDFText_SetText(
                text, (ctypes.c_ushort * (len(wide) // 2)).from_buffer_copy(wide)
            )
            pdfium.FPDFPageObj_Transform(text, 1, 0, 0, 1, 72, 740 - 24 * number)
            pdfium.FPDFPage_InsertObject(page, text)
        page.gen_content()
    document.save(folder / "handbook.pdf")
