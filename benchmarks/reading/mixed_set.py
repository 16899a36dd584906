"""Forty pages of seven kinds, each a PDF, and what a person reads on them. For the rivals' Python.

    python benchmarks/reading/mixed_set.py FOLDER

The words are those of this project's own pages, so their truth is known to the letter.
"""

from __future__ import annotations

import io
import json
import random
import re
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

KINDS = {
    "plain": 12,
    "two columns": 4,
    "scan": 8,
    "scan with a wrong layer": 4,
    "text and a picture with text": 4,
    "font that tells no letters": 4,
    "filled-in form": 4,
}
WIDTH, HEIGHT = A4
MARGIN, SIZE, LEADING = 60, 11, 15
FIELDS = ("Name", "Order", "Street", "Amount", "Remark")


def sentences() -> list[str]:
    """Return sentences of this project's pages."""
    found: list[str] = []
    for path in sorted(Path("docs/decisions").glob("*.md")):
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for part in re.split(r"(?<=[.:])\s+", text):
            plain = " ".join(part.split())
            if re.fullmatch(r"[A-Za-z0-9 ,.;:()'-]{30,160}", plain):
                found.append(plain)
    return found


class Page:
    """A page that is being made: its PDF, and what stands on it."""

    def __init__(self, words: random.Random, pool: list[str]) -> None:
        self._words, self._pool = words, pool
        self._file = io.BytesIO()
        self.canvas = Canvas(self._file, pagesize=A4)
        self.truth: list[str] = []

    def lines(self, count: int, width: float) -> list[str]:
        """Return so many lines of new text."""
        lines: list[str] = []
        while len(lines) < count:
            lines += simpleSplit(self._words.choice(self._pool), "Helvetica", SIZE, width)
        return lines[:count]

    def write(self, lines: list[str], *, x: float = MARGIN, y: float = HEIGHT - MARGIN) -> float:
        """Write lines from the top; return where the next would be."""
        self.truth += lines
        for line in lines:
            self.canvas.drawString(x, y, line)
            y -= LEADING
        return y

    def content(self) -> bytes:
        """Return the PDF."""
        self.canvas.save()
        return self._file.getvalue()


def plain(page: Page) -> bytes:
    """One column of text."""
    page.canvas.setFont("Helvetica", SIZE)
    page.write(page.lines(40, WIDTH - 2 * MARGIN))
    return page.content()


def columns(page: Page) -> bytes:
    """Two columns of text: the left one is read first."""
    page.canvas.setFont("Helvetica", SIZE)
    half = (WIDTH - 3 * MARGIN) / 2
    for x in (MARGIN, 2 * MARGIN + half):
        page.write(page.lines(40, half), x=x)
    return page.content()


def drawn(lines: list[str], size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """Return an image of lines of text, a little askew and grainy."""
    image = Image.new("L", size, 250)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=26)
    for number, line in enumerate(lines):
        draw.text((90, 90 + 40 * number), line, fill=20, font=font)
    grain = Image.effect_noise(size, 18)
    return Image.blend(image.rotate(0.4, fillcolor=250), grain, 0.12)


def scan(page: Page, wrong: str = "") -> bytes:
    """An image of a page, below invisible text if there is any."""
    page.truth += page.lines(36, 420)
    image = drawn(page.truth)
    page.canvas.drawImage(ImageReader(image), 0, 0, WIDTH, HEIGHT)
    text = page.canvas.beginText(MARGIN, HEIGHT - MARGIN)
    text.setTextRenderMode(3)
    text.textLines(wrong)
    page.canvas.drawText(text)
    return page.content()


def wrongly_layered(page: Page) -> bytes:
    """A scan with what an old OCR made of it."""
    return scan(page, "\n".join(["l1l rn vv cl 0O tlie qurck hrown f0x"] * 30))


def pictured(page: Page) -> bytes:
    """Text, and a picture with more text below it."""
    page.canvas.setFont("Helvetica", SIZE)
    y = page.write(page.lines(20, WIDTH - 2 * MARGIN))
    inside = page.lines(6, 380)
    page.truth += inside
    page.canvas.drawImage(ImageReader(drawn(inside, (1100, 400))), MARGIN, y - 180, 470, 170)
    return page.content()


def unmapped(page: Page) -> bytes:
    """Text in a font that does not tell which letters it shows."""
    page.canvas.setFont("Vera", SIZE)
    page.write(page.lines(36, WIDTH - 2.6 * MARGIN))
    writer = PdfWriter(PdfReader(io.BytesIO(page.content())))
    for font in writer.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]
        font.get_object().pop(NameObject("/ToUnicode"), None)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def form(page: Page) -> bytes:
    """A form that somebody has filled in."""
    page.canvas.setFont("Helvetica", SIZE)
    y = HEIGHT - MARGIN
    for name in FIELDS:
        (value,) = page.lines(1, 250)
        page.truth += [name, value]
        page.canvas.drawString(MARGIN, y, name)
        page.canvas.acroForm.textfield(
            name=name, value=value, x=150, y=y - 8, width=380, height=22, fontSize=SIZE
        )
        y -= 40
    return page.content()


MAKERS: dict[str, Any] = dict(
    zip(KINDS, (plain, columns, scan, wrongly_layered, pictured, unmapped, form), strict=True)
)


def main() -> None:
    """Write the pages, and `truth.json` beside them."""
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf", asciiReadable=0))
    folder, pool, words = Path(sys.argv[1]), sentences(), random.Random(302)  # noqa: S311
    truth: dict[str, dict[str, str]] = {}
    for kind, count in KINDS.items():
        for _ in range(count):
            name = f"{len(truth):02}.pdf"
            page = Page(words, pool)
            (folder / name).write_bytes(MAKERS[kind](page))
            truth[name] = {"kind": kind, "text": "\n".join(page.truth)}
    (folder / "truth.json").write_text(json.dumps(truth))


if __name__ == "__main__":
    main()
