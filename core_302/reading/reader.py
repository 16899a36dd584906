"""What the classes that read images have in both frameworks."""

from __future__ import annotations

from core_302.options.retrieval import options_in
from core_302.reading.options import ReadingOptions
from core_302.reading.report import ReadingReport


class ReadsImages:
    """Reports what was read. The class itself declares `ReadingFields`, and keeps the report."""

    _report: ReadingReport

    @property
    def report(self) -> ReadingReport:
        """What the latest run has read, and what it could not."""
        return self._report

    def _options(self) -> ReadingOptions:
        return options_in(ReadingOptions, self)
