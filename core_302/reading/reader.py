"""What the classes that read have in both frameworks: one `Reading` each, options and a report."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from core_302.options.retrieval import options_in
from core_302.reading.options import RunFields
from core_302.reading.report import ReadingReport
from core_302.reading.runner import Work, aread_all, read_all
from core_302.reading.sources import Given


class Piece(Protocol):
    """What becomes a document of a framework: a page, a block, or a whole file."""

    @property
    def id(self) -> str:
        """The same for the same piece of the same source."""

    @property
    def text(self) -> str:
        """Its text."""

    def described(self) -> Mapping[str, Any]:
        """Return everything but the text, in plain values."""


class Read(Protocol):
    """What came of one item of a run."""

    @property
    def pieces(self) -> Sequence[Piece]:
        """What becomes a document of its own."""


@dataclass(frozen=True)
class Reading:
    """What a class reads, and how.

    Attributes:
        options: The class of its options.
        work: Makes a run from what is given and from the options.
        unit: What its report counts.
    """

    options: type[RunFields]
    work: Callable[[Given, Any], Work[Any, Any]]
    unit: str


class ReadsSources:
    """Reads, and reports what was read. The class itself declares the options' fields."""

    _reading: ClassVar[Reading]
    # Whether what is read was named by the program that made the object, and by nobody since. If
    # not, a model may have named it: then addresses of fsspec need storage_options.
    _own_sources: ClassVar[bool] = False
    _report: ReadingReport
    _gateway: Any  # the connection that `connected` gives to the class

    @property
    def report(self) -> ReadingReport:
        """What the latest run has read, and what it could not."""
        return self._report

    def _pieces(self, given: Given) -> Generator[Piece, None, None]:
        self._report = ReadingReport(unit=self._reading.unit)
        work = self._work(given)
        for done in read_all(self._gateway.client, work, report=self._report):
            yield from _wanted(done.pieces, work.how)

    async def _apieces(self, given: Given) -> AsyncGenerator[Piece, None]:
        self._report = ReadingReport(unit=self._reading.unit)
        work = self._work(given)
        run = aread_all(self._gateway.async_client, work, report=self._report)
        try:
            async for done in run:
                for piece in _wanted(done.pieces, work.how):
                    yield piece
        finally:
            await run.aclose()

    def _work(self, given: Given) -> Work[Any, Any]:
        how = options_in(self._reading.options, self)
        if self._own_sources and how.storage_options is None:
            how = how.model_copy(update={"storage_options": {}})
        return self._reading.work(given, how)


def _wanted(pieces: Iterable[Piece], how: RunFields) -> Iterator[Piece]:
    """Leave blank pieces out, unless they are to be kept, or are there for their error."""
    for piece in pieces:
        if how.on_blank == "keep" or piece.text.strip() or "error" in piece.described():
            yield piece
