"""Recordings in, transcripts out, whole or in parts: `read_recordings`, and its awaited twin."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

from core_302.async_client import AsyncClient
from core_302.audio_types import ENDINGS
from core_302.client import Client
from core_302.errors import AI302Error
from core_302.flow import Flow
from core_302.reading.audio_options import AudioReadingOptions
from core_302.reading.cache import ReadingCache
from core_302.reading.read_audio import AudioReading, read_audio
from core_302.reading.reader import Reading
from core_302.reading.report import ReadingReport
from core_302.reading.runner import Work, aread_all, read_all
from core_302.reading.sources import Given, Source, Wanted

RECORDINGS = Wanted("recording", ENDINGS)


class AudioWork(Work[Source, AudioReading]):
    """The recordings of `given`, each turned into text."""

    how: AudioReadingOptions

    def __init__(self, given: Given, how: AudioReadingOptions) -> None:
        super().__init__(given, how, RECORDINGS)
        self.items = self.sources

    def flow(self, item: Source, cache: ReadingCache | None) -> Flow[AudioReading]:
        """Return the flow that reads one recording."""
        return read_audio(item, self.how, cache)

    def source(self, item: Source) -> str:
        """Return the name of a recording."""
        return item.name

    def kept(self, item: Source, error: AI302Error) -> AudioReading:
        """Return an empty recording with its error."""
        return AudioReading(item.name, error=error, metadata=item.metadata)


AUDIO = Reading(AudioReadingOptions, AudioWork, "file")


def read_recordings(
    client: Client,
    given: Given,
    how: AudioReadingOptions,
    *,
    report: ReadingReport | None = None,
) -> Generator[AudioReading, None, None]:
    """Yield the recordings of `given` as text, in order, read by several threads.

    Args:
        client: The client that calls the gateway.
        given: See `core_302.reading.sources.Given`.
        how: The reading options, including what to do about failures.
        report: Filled during the run.

    Raises:
        AI302Error: A recording cannot be read, and `how.on_error` is "raise".
    """
    return read_all(client, AudioWork(given, how), report=report or ReadingReport(unit="file"))


def aread_recordings(
    client: AsyncClient,
    given: Given,
    how: AudioReadingOptions,
    *,
    report: ReadingReport | None = None,
) -> AsyncGenerator[AudioReading, None]:
    """Yield the recordings of `given` as text, in order, read by several tasks.

    See `read_recordings`.
    """
    return aread_all(client, AudioWork(given, how), report=report or ReadingReport(unit="file"))
