"""Files in, text out as pages, blocks or whole files: `read_files`, and its awaited twin."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

from core_302.async_client import AsyncClient
from core_302.client import Client
from core_302.errors import AI302Error
from core_302.file_types import MEDIA_TYPES
from core_302.flow import Flow
from core_302.reading.cache import ReadingCache
from core_302.reading.file_options import FileReadingOptions
from core_302.reading.read_file import FileReading, read_file
from core_302.reading.reader import Reading
from core_302.reading.report import ReadingReport
from core_302.reading.runner import Work, aread_all, read_all
from core_302.reading.sources import Given, Source, Wanted

DOCUMENTS = Wanted("document", frozenset(MEDIA_TYPES))


class FileWork(Work[Source, FileReading]):
    """The files of `given`, each read in one of the gateway's ways."""

    how: FileReadingOptions

    def __init__(self, given: Given, how: FileReadingOptions) -> None:
        super().__init__(given, how, DOCUMENTS)
        self.items = self.sources

    def flow(self, item: Source, cache: ReadingCache | None) -> Flow[FileReading]:
        """Return the flow that reads one file."""
        return read_file(item, self.how, cache)

    def source(self, item: Source) -> str:
        """Return the name of a file."""
        return item.name

    def kept(self, item: Source, error: AI302Error) -> FileReading:
        """Return an empty file with its error."""
        return FileReading(item.name, error=error, metadata=item.metadata)


FILES = Reading(FileReadingOptions, FileWork, "file")


def read_files(
    client: Client,
    given: Given,
    how: FileReadingOptions,
    *,
    report: ReadingReport | None = None,
) -> Generator[FileReading, None, None]:
    """Yield the files of `given`, in order, read by several threads.

    Args:
        client: The client that calls the gateway.
        given: See `core_302.reading.sources.Given`.
        how: The reading options, including what to do about failures.
        report: Filled during the run.

    Raises:
        AI302Error: A file cannot be read, and `how.on_error` is "raise".
    """
    return read_all(client, FileWork(given, how), report=report or ReadingReport(unit="file"))


def aread_files(
    client: AsyncClient,
    given: Given,
    how: FileReadingOptions,
    *,
    report: ReadingReport | None = None,
) -> AsyncGenerator[FileReading, None]:
    """Yield the files of `given`, in order, read by several tasks. See `read_files`."""
    return aread_all(client, FileWork(given, how), report=report or ReadingReport(unit="file"))
