"""ROWS: every row, in the order of the table. Ids that start with `control` spoil nothing."""

from __future__ import annotations

from tests.fidelity import (
    rows_bytes,
    rows_content,
    rows_refusal,
    rows_reply,
    rows_stream,
    rows_tools,
)
from tests.fidelity.row import Row

ROWS: tuple[Row, ...] = (
    *rows_stream.ROWS,
    *rows_bytes.ROWS,
    *rows_tools.ROWS,
    *rows_content.ROWS,
    *rows_reply.ROWS,
    *rows_refusal.ROWS,
)

ROWS_FOR: dict[str, tuple[Row, ...]] = {
    "langchain": ROWS,
    "llama_index": tuple(row for row in ROWS if not row.speaks_of_langchain),
}
"""The rows that can be put to the models of each framework."""
