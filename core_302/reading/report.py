"""The report of a run: what was read and what failed, one line for each failure."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from core_302.errors import AI302Error
from core_302.log import READING
from core_302.reading.optional_imports import library
from core_302.reading.page_answer import Answer

SHOWN_FAILURES = 20  # lines of a report as text


class Counted(Protocol):
    """What a report counts of one page or file that was read."""

    @property
    def cached(self) -> bool:
        """Whether it came from the cache: then nothing was billed now."""

    @property
    def free(self) -> bool:
        """Whether nothing was asked about it, now or earlier."""

    @property
    def empty(self) -> bool:
        """Whether there is no text in it."""

    @property
    def cut(self) -> bool:
        """Whether its text is not whole."""

    @property
    def input_tokens(self) -> int:
        """Tokens that were billed as input."""

    @property
    def output_tokens(self) -> int:
        """Likewise as output."""

    @property
    def cost(self) -> float | None:
        """In PTC, if it was looked up."""


@dataclass(frozen=True)
class Failure:
    """A page or file that could not be read, and why. The reason names the file."""

    source: str
    reason: str


@dataclass
class ReadingReport:
    """What a run has done.

    Attributes:
        read: Pages, or files, that were requested.
        cached: Those that came from the cache.
        free: Those that nothing was asked about, such as pages with a text layer.
        empty: Those without text, of both kinds.
        cut: Pages whose text a model did not finish.
        failures: Those that could not be read; their tokens and cost count if they were billed.
        billed_failures: Those of them whose answer came, was billed, and cannot be used.
        given_up: Those that a run that was stopped had begun: they may have been billed.
        input_tokens: Tokens that this run was billed as input.
        output_tokens: Likewise as output.
        cost: In PTC, as far as it was looked up.
        unpriced: Those that were billed, and whose cost is not in `cost`.
        seconds: How long it took.
        unit: What is counted: `page`, or `file`.
    """

    read: int = 0
    cached: int = 0
    free: int = 0
    empty: int = 0
    cut: int = 0
    failures: list[Failure] = field(default_factory=list)
    billed_failures: int = 0
    given_up: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    unpriced: int = 0
    seconds: float = 0.0
    unit: str = "page"

    def add(self, done: Counted) -> None:
        """Count one that was read."""
        self.cached += done.cached
        self.empty += done.empty
        self.cut += done.cut
        self.free += done.free
        if done.cached or done.free:
            return
        self.read += 1
        self._bill(done)

    def fail(self, source: str, error: AI302Error) -> None:
        """Count one that could not be read."""
        self.failures.append(Failure(source, error.message))
        if isinstance(error.partial, Answer):
            self.billed_failures += 1
            self._bill(error.partial)

    def _bill(self, billed: Counted | Answer) -> None:
        self.input_tokens += billed.input_tokens
        self.output_tokens += billed.output_tokens
        self.cost += billed.cost or 0.0
        self.unpriced += billed.cost is None

    @property
    def spent(self) -> str:
        """What was billed, in words; never a cost of 0 where it is not known."""
        tokens = f"{self.input_tokens} + {self.output_tokens} tokens"
        known = f"{self.cost:.6f} PTC"
        if self.unpriced:
            known = f"{known} and {self.unpriced} not known" if self.cost else "cost unknown"
        return f"{tokens}, {known}" if self.unit == "page" else known  # of files, none is told

    def __str__(self) -> str:
        free = f"{self.free} without a call, " if self.free else ""
        billed = f" ({self.billed_failures} billed)" if self.billed_failures else ""
        failed = f"{len(self.failures)} failed{billed}"
        done = f"{self.read} read, {self.cached} from the cache, {free}{failed}"
        done += f", {self.given_up} given up" if self.given_up else ""
        told = f"{done}, {self.empty} empty, {self.cut} cut, in {self.seconds:.1f} s"
        lines = [f"- {failure.reason}" for failure in self.failures[:SHOWN_FAILURES]]
        more = len(self.failures) - len(lines)
        return "\n".join(
            [
                f"{self.unit.title()}s: {told}; {self.spent}.",
                *lines,
                *([f"- and {more} more"] * (more > 0)),
            ]
        )


class Progress:
    """Follows a run: counts, shows a progress bar if requested, and reports at the end."""

    def __init__(
        self, report: ReadingReport, expected: Callable[[], int | None], *, shown: bool
    ) -> None:
        self._report, self._expected = report, expected
        self._start = time.monotonic()
        self._bar: Any = library("tqdm").tqdm(unit=report.unit, desc="Reading") if shown else None

    def add(self, done: Counted | None) -> None:
        """Note that one is done; None for one that failed."""
        if done is not None:
            self._report.add(done)
        if self._bar is not None:
            self._bar.total = self._expected()
            counts = {"errors": len(self._report.failures), "cached": self._report.cached}
            self._bar.set_postfix_str(
                ", ".join([*(f"{name}={n}" for name, n in counts.items()), self._report.spent]),
                refresh=False,
            )
            self._bar.update()

    def end(self) -> None:
        """Note that the run is over."""
        report = self._report
        report.seconds += time.monotonic() - self._start
        if self._bar is not None:
            self._bar.close()
            self._bar.write(str(report))
        READING.log(logging.WARNING if report.failures else logging.INFO, "%s", report)
