"""Tables as Markdown: CSV files, and the rows of whatever else has some."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

MOST_ROWS = 20_000
MOST_COLUMNS = 256


def pipe_table(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as a table of Markdown, whose first row is its head; empty if there are none."""
    kept = [list(row)[:MOST_COLUMNS] for _, row in zip(range(MOST_ROWS), rows, strict=False)]
    width = max(map(len, kept), default=0)
    if not width:
        return ""
    lines = [_line([*row, *[""] * (width - len(row))]) for row in kept]
    return "\n".join([lines[0], _line(["---"] * width), *lines[1:]])


def csv_table(text: str) -> str:
    """Return a CSV file as a table, whichever separator it uses.

    Raises:
        csv.Error: It is none.
    """
    start = text[:4096]
    separator = max(",;\t", key=start.count)
    return pipe_table(row for row in csv.reader(io.StringIO(text), delimiter=separator) if row)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"
