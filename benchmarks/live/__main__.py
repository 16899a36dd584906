"""Puts every question to the gateway and prints a table; asks nothing that might pass the limit.

`make live` runs this. It needs `AI302_API_KEY`, and `AI302_SPENDING_LIMIT` in PTC (1 is 1 USD).
Exit code 0: nothing differs; 1: something does; 2: something is missing, and nothing was asked.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import httpx

from benchmarks.live.gateway import Gateway, NotAskedError
from benchmarks.live.questions import NOT_TO_BE_ASKED, QUESTIONS, Question
from core_302 import ConfigurationError, Settings

NEEDED = {
    "AI302_API_KEY": "a key of 302.AI",
    "AI302_SPENDING_LIMIT": "the most that may be spent, in PTC (1 is 1 US dollar), such as 1.5",
}
SAME, DIFFERS, NOT_ASKED, BROKEN = "same", "DIFFERS", "not asked", "BROKEN"


class Row(NamedTuple):
    """What came of one question."""

    verdict: str
    asks: str
    assumed: str
    found: str


def main() -> int:
    """Ask, print, and return the exit code."""
    missing = [f"{name}: {what}" for name, what in NEEDED.items() if not os.environ.get(name)]
    limit = _limit(os.environ.get("AI302_SPENDING_LIMIT", ""))
    if not missing and limit is None:
        missing = ["AI302_SPENDING_LIMIT: a number, more than 0"]
    if missing or limit is None:
        print("Nothing was asked. Set:", *missing, sep="\n  ", file=sys.stderr)
        return 2
    try:
        settings = Settings.from_env()
    except ConfigurationError as error:
        print(f"Nothing was asked. {error}", file=sys.stderr)
        return 2
    gateway = Gateway(settings.base_url, str(settings.api_key or ""), limit)
    with gateway.http:
        rows = list(answers(gateway, QUESTIONS))
    print(table(rows))
    print(f"\nSpent {gateway.spent:.4f} of {limit:.4f} PTC, by the gateway's records.")
    print("Not to be asked:", *NOT_TO_BE_ASKED, sep="\n  ")
    return int(any(row.verdict in (DIFFERS, BROKEN) for row in rows))


def answers(gateway: Gateway, questions: Sequence[Question]) -> Iterator[Row]:
    """Yield a row for each question, in order."""
    for question in questions:
        try:
            found = question.find(gateway)
        except NotAskedError as reason:
            found, verdict = str(reason), NOT_ASKED
        except httpx.HTTPError as error:
            # The class alone: the text of an error may repeat what was sent.
            found, verdict = type(error).__name__, BROKEN
        else:
            verdict = SAME if found == question.assumed else DIFFERS
        yield Row(verdict, question.asks, question.assumed, found)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table, those that differ first."""
    order = [DIFFERS, BROKEN, NOT_ASKED, SAME]
    ordered = sorted(rows, key=lambda row: order.index(row.verdict))
    titled = [Row("", "question", "assumed", "found"), *ordered]
    wide = [max(len(row[place]) for row in titled) for place in range(len(Row._fields))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip()
        for row in titled
    )


def _limit(given: str) -> float | None:
    try:
        limit = float(given)
    except ValueError:
        return None
    return limit if math.isfinite(limit) and limit > 0 else None


if __name__ == "__main__":
    sys.exit(main())
