"""What each request cost, and what is left of the balance. All prices are invented.

An answer is charged when it is made, so the last one may cost more than was left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator_302.scripts.declared import AMOUNT, known_fields, refuse_wrong, setting

SECONDS = 0.01  # the time in every record
BALANCE = 100.0  # PTC
MILLION = 1_000_000  # tokens that a price is for


@dataclass(frozen=True)
class Price:
    """What one request costs, in PTC.

    Attributes:
        input: For a million tokens that are read.
        output: For a million tokens that are written.
        request: For each request, such as an order of an image.
    """

    input: float = setting(0.0, AMOUNT)
    output: float = setting(0.0, AMOUNT)
    request: float = setting(0.0, AMOUNT)

    def __post_init__(self) -> None:
        """Refuse a negative price.

        Raises:
            ValueError: A price is negative, or not a number.
        """
        refuse_wrong(self)

    def of(self, given: int, written: int) -> float:
        """Return the cost of a request with so many tokens."""
        return self.request + (given * self.input + written * self.output) / MILLION

    @classmethod
    def from_json(cls, given: Any) -> Price:
        """Read a price from JSON.

        Raises:
            ValueError: It has an unknown field, or a negative value.
        """
        return cls(**known_fields(cls, given))


@dataclass
class Ledger:
    """The costs of one scope, and its balance in PTC."""

    balance: float = BALANCE
    prices: dict[str, Price] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    def charge(
        self, request_id: str, model: str, cost: float, *, given: int = 0, written: int = 0
    ) -> None:
        """Record a cost in PTC, with the tokens read and written, and take it from the balance.

        The price that a test has set for the model counts in place of the cost.
        """
        if model in self.prices:
            cost = self.prices[model].of(given, written)
        self.balance -= cost
        self.records[request_id] = {
            "cost": round(cost, 8),
            "input_token": given,
            "output_token": written,
            "model": model,
            "process_time": SECONDS,
        }

    def record(self, request_id: str) -> dict[str, Any] | None:
        """Return the record of a request; `None` if it cost nothing."""
        return self.records.get(request_id)

    def reset(self, balance: float, prices: Mapping[str, Price]) -> None:
        """Begin anew with a balance and prices."""
        self.balance = balance
        self.prices = dict(prices)
        self.records.clear()
