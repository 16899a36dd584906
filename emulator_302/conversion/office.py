"""Word, Excel and PowerPoint files as Markdown, from the XML in them.

Fonts, pictures, notes and formulas are left out; numbers of a sheet are shown as they are stored,
since dates are nothing but numbers there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from emulator_302.conversion.parts import Parts, Unreadable, inside, text_of
from emulator_302.conversion.tables import MOST_COLUMNS, MOST_ROWS, pipe_table

DEEPEST_HEADING = 6
SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
COLUMN = re.compile(r"([A-Z]+)\d+")
LETTERS = 26
HEADING = re.compile(r"(?:heading|title)\s*(\d?)", re.IGNORECASE)
TITLES = ("title", "ctrTitle")


def word_markdown(data: bytes) -> str:
    """Return a Word document: headings, paragraphs, items of lists, tables.

    Raises:
        Unreadable: It is broken, or no Word document.
    """
    parts = Parts(data)
    body = parts.xml("word/document.xml").find("body")
    if body is None:
        raise Unreadable("it has no word/document.xml")
    styles = dict(map(_style, inside(parts.xml("word/styles.xml"), "style")))
    return "\n\n".join(filter(None, (_word_block(block, styles) for block in body)))


def _style(style: Element) -> tuple[str, str]:
    """Return a style's id, which may be in any language, and its name, which is not."""
    name = style.find("name")
    return style.get("styleId", ""), "" if name is None else name.get("val", "")


def _word_block(block: Element, styles: Mapping[str, str]) -> str:
    if block.tag == "tbl":
        rows = ([_lines(cell) for cell in row.findall("tc")] for row in inside(block, "tr"))
        return pipe_table(rows)
    return _word_paragraph(block, styles) if block.tag == "p" else ""


def _word_paragraph(paragraph: Element, styles: Mapping[str, str]) -> str:
    text = "".join(map(_run, paragraph.iter())).strip()
    if not text:
        return ""
    style = next((found.get("val", "") for found in inside(paragraph, "pStyle")), "")
    heading = HEADING.match(styles.get(style) or style)
    if heading:
        return f"{'#' * min(int(heading[1] or 1), DEEPEST_HEADING)} {text}"
    in_list = next(inside(paragraph, "numPr"), None) is not None
    return f"- {text}" if in_list else text


def _run(element: Element) -> str:
    if element.tag == "t":
        return element.text or ""
    return {"tab": "\t", "br": "\n"}.get(element.tag, "")


def _lines(element: Element) -> str:
    return " ".join(filter(None, (text_of(line) for line in inside(element, "p"))))


def slides_markdown(data: bytes) -> str:
    """Return a presentation: the title, the text and the tables of each slide.

    Raises:
        Unreadable: It is broken, or no presentation.
    """
    parts = Parts(data)
    numbers = sorted(int(found[1]) for name in parts.names if (found := SLIDE.fullmatch(name)))
    if not numbers:
        raise Unreadable("it has no ppt/slides")
    slides = (_slide(place, parts.xml(f"ppt/slides/slide{number}.xml"))
              for place, number in enumerate(numbers, 1))  # fmt: skip
    return "\n\n".join(slides)


def _slide(place: int, slide: Element) -> str:
    told = [f"<!-- Slide number: {place} -->"]
    for shape in slide.iter():
        if shape.tag == "sp":
            title = any(found.get("type") in TITLES for found in inside(shape, "ph"))
            lines = [line for p in inside(shape, "p") if (line := text_of(p).strip())]
            told += [f"# {' '.join(lines)}"] if title and lines else lines
        elif shape.tag == "tbl":
            told.append(
                pipe_table([_lines(c) for c in inside(r, "tc")] for r in inside(shape, "tr"))
            )
    return "\n".join(told)


def sheets_markdown(data: bytes) -> str:
    """Return a workbook: each sheet as a table under its name.

    Raises:
        Unreadable: It is broken, or no workbook.
    """
    parts = Parts(data)
    book = parts.xml("xl/workbook.xml")
    links = parts.xml("xl/_rels/workbook.xml.rels")
    places = {link.get("Id"): link.get("Target", "") for link in inside(links, "Relationship")}
    shared = [text_of(entry) for entry in inside(parts.xml("xl/sharedStrings.xml"), "si")]
    told = []
    for sheet in inside(book, "sheet"):
        target = places.get(sheet.get("id"), "")
        name = posixpath.normpath(posixpath.join("xl", target)).removeprefix("/")
        table = pipe_table(_rows(parts.xml(name), shared))
        told.append(f"## {sheet.get('name')}\n{table}".strip())
    if not told:
        raise Unreadable("it has no sheets (xl/workbook.xml)")
    return "\n\n".join(told)


def _rows(sheet: Element, shared: list[str]) -> list[list[str]]:
    rows = []
    for _, row in zip(range(MOST_ROWS), inside(sheet, "row"), strict=False):
        cells: dict[int, str] = {}
        for cell in inside(row, "c"):
            place = _column(cell.get("r", ""), len(cells))
            if place < MOST_COLUMNS:
                cells[place] = _value(cell, shared)
        rows.append([cells.get(place, "") for place in range(max(cells, default=-1) + 1)])
    return rows


def _column(reference: str, following: int) -> int:
    found = COLUMN.fullmatch(reference)
    if not found:
        return following
    number = 0
    for letter in found[1][:4]:
        number = number * LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: Element, shared: list[str]) -> str:
    kind, value = cell.get("t"), text_of(cell, "v")
    if kind == "s":
        return shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
    if kind == "inlineStr":
        return text_of(cell)
    return {"0": "FALSE", "1": "TRUE"}.get(value, value) if kind == "b" else value
