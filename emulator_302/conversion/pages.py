"""HTML pages as Markdown, and the books that are made of them (EPUB)."""

from __future__ import annotations

import posixpath
import re
from html.parser import HTMLParser
from urllib.parse import unquote

from emulator_302.conversion.parts import Parts, Unreadable, inside
from emulator_302.conversion.tables import pipe_table

UNSEEN = frozenset({"script", "style", "template", "noscript", "head", "svg"})
BLOCKS = frozenset("p div section article header footer main ul ol blockquote pre table br".split())  # noqa: SIM905
HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
AROUND = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`"}
CONTAINER = "META-INF/container.xml"
SPACES = re.compile(r"\s+")
BLANK_LINES = re.compile(r"\n{3,}")
ENDS_OF_LINES = re.compile(r"[ \t]+\n")


class _Page(HTMLParser):
    """Writes Markdown while it reads HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.out: list[str] = []
        self._unseen = 0
        self._links: list[str] = []
        self._rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in UNSEEN:
            self._unseen += 1
        elif tag in HEADINGS:
            self._break(f"\n\n{HEADINGS[tag]} ")
        elif tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._write(f"\n{'  ' * (len(self._lists) - 1)}{self._mark()} ")
        elif tag == "a":
            self._links.append(given.get("href") or "")
            self._write("[" if self._links[-1] else "")
        elif tag == "img" and (given.get("alt") or given.get("src")):
            self._write(f"![{given.get('alt') or ''}]({given.get('src') or ''})")
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._cell = []
        self._write(AROUND.get(tag, ""))
        if tag in BLOCKS:
            self._break("\n" if tag == "br" else "\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "a" and self._links:
            link = self._links.pop()
            self._write(f"]({link})" if link else "")
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag in ("td", "th") and self._cell is not None:
            cell, self._cell = "".join(self._cell), None
            self._rows = self._rows or [[]]
            self._rows[-1].append(cell)
        elif tag == "table":
            rows, self._rows = self._rows, []
            self._write(f"\n\n{pipe_table(row for row in rows if row)}")
        self._write(AROUND.get(tag, ""))
        if tag in BLOCKS or tag in HEADINGS:
            self._break("\n\n")

    def handle_data(self, data: str) -> None:
        text, out = SPACES.sub(" ", data), self.out if self._cell is None else self._cell
        before = next((piece for piece in reversed(out) if piece), "\n")
        self._write(text.lstrip() if before.endswith("\n") else text)

    def _mark(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "-"
        number = self._lists[-1]
        self._lists[-1] = number + 1
        return f"{number}."

    def _break(self, text: str) -> None:
        """Begin anew, but not within the words of a link."""
        self._write(" " if self._links else text)

    def _write(self, text: str) -> None:
        if not self._unseen:
            (self.out if self._cell is None else self._cell).append(text)


def html_markdown(text: str) -> str:
    """Return a page as Markdown: headings, paragraphs, lists, links, tables."""
    page = _Page()
    page.feed(text)
    page.close()
    lines = ENDS_OF_LINES.sub("\n", "".join(page.out))
    return BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines.split("\n"))).strip()


def epub_markdown(data: bytes) -> str:
    """Return a book as Markdown: its pages in the order in which they are read.

    Raises:
        Unreadable: It is broken, or has no list of its pages.
    """
    parts = Parts(data)
    package = next((f.get("full-path", "") for f in inside(parts.xml(CONTAINER), "rootfile")), "")
    book = parts.xml(package)
    places = {item.get("id"): item.get("href", "") for item in inside(book, "item")}
    order = [places.get(item.get("idref"), "") for item in inside(book, "itemref")]
    if not order:
        raise Unreadable("it has no list of pages (spine)")
    folder = posixpath.dirname(package)
    names = [posixpath.normpath(posixpath.join(folder, unquote(href))) for href in order if href]
    pages = [html_markdown(parts.read(name).decode("utf-8", "replace")) for name in names]
    return "\n\n".join(filter(None, pages))
