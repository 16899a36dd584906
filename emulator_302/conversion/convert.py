"""Which format is read by which module; what is left over is text, or is refused in words."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from typing import Any

from emulator_302.conversion.layout import content_list, pages_markdown
from emulator_302.conversion.office import sheets_markdown, slides_markdown, word_markdown
from emulator_302.conversion.pages import epub_markdown, html_markdown
from emulator_302.conversion.parts import Unreadable
from emulator_302.conversion.pdf import pdf_lines
from emulator_302.conversion.tables import csv_table

LARGEST = 50 * 1024 * 1024  # bytes of a file, as on the gateway
PDF = b"%PDF-"
EARLY = 1_024  # bytes in which a PDF begins


def markdown_of(data: bytes, ending: str) -> str:
    """Return a file as Markdown.

    Args:
        data: The file.
        ending: Of its name, without the dot, in lower case.

    Raises:
        Unreadable: It cannot be converted here.
    """
    if PDF in data[:EARLY]:
        return pages_markdown(pdf_lines(data))
    return FORMATS.get(ending, _plain)(data)


def content_list_of(data: bytes) -> list[dict[str, Any]]:
    """Return a PDF as MinerU's list of blocks.

    Raises:
        Unreadable: It cannot be read here.
    """
    return content_list(pdf_lines(data))


def _html(data: bytes) -> str:
    return html_markdown(_plain(data))


def _csv(data: bytes) -> str:
    try:
        return csv_table(_plain(data))
    except csv.Error as error:
        raise Unreadable(f"it is not CSV ({error})") from error


def _plain(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("this emulator does not know its format, and it is not text") from error
    if "\0" in text:
        raise Unreadable("this emulator does not know its format, and it is not text")
    return text.strip()


FORMATS: Mapping[str, Callable[[bytes], str]] = {
    "csv": _csv,
    "docx": word_markdown,
    "epub": epub_markdown,
    "htm": _html,
    "html": _html,
    "pptx": slides_markdown,
    "xhtml": _html,
    "xlsx": sheets_markdown,
}
