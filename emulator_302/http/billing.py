"""What each request cost, for `GET /dashboard/record/{request-id}`. All prices are invented."""

from __future__ import annotations

from typing import Any

SECONDS = 0.01  # the time that every record tells


class Ledger:
    """The costs of one emulator."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, Any]] = {}

    def charge(
        self, request_id: str, model: str, cost: float, *, given: int = 0, written: int = 0
    ) -> None:
        """Record a cost in PTC, with the tokens read and written."""
        self._records[request_id] = {
            "cost": round(cost, 8),
            "input_token": given,
            "output_token": written,
            "model": model,
            "process_time": SECONDS,
        }

    def record(self, request_id: str) -> dict[str, Any] | None:
        """Return the record of a request; `None` if it cost nothing."""
        return self._records.get(request_id)
