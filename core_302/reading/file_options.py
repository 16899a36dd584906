"""How files are read for RAG: one set of options for every adapter."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from core_302.options.file import FileFields
from core_302.reading.options import RunFields


class FileReadingFields(RunFields, FileFields):
    """How files are read: the same options in every adapter."""

    split_by: Literal["page", "block"] = "page"
    """What becomes a document of its own where MinerU has read a file: its pages, without headers,
    footers and page numbers, or each block with its box. Any other file is one document."""


class FileReadingOptions(FileReadingFields):
    """How files are read."""

    model_config = ConfigDict(frozen=True)
