"""Pages of a PDF, drawn by PDFium: the file is opened once, and closed with the last of its pages.

PDFium must not be called by two threads at once: one lock is for all documents.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from core_302.reading.optional_imports import library
from core_302.reading.page_options import PageFields
from core_302.reading.pixels import MOST_PARTS, is_legible, refuse
from core_302.reading.sources import Source
from core_302.reading.text_layer import Layer, layer_of

POINTS = 72  # in an inch

# Reentrant: a document may be forgotten, and so closed, while another one is used.
_pdfium = threading.RLock()


class OpenedPdf:
    """A PDF that is open as long as somebody has it.

    Args:
        source: A file, or bytes.
        how: With the password, if it has one.

    Raises:
        InvalidInputError: It cannot be opened, or has another password.
        ConfigurationError: A library is missing.
    """

    def __init__(self, source: Source, how: PageFields) -> None:
        pdfium = library("pypdfium2")
        self._document: Any = None
        self._broken = (pdfium.PdfiumError, ValueError, MemoryError)
        # PDFium reads the file as it needs it.
        self._file = source.opened()
        password = how.password.get_secret_value() if how.password is not None else None
        with _pdfium:
            try:
                self._document = pdfium.PdfDocument(self._file, password=password)
                self._document.init_forms()  # else what was filled in is not drawn
                self.pages = len(self._document)
            except (*self._broken, OSError) as error:
                self.close()
                if "password" in str(error).lower():
                    what = "a password: give password=" if password is None else "another password"
                    refuse(f"it is a PDF with {what}.", error)
                refuse(f"it is a PDF that cannot be opened ({error}).", error)

    def page(self, number: int, how: PageFields) -> Any:
        """Return a page, drawn; its number is from 1.

        Raises:
            InvalidInputError: It cannot be drawn.
        """
        with self._page(number) as page:
            return page.render(scale=_scale(page.get_size(), how)).to_pil().copy()

    def layer(self, number: int) -> Layer:
        """Return the text layer of a page.

        Raises:
            InvalidInputError: It cannot be opened.
        """
        with self._page(number) as page:
            return layer_of(page)

    @contextmanager
    def _page(self, number: int) -> Iterator[Any]:
        with _pdfium:
            try:
                page = self._document[number - 1]
                try:
                    yield page
                finally:
                    page.close()
            except self._broken as error:
                refuse(f"the page cannot be drawn ({error}).", error)

    def close(self) -> None:
        """Let go of the file."""
        with _pdfium:
            document, self._document = self._document, None
            if document is not None:
                document.close()
            self._file.close()

    def __del__(self) -> None:
        with suppress(Exception):  # of a constructor that failed, or at the interpreter's end
            self.close()


def _scale(size: tuple[float, float], how: PageFields) -> float:
    """Return how many pixels a point becomes: long pages, which are read in parts, get more."""
    dots, longest_side = how.dpi / POINTS, how.longest_side
    shorter, longer = max(min(size), 1.0), max(*size, 1.0)
    if is_legible((round(shorter * dots), round(longer * dots)), longest_side):
        return min(dots, longest_side / longer)
    in_parts = min(longest_side / shorter, longest_side * MOST_PARTS / 2 / longer)
    return min(dots, in_parts, math.sqrt(how.max_pixels / (shorter * longer)))
