"""Reads many sources at once, in their order, with as many in memory as are under way.

Both functions below are the same text, with threads and with tasks. What is read, and how one item
is, a `Work` says: pages of images, or files.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncGenerator, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

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
from core_302.reading.cache import ReadingCache
from core_302.reading.options import RunFields, opened_cache
from core_302.reading.report import Counted, Progress, ReadingReport
from core_302.reading.sources import Given, Wanted, number_of, sources_in

AHEAD = 2  # this many items are begun or wait, for each one under way

# What fails for one item with these fails for all: going on would only make ten thousand of them.
HOPELESS = (
    AuthenticationError,
    ClosedError,
    ConfigurationError,
    ModelNotAvailableError,
    PermissionDeniedError,
    QuotaError,
)

Item = TypeVar("Item")
Done = TypeVar("Done", bound=Counted)


class Work(ABC, Generic[Item, Done]):
    """What a run does.

    Attributes:
        how: How many at once, what failures do, where answers are kept.
        sources: What is given, each found when its turn comes.
        items: What is read of them.
        known: How many sources there are; None if that is not known, or of no interest.
    """

    how: RunFields
    items: Iterator[Item]

    def __init__(self, given: Given, how: RunFields, wanted: Wanted) -> None:
        self.how = how
        self.sources = sources_in(given, wanted, how.storage_options)
        shown = how.show_progress
        self.known = number_of(given, wanted, how.storage_options) if shown else None

    def expected(self) -> int | None:
        """Return how many items there are, as far as that can be told; None if it cannot."""
        return self.known

    @abstractmethod
    def flow(self, item: Item, cache: ReadingCache | None) -> Flow[Done]:
        """Return the flow that reads one item."""

    @abstractmethod
    def source(self, item: Item) -> str:
        """Return the name of an item's source."""

    @abstractmethod
    def kept(self, item: Item, error: AI302Error) -> Done:
        """Return what stands for an item that cannot be read."""


class _Run(Generic[Item, Done]):
    """What both functions share: what is next, and what is done with what came of it."""

    def __init__(self, work: Work[Item, Done], report: ReadingReport | None) -> None:
        self.most = work.how.concurrency * AHEAD
        self._work, self._how = work, work.how
        self._cache = opened_cache(work.how)
        self._report = report if report is not None else ReadingReport()
        self._progress = Progress(self._report, work.expected, shown=work.how.show_progress)

    def next_item(self) -> Item | None:
        return next(self._work.items, None)

    def flow(self, item: Item) -> Flow[Done]:
        return self._work.flow(item, self._cache)

    def done(self, done: Done) -> Done:
        self._progress.add(done)
        return done

    def failed(self, item: Item, error: AI302Error) -> Done | None:
        """Add a failure to the report; return what stands for it if it is to be kept.

        Raises:
            AI302Error: The run is to stop.
        """
        self._report.fail(self._work.source(item), error)
        self._progress.add(None)
        if self._how.on_error == "raise" or isinstance(error, HOPELESS):
            raise error
        if self._how.on_error == "skip":
            return None
        return self._work.kept(item, error)

    def left(self, item: Item, reading: Future[Done] | asyncio.Task[Done]) -> None:
        """Count what nobody waited for: the run was stopped, but it was begun."""
        if reading.cancelled():
            return
        error = reading.exception()
        if error is None:
            self._progress.add(reading.result())
        elif isinstance(error, AI302Error):
            self._report.fail(self._work.source(item), error)

    def given_up(self) -> None:
        """Count one that was begun, and stopped before its answer came."""
        self._report.given_up += 1

    def end(self) -> None:
        self._progress.end()
        if self._cache is not None and self._cache is not self._how.cache:
            self._cache.close()


def read_all(
    client: Client, work: Work[Item, Done], *, report: ReadingReport | None = None
) -> Generator[Done, None, None]:
    """Yield what becomes of the items of `work`, in order, read by several threads.

    Args:
        client: The client that calls the gateway.
        work: What is read, and how.
        report: Filled during the run.

    Raises:
        AI302Error: An item cannot be read, and `on_error` is "raise".
    """
    run = _Run(work, report)
    pool = ThreadPoolExecutor(work.how.concurrency, "ai302-reading")
    under_way: deque[tuple[Item, Future[Done]]] = deque()
    try:
        while True:
            while len(under_way) < run.most and (item := run.next_item()) is not None:
                under_way.append((item, pool.submit(client.run, run.flow(item))))
            if not under_way:
                return
            item, reading = under_way.popleft()
            try:
                done: Done | None = run.done(reading.result())
            except AI302Error as error:
                done = run.failed(item, error)
            if done is not None:
                yield done
    finally:
        pool.shutdown(cancel_futures=True)
        for item, reading in under_way:
            run.left(item, reading)
        run.end()


async def aread_all(
    client: AsyncClient, work: Work[Item, Done], *, report: ReadingReport | None = None
) -> AsyncGenerator[Done, None]:
    """Yield what becomes of the items of `work`, in order, read by several tasks: as `read_all`."""
    run = _Run(work, report)
    turns = asyncio.Semaphore(work.how.concurrency)
    under_way: deque[tuple[Item, asyncio.Task[Done]]] = deque()
    try:
        while True:
            while len(under_way) < run.most:
                item = await asyncio.to_thread(run.next_item)
                if item is None:
                    break
                under_way.append((item, asyncio.create_task(_in_turn(client, run, item, turns))))
            if not under_way:
                return
            item, reading = under_way.popleft()
            try:
                done: Done | None = run.done(await reading)
            except AI302Error as error:
                done = run.failed(item, error)
            if done is not None:
                yield done
    finally:
        await _cancelled([reading for _, reading in under_way])
        for item, reading in under_way:
            run.left(item, reading)
        run.end()


async def _in_turn(
    client: AsyncClient, run: _Run[Item, Done], item: Item, turns: asyncio.Semaphore
) -> Done:
    async with turns:
        try:
            return await client.run(run.flow(item))
        except asyncio.CancelledError:
            run.given_up()
            raise


async def _cancelled(readings: list[asyncio.Task[Done]]) -> None:
    """Stop the running tasks, and wait until they have released their claims."""
    for reading in readings:
        reading.cancel()
    await asyncio.gather(*readings, return_exceptions=True)
