"""Images and PDFs in, pages of text out: `read_pages`, and its awaited twin."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

from core_302.async_client import AsyncClient
from core_302.client import Client
from core_302.errors import AI302Error
from core_302.flow import Flow
from core_302.reading.cache import ReadingCache
from core_302.reading.options import ReadingOptions
from core_302.reading.page import Page
from core_302.reading.page_images import Sheet, sheets_of
from core_302.reading.read_page import read_sheet
from core_302.reading.reader import Reading
from core_302.reading.report import ReadingReport
from core_302.reading.runner import Work, aread_all, read_all
from core_302.reading.sources import IMAGES, Given, Source


class PageWork(Work[Sheet, Page]):
    """The pages of `given`, each read by a model."""

    how: ReadingOptions

    def __init__(self, given: Given, how: ReadingOptions) -> None:
        super().__init__(given, how, IMAGES)
        self._opened = self._found = 0
        self.items = (sheet for source in self.sources for sheet in self._sheets(source))

    def _sheets(self, source: Source) -> list[Sheet]:
        sheets = sheets_of(source, self.how)
        self._opened += 1
        self._found += len(sheets)
        return sheets

    def expected(self) -> int | None:
        """Return how many pages there are if those still closed have as many as those opened."""
        if self.known is None or not self._opened:
            return None
        return self._found + round((self.known - self._opened) * self._found / self._opened)

    def flow(self, item: Sheet, cache: ReadingCache | None) -> Flow[Page]:
        """Return the flow that reads one page."""
        return read_sheet(item, self.how, cache)

    def source(self, item: Sheet) -> str:
        """Return the name of a page's source."""
        return item.source.name

    def kept(self, item: Sheet, error: AI302Error) -> Page:
        """Return an empty page with its error."""
        source = item.source
        return Page(source.name, item.page, item.pages, error=error, metadata=source.metadata)


PAGES = Reading(ReadingOptions, PageWork, "page")


def read_pages(
    client: Client,
    given: Given,
    how: ReadingOptions,
    *,
    report: ReadingReport | None = None,
) -> Generator[Page, None, None]:
    """Yield the pages of `given`, in order, read by several threads.

    Args:
        client: The client that calls the gateway.
        given: See `core_302.reading.sources.Given`.
        how: The reading options, including what to do about failures.
        report: Filled during the run.

    Raises:
        AI302Error: A page cannot be read, and `how.on_error` is "raise".
    """
    return read_all(client, PageWork(given, how), report=report)


def aread_pages(
    client: AsyncClient,
    given: Given,
    how: ReadingOptions,
    *,
    report: ReadingReport | None = None,
) -> AsyncGenerator[Page, None]:
    """Yield the pages of `given`, in order, read by several tasks. See `read_pages`."""
    return aread_all(client, PageWork(given, how), report=report)
