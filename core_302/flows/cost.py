"""What calls cost, by the gateway's own records. Amounts are in PTC: 1 is 1 USD.

Nothing is looked up while a program runs, unless it asks for that: a record appears a moment after
its response, and a call that waited for it would be slower. Flows, without I/O.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from core_302.endpoints.account import Record, read_record, record_request
from core_302.errors import AI302Error, InvalidInputError, MalformedReplyError, NotFoundError
from core_302.flow import Flow, ask

TOOL_REPORT = frozenset({"model", "request_id"})
"""The keys that the report of each of our tools has, by which it is known among those of others."""


def records_of(request_ids: Sequence[str]) -> Flow[dict[str, Record]]:
    """Return the records that exist.

    One that does not, or not yet, or whose cost no call can have, is left out.

    So is what came as an id and is none.

    Raises:
        AI302Error: Records cannot be read at all, such as with a key that lacks the permission.
    """
    found: dict[str, Record] = {}
    for request_id in request_ids:
        try:
            found[request_id] = yield from ask(record_request(request_id), read_record)
        except (NotFoundError, MalformedReplyError, InvalidInputError):
            continue
    return found


def cost_of(request_ids: Sequence[str]) -> Flow[float | None]:
    """Return the total cost of calls, or None if a record is missing.

    A record that is late, absurd, or closed to this key, is not an error: the paid work is done.
    """
    try:
        records = yield from records_of(request_ids)
    except AI302Error:
        return None
    if not request_ids or len(records) < len(set(request_ids)):
        return None
    return sum(record.cost for record in records.values())


@dataclass(frozen=True)
class Bill:
    """The total cost of the calls of a run.

    Attributes:
        calls: How many calls were billed, or may have been.
        cost: What those with a record cost, in PTC.
        input_tokens: From the records; from the answer, where there is no record.
        output_tokens: Likewise.
        missing: How many calls have no record, not yet, or an absurd one: `cost` is without them.
    """

    calls: int
    cost: float
    input_tokens: int
    output_tokens: int
    missing: int


class CallLedger:
    """The calls of a run, each once, and what the gateway has recorded of them. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # frameworks report calls from several threads
        self._tokens: dict[str, tuple[int, int]] = {}  # by request id, from the answers
        self._without_id: list[tuple[int, int]] = []
        self._records: dict[str, Record] = {}

    def note(self, request_id: str | None, input_tokens: int = 0, output_tokens: int = 0) -> None:
        """Remember a call, with the token counts of its answer."""
        with self._lock:
            if request_id:
                self._tokens.setdefault(request_id, (input_tokens, output_tokens))
            else:
                self._without_id.append((input_tokens, output_tokens))

    def note_error(self, error: BaseException) -> None:
        """Remember a call that failed, if it may have been billed."""
        if isinstance(error, AI302Error) and error.billed == "maybe" and error.attempts:
            self.note(error.request_id)

    def bill(self) -> Flow[Bill]:
        """Return what the calls so far cost. Known records are not requested again.

        Raises:
            AI302Error: Records cannot be read at all.
        """
        with self._lock:
            unknown = [known for known in self._tokens if known not in self._records]
        records = yield from records_of(unknown)
        with self._lock:
            self._records |= records
            return self._total()

    def _total(self) -> Bill:
        found = list(self._records.values())
        told = [tokens for known, tokens in self._tokens.items() if known not in self._records]
        told += self._without_id
        return Bill(
            calls=len(found) + len(told),
            cost=sum(record.cost for record in found),
            input_tokens=sum(r.input_tokens for r in found) + sum(read for read, _ in told),
            output_tokens=sum(r.output_tokens for r in found) + sum(out for _, out in told),
            missing=len(told),
        )
