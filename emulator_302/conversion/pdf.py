"""PDF files as lines of text with page and box, where the text stands in plain strings.

That is what simple programs write. Fonts with codes of their own, encryption and scanned pages are
none of it: they are refused in words, since half a text would pass for the whole one. A line's box
is estimated from the size of its font, for no font is opened here.
"""

from __future__ import annotations

import base64
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from emulator_302.conversion.parts import Unreadable
from emulator_302.http.media import inflated, plain_string

MOST_PAGES = 500
MOST_OBJECTS = 20_000
MOST_STREAMS = 20  # of one page
LONGEST_DICTIONARY = 64 * 1024  # bytes
LETTER = (612.0, 792.0)  # points: the size of a page that does not say it
WIDTH_OF_SIGN = 0.5  # of the font's size: an estimate
THOUSANDTHS = 1_000
WIDE_GAP = -200  # thousandths of the font's size by which two strings of a word are not apart

OBJECT = re.compile(rb"(?<!\d)(\d{1,7})\s{1,9}\d{1,5}\s{1,9}obj\b")
REFERENCE = re.compile(rb"(\d{1,7})\s+\d{1,5}\s+R")
BEGINS = re.compile(rb"\bstream\r?\n")
FILTERS = re.compile(rb"/Filter\s*(\[[^\]]*\]|/\w+)")
NAME = re.compile(rb"/(\w+)")
PAGE = re.compile(rb"/Type\s*/Page\b")
KIDS = re.compile(rb"/Kids\s*\[(.*?)\]", re.DOTALL)
CONTENTS = re.compile(rb"/Contents\s*(\[.*?\]|\d{1,7}\s+\d{1,5}\s+R)", re.DOTALL)
SIZE = re.compile(rb"/MediaBox\s*\[\s*\S+\s+\S+\s+(\S+)\s+(\S+)\s*\]")
NUMBER = rb"[-+]?\d*\.?\d+"
# What a page's stream holds, as far as it is looked at here.
TOKEN = re.compile(
    rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>|/[^\s()<>\[\]/]+|[\[\]]|"
    + NUMBER
    + rb"|[A-Za-z'\"*]+",
    re.DOTALL,
)


@dataclass
class Line:
    """One line of text.

    Attributes:
        text: The text.
        page: Its page, from 1.
        size: Of its font, in points.
        left: Where it begins, in points from the left.
        base: Where it stands, in points from below.
        sheet: The page's width and height, in points.
    """

    text: str
    page: int
    size: float
    left: float
    base: float
    sheet: tuple[float, float]

    @property
    def box(self) -> list[int]:
        """Left, top, right, bottom in thousandths of the page, from its upper left corner."""
        wide, high = self.sheet
        right = self.left + WIDTH_OF_SIGN * self.size * len(self.text)
        sides = (
            self.left / wide,
            1 - (self.base + self.size) / high,
            right / wide,
            1 - self.base / high,
        )
        return [min(max(round(THOUSANDTHS * side), 0), THOUSANDTHS) for side in sides]


@dataclass
class _Pen:
    """Where the next string is shown."""

    font: float = 12.0
    scale: float = 1.0
    leading: float = 0.0
    left: float = 0.0
    base: float = 0.0

    @property
    def size(self) -> float:
        return self.font * self.scale

    def move(self, across: float, up: float) -> None:
        self.left, self.base = self.left + across, self.base + up


def pdf_lines(data: bytes) -> list[list[Line]]:
    """Return the lines of each page.

    Raises:
        Unreadable: It is encrypted, has no pages, or has text that is not in plain strings.
    """
    if b"/Encrypt" in data:
        raise Unreadable("it is a PDF with a password")
    objects = dict(islice(_objects(data), MOST_OBJECTS))
    pages = list(islice(_pages(objects), MOST_PAGES))
    if not pages:
        raise Unreadable("it is a PDF whose pages this emulator cannot find")
    usual = next(filter(None, (_sheet(body) for body in objects.values())), LETTER)
    return [
        _lines(_content(objects, page), number, _sheet(page) or usual)
        for number, page in enumerate(pages, 1)
    ]


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    for found in OBJECT.finditer(data):
        end = data.find(b"endobj", found.end())
        if end < 0:
            return
        yield int(found[1]), data[found.end() : end]


def _dictionary(body: bytes) -> bytes:
    """Return an object without its stream."""
    return body[:LONGEST_DICTIONARY].partition(b"stream")[0]


