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
from core_302.reading.pixels import MOST_PARTS, MOST_PIXELS, is_legible, refuse
from core_302.reading.sources import Source
from core_302.reading.text_layer import Layer, layer_of

DOTS_PER_POINT = 200 / 72  # a page is drawn with 200 dots per inch, or up to the limit

# Reentrant: a document may be forgotten, and so closed, while another one is used.
_pdfium = threading.RLock()


class OpenedPdf:
    """A PDF that is open as long as somebody has it.

    Args:
        source: A file, or bytes.

    Raises:
        InvalidInputError: It cannot be opened, or has a password.
        ConfigurationError: A library is missing.
    """

    def __init__(self, source: Source) -> None:
        pdfium = library("pypdfium2")
        self._document: Any = None
        self._broken = (pdfium.PdfiumError, ValueError, MemoryError)
        # PDFium reads the file as it needs it.
        self._file = source.opened()
        with _pdfium:
            try:
                self._document = pdfium.PdfDocument(self._file)
                self._document.init_forms()  # else what was filled in is not drawn
                self.pages = len(self._document)
            except (*self._broken, OSError) as error:
                self.close()
                if "password" in str(error).lower():
                    refuse("it is a PDF with a password: save it without one.", error)
                refuse(f"it is a PDF that cannot be opened ({error}).", error)

    def page(self, number: int, longest_side: int) -> Any:
        """Return a page, drawn; its number is from 1.

        Raises:
            InvalidInputError: It cannot be drawn.
        """
        with self._page(number) as page:
            return page.render(scale=_scale(page.get_size(), longest_side)).to_pil().copy()

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


def _scale(size: tuple[float, float], longest_side: int) -> float:
    """Return how many pixels a point becomes: long pages, which are read in parts, get more."""
    shorter, longer = max(min(size), 1.0), max(*size, 1.0)
    drawn = (round(shorter * DOTS_PER_POINT), round(longer * DOTS_PER_POINT))
    if is_legible((drawn[0], drawn[1]), longest_side):
        return min(DOTS_PER_POINT, longest_side / longer)
    in_parts = min(longest_side / shorter, longest_side * MOST_PARTS / 2 / longer)
    return min(DOTS_PER_POINT, in_parts, math.sqrt(MOST_PIXELS / (shorter * longer)))
