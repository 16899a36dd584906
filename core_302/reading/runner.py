"""Reads many pages at once, in their order, with as many in memory as are under way.

Both functions below are the same text, with threads and with tasks. What happens to one page is in
`read_page.py`, once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import Future, ThreadPoolExecutor

from core_302.async_client import AsyncClient
from core_302.client import Client
from core_302.errors import (
    AI302Error,
    AuthenticationError,
    ClosedError,
    ConfigurationError,
    ModelNotAvailableError,
    PermissionDeniedError,
    QuotaError,
)
from core_302.flow import Flow
from core_302.reading.options import ReadingOptions
from core_302.reading.page_images import Sheet, sheets_of
from core_302.reading.read_page import Page, read_sheet
from core_302.reading.report import Progress, ReadingReport
from core_302.reading.sources import Given, sources_in

AHEAD = 2  # this many pages are begun or wait, for each page under way

# What fails for one page with these fails for all: going on would only make ten thousand of them.
HOPELESS = (
    AuthenticationError,
    ClosedError,
    ConfigurationError,
    ModelNotAvailableError,
    PermissionDeniedError,
    QuotaError,
)


class _Run:
    """What both functions share: what is next, and what is done with what came of it."""

    def __init__(
        self,
        given: Given,
        how: ReadingOptions,
        report: ReadingReport | None,
    ) -> None:
        self.most = how.concurrency * AHEAD
        self._how = how
        self._cache = how.opened_cache()
        self._sheets = (sheet for source in sources_in(given) for sheet in sheets_of(source))
        self._report = report if report is not None else ReadingReport()
        self._progress = Progress(self._report, shown=how.show_progress)

    def next_sheet(self) -> Sheet | None:
        return next(self._sheets, None)

    def flow(self, sheet: Sheet) -> Flow[Page]:
        return read_sheet(sheet, self._how, self._cache)

    def done(self, page: Page) -> Page:
        self._progress.add(page)
        return page

    def failed(self, sheet: Sheet, error: AI302Error) -> Page | None:
        """Add a failure to the report; return it as a page if it is to be kept.

        Raises:
            AI302Error: The run is to stop.
        """
        source = sheet.source
        self._report.fail(source.name, error)
        self._progress.add(None)
        if self._how.on_error == "raise" or isinstance(error, HOPELESS):
            raise error
        if self._how.on_error == "skip":
            return None
        return Page(source.name, sheet.page, sheet.pages, error=error, metadata=source.metadata)

    def end(self) -> None:
        self._progress.end()
        if self._cache is not None and self._cache is not self._how.cache:
            self._cache.close()


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
    run = _Run(given, how, report)
    pool = ThreadPoolExecutor(how.concurrency, "ai302-reading")
    under_way: deque[tuple[Sheet, Future[Page]]] = deque()
    try:
        while True:
            while len(under_way) < run.most and (sheet := run.next_sheet()) is not None:
                under_way.append((sheet, pool.submit(client.run, run.flow(sheet))))
            if not under_way:
                return
            sheet, reading = under_way.popleft()
            try:
                page: Page | None = run.done(reading.result())
            except AI302Error as error:
                page = run.failed(sheet, error)
            if page is not None:
                yield page
    finally:
        pool.shutdown(cancel_futures=True)
        run.end()


async def aread_pages(
    client: AsyncClient,
    given: Given,
    how: ReadingOptions,
    *,
    report: ReadingReport | None = None,
) -> AsyncGenerator[Page, None]:
    """Yield the pages of `given`, in order, read by several tasks. See `read_pages`."""
    run = _Run(given, how, report)
    turns = asyncio.Semaphore(how.concurrency)
    under_way: deque[tuple[Sheet, asyncio.Task[Page]]] = deque()
    try:
        while True:
            while len(under_way) < run.most:
                sheet = await asyncio.to_thread(run.next_sheet)
                if sheet is None:
                    break
                under_way.append((sheet, asyncio.create_task(_in_turn(client, run, sheet, turns))))
            if not under_way:
                return
            sheet, reading = under_way.popleft()
            try:
                page: Page | None = run.done(await reading)
            except AI302Error as error:
                page = run.failed(sheet, error)
            if page is not None:
                yield page
    finally:
        await _cancelled([reading for _, reading in under_way])
        run.end()


async def _in_turn(client: AsyncClient, run: _Run, sheet: Sheet, turns: asyncio.Semaphore) -> Page:
    async with turns:
        return await client.run(run.flow(sheet))


async def _cancelled(readings: list[asyncio.Task[Page]]) -> None:
    """Stop the running tasks, and wait until they have released their claims."""
    for reading in readings:
        reading.cancel()
    await asyncio.gather(*readings, return_exceptions=True)
