"""How a file becomes text: which of the gateway's ways is taken. One set of options for all.

Sources: see `core_302.endpoints.files` and `core_302.endpoints.mineru`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict

from core_302.errors import InvalidInputError
from core_302.file_types import FileType
from core_302.options.declaration import Declared, Wire

Method = Literal["text", "markitdown", "parse", "mineru"]
"""How a file was read; `text` is a file that was text already."""

PLAIN = frozenset({".txt", ".md"})
MARKITDOWN = frozenset(
    {
        *(".csv", ".docx", ".epub", ".htm", ".html", ".json", ".md", ".pdf", ".pptx"),
        *(".txt", ".xls", ".xlsx", ".xml"),
    }
)
"""What the gateway's Markitdown is known to take, among documents."""


class FileFields(Declared):
    """How files are read, by one parameter."""

    method: Literal["auto", "markitdown", "parse", "mineru"] = "auto"
    """`markitdown` makes Markdown of office files, pages, books and PDFs, and posts the file
    itself. `parse` takes any file, but uploads it: anybody who has its link can read it. `mineru`
    reads a PDF with its layout: pages, boxes, tables; it uploads the file, too, and is the dearest.
    `auto` takes `markitdown` where it is known to read the format, else `parse`, and sends nothing
    of a text or Markdown file in UTF-8. It never takes `mineru`."""
    mineru_method: Annotated[Literal["auto", "ocr", "txt"], Wire("parse_method", "MinerU")] = "auto"
    """Whether MinerU reads a PDF's text (`txt`) or its pages as images (`ocr`)."""
    mineru_version: Annotated[Literal["2.5", "2.0"], Wire("version", "MinerU")] = "2.5"
    """Of MinerU."""
    mineru_options: Mapping[str, Any] = {}
    """Further fields of MinerU's order, such as `{"language": "en", "enable_formula": True}`. They
    win over all others."""


class FileOptions(FileFields):
    """How a file is read."""

    model_config = ConfigDict(frozen=True)


def method_for(how: FileFields, kind: FileType, content: bytes | None) -> Method:
    """Return how a file is read.

    Args:
        how: What the caller wants.
        kind: What the file is.
        content: Its bytes; None for a link.

    Raises:
        InvalidInputError: MinerU is wanted, and it is no PDF.
    """
    if how.method == "mineru" and content is not None and kind.ending != ".pdf":
        raise InvalidInputError("it is not a PDF, and MinerU reads nothing else.")
    if how.method != "auto":
        return how.method
    if content is not None and kind.ending in PLAIN and plain_text(content) is not None:
        return "text"
    return "markitdown" if kind.ending in MARKITDOWN else "parse"


def plain_text(content: bytes) -> str | None:
    """Return a file that is text in UTF-8, or None."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
