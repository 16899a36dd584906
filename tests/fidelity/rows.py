"""ROWS: every row, in the order of the table. Ids that start with `control` spoil nothing."""

from __future__ import annotations

from tests.fidelity import (
    rows_bytes,
    rows_content,
    rows_refusal,
    rows_reply,
    rows_stream,
    rows_tools,
    rows_vendor,
)
from tests.fidelity.row import Row, Way

ROWS: tuple[Row, ...] = (
    *rows_stream.ROWS,
    *rows_bytes.ROWS,
    *rows_tools.ROWS,
    *rows_content.ROWS,
    *rows_vendor.ROWS,
    *rows_reply.ROWS,
    *rows_refusal.ROWS,
)

ROWS_FOR: dict[str, tuple[Row, ...]] = {
    "langchain": ROWS,
    "llama_index": tuple(row for row in ROWS if not row.speaks_of_langchain),
}
"""The rows that can be put to the models of each framework."""


def asked_of(framework: str) -> list[tuple[Row, Way, str]]:
    """Return the rows for one framework in their ways, each blocking or awaited (`kind`).

    What one framework is asked blocking the other is asked awaited: the adapters share all but the
    await, and so do their clients. A row of LangChain alone is asked in both kinds.
    """
    place = ("langchain", "llama_index").index(framework)
    asked: list[tuple[Row, Way, str]] = []
    for number, row in enumerate(ROWS):
        if row not in ROWS_FOR[framework]:
            continue
        for way in row.ways:
            turn = (number + place + (way == "stream")) % 2
            kinds = ("sync", "async") if row.speaks_of_langchain else (("sync", "async")[turn],)
            asked += [(row, way, kind) for kind in kinds]
    return asked
