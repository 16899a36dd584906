"""What several calls cost together: their records, asked one after another. A flow, without I/O."""

from __future__ import annotations

from collections.abc import Sequence

from core_302.endpoints.account import Record, read_record, record_request
from core_302.errors import NotFoundError
from core_302.flow import Flow, ask


def records_of(request_ids: Sequence[str]) -> Flow[dict[str, Record]]:
    """Return the records that there are; one that is not there, or not yet, is left out.

    Raises:
        AI302Error: Records cannot be read at all, such as with a key that may not.
    """
    found: dict[str, Record] = {}
    for request_id in request_ids:
        try:
            found[request_id] = yield from ask(record_request(request_id), read_record)
        except NotFoundError:
            continue
    return found
