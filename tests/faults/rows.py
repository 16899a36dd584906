"""ROWS: the whole table, in the order of the matrix."""

from tests.faults import rows_network, rows_replies, rows_streams
from tests.faults.row import Row

ROWS: tuple[Row, ...] = (*rows_network.ROWS, *rows_replies.ROWS, *rows_streams.ROWS)
