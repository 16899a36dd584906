"""Kinds of documents: by their first bytes where these are certain, else by the ending of a name.

What is sent is called `file` with that ending: the gateway judges a file by it, and a file's own
name may tell more than its owner wants to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

UNKNOWN = "application/octet-stream"
OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".epub": "application/epub+zip",
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pdf": "application/pdf",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": f"{OFFICE}.presentationml.presentation",
    ".rtf": "application/rtf",
    ".txt": "text/plain",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet",
    ".xml": "application/xml",
}
"""The documents that are looked for in folders. Any other file can be named."""

ENDING = re.compile(r"\.[a-z0-9]{1,8}$")
PDF = b"%PDF-"
LATEST_PDF = 1_024  # bytes of anything that may come before a PDF begins
ZIP = b"PK\x03\x04"
# What a zip of each kind has in its list of files.
INSIDE = ((b"word/", ".docx"), (b"xl/", ".xlsx"), (b"ppt/", ".pptx"), (b"epub+zip", ".epub"))
HTML = (b"<!doctype html", b"<html")


@dataclass(frozen=True)
class FileType:
    """What a file is.

    Attributes:
        ending: Such as `.pdf`; empty if it is not known.
        media_type: Such as `application/pdf`.
    """

    ending: str
    media_type: str

    @property
    def filename(self) -> str:
        """The name under which it is sent."""
        return f"file{self.ending}"


def file_type(name: str, content: bytes | None = None) -> FileType:
    """Return what a file is.

    Args:
        name: Its name, path or link.
        content: Its bytes; None for a link that nobody has followed.
    """
    if content is not None and is_pdf(content):
        return _of(".pdf")
    named = ENDING.search(_path_in(name).lower())
    if named:
        return _of(named[0])
    return _of("" if content is None else _ending_of(content))


def is_pdf(content: bytes) -> bool:
    """Return whether bytes are a PDF, by their beginning."""
    return PDF in content[:LATEST_PDF]


def _of(ending: str) -> FileType:
    return FileType(ending, MEDIA_TYPES.get(ending, UNKNOWN))


def _path_in(name: str) -> str:
    """Return the path of a link, without its query; any other name as it is."""
    if not name[:8].lower().startswith(("http://", "https://")):
        return name
    try:
        return urlsplit(name).path
    except ValueError:
        return ""


def _ending_of(content: bytes) -> str:
    """Return the ending of bytes without a name; empty if they are none of what is known."""
    if content.startswith(ZIP):
        return next((ending for mark, ending in INSIDE if mark in content), "")
    if content[:LATEST_PDF].lstrip().lower().startswith(HTML):
        return ".html"
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in text else ".txt"
