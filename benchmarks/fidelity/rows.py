"""ROWS: every row, in the order of the table. Ids that start with `control` spoil nothing."""

from __future__ import annotations

from benchmarks.fidelity import (
    rows_bytes,
    rows_content,
    rows_refusal,
    rows_reply,
    rows_stream,
    rows_tools,
)
from benchmarks.fidelity.row import Row

ROWS: tuple[Row, ...] = (
    *rows_stream.ROWS,
    *rows_bytes.ROWS,
    *rows_tools.ROWS,
    *rows_content.ROWS,
    *rows_reply.ROWS,
    *rows_refusal.ROWS,
)