def _pages(objects: Mapping[int, bytes]) -> Iterator[bytes]:
    """Yield the dictionaries of pages, in the order of the tree that lists them."""
    kids = {
        n: REFERENCE.findall(k[1]) for n, b in objects.items() if (k := KIDS.search(_dictionary(b)))
    }
    listed = {int(kid) for below in kids.values() for kid in below}
    waiting = deque(number for number in kids if number not in listed)
    while waiting:
        number = waiting.popleft()
        if number in kids:
            waiting.extendleft(map(int, reversed(kids.pop(number))))
        elif PAGE.search(page := _dictionary(objects.get(number, b""))):
            yield page


def _sheet(dictionary: bytes) -> tuple[float, float] | None:
    """Return the size of a page that says it."""
    found = SIZE.search(dictionary[:LONGEST_DICTIONARY])
    sheet = (_float(found[1]), _float(found[2])) if found else (0.0, 0.0)
    return sheet if min(sheet) > 0 else None


def _content(objects: Mapping[int, bytes], page: bytes) -> bytes:
    """Return what a page draws, decompressed."""
    contents = CONTENTS.search(page)
    numbers = REFERENCE.findall(contents[1])[:MOST_STREAMS] if contents else []
    return b"\n".join(_stream(objects.get(int(number), b"")) for number in numbers)


def _stream(body: bytes) -> bytes:
    """Return a stream without its filters.

    Raises:
        Unreadable: It has one that is not known here.
    """
    start, end = BEGINS.search(body), body.rfind(b"endstream")
    if not start or end < 0:
        return b""
    data = body[start.end() : end].rstrip(b"\r\n")
    filters = FILTERS.search(_dictionary(body))
    names = NAME.findall(filters[1]) if filters else []
    if names[:1] == [b"ASCII85Decode"]:
        try:
            data, names = base64.a85decode(b"<~" + data, adobe=True), names[1:]
        except ValueError as error:
            raise Unreadable("it is a PDF with a broken page") from error
    if names not in ([], [b"FlateDecode"]):
        raise Unreadable("it is a PDF whose pages are packed in a way that is not read here")
    return inflated(data) if names else data


def _lines(content: bytes, page: int, sheet: tuple[float, float]) -> list[Line]:
    lines = [line for line in _shown(content, page, sheet) if line.text.strip()]
    return sorted(lines, key=lambda line: -line.base)  # in a row, they stay in their order


def _shown(content: bytes, page: int, sheet: tuple[float, float]) -> Iterator[Line]:
    """Yield what a page's stream shows, string by string."""
    pen, given = _Pen(), list[bytes]()
    for token in TOKEN.findall(content):
        if not token[:1].isalpha() and token not in (b"'", b'"'):
            given.append(token)
            continue
        _obey(pen, token, given)
        text = _text(given) if token in (b"Tj", b"TJ", b"'", b'"') else ""
        given.clear()
        if text:
            yield Line(text, page, pen.size, pen.left, pen.base, sheet)


def _obey(pen: _Pen, operator: bytes, given: list[bytes]) -> None:
    """Move the pen as an operator of the PDF reference says (9.4: text objects)."""
    numbers = [_float(token) for token in given if token[:1] not in b"(</[]"]
    if operator == b"BT":
        pen.left, pen.base, pen.scale = 0.0, 0.0, 1.0
    elif operator == b"Tf" and numbers:
        pen.font = abs(numbers[-1]) or pen.font
    elif operator == b"TL" and numbers:
        pen.leading = numbers[-1]
    elif operator in (b"Td", b"TD") and len(numbers) > 1:
        pen.leading = -numbers[-1] if operator == b"TD" else pen.leading
        pen.move(numbers[-2], numbers[-1])
    elif operator == b"Tm" and len(numbers) > 5:  # noqa: PLR2004 - a matrix
        pen.scale = abs(numbers[-3]) or 1.0
        pen.left, pen.base = numbers[-2], numbers[-1]
    elif operator in (b"T*", b"'", b'"'):
        pen.move(0.0, -pen.leading)


def _text(given: list[bytes]) -> str:
    """Return the text of strings.

    Raises:
        Unreadable: They hold codes of a font.
    """
    if any(token.startswith(b"<") and len(token) > 2 for token in given):  # noqa: PLR2004 - empty
        raise Unreadable("it is a PDF whose text is in codes of its fonts, which are not read here")
    pieces = [plain_string(t[1:-1]) if t.startswith(b"(") else _gap(t) for t in given]
    text = b"".join(pieces).decode("cp1252", "replace")
    if any(not sign.isprintable() for sign in text.strip()):
        raise Unreadable("it is a PDF whose text is in codes of its fonts, which are not read here")
    return text


def _gap(token: bytes) -> bytes:
    return b" " if _float(token) < WIDE_GAP else b""


def _float(token: bytes) -> float:
    try:
        return float(token)
    except ValueError:
        return 0.0
