"""Puts every question to the gateway and prints a table; asks nothing that might pass the limit.

`make live` runs this. It needs `AI302_API_KEY`, and the most that may be spent in PTC (1 is 1 USD):
`--max-cost`, or `AI302_SPENDING_LIMIT`. Without a key it says what it would ask, and at what cost.
`--cassette FILE` keeps all requests and answers, for `make differences`. The table is Markdown, for
an issue. Exit code 0: nothing differs, or nothing was to be asked; 1: something differs; 2:
something cannot be used, and nothing was asked.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from benchmarks.live.audio_questions import AUDIO_QUESTIONS
from benchmarks.live.file_questions import FILE_QUESTIONS
from benchmarks.live.gateway import Gateway, NotAskedError, Plan
from benchmarks.live.image_questions import IMAGE_QUESTIONS
from benchmarks.live.processing_questions import PROCESSING_QUESTIONS
from benchmarks.live.questions import CHAT_QUESTIONS, NOT_TO_BE_ASKED, Question
from benchmarks.live.sandbox_questions import SANDBOX_QUESTIONS
from benchmarks.live.search_questions import SEARCH_QUESTIONS
from benchmarks.live.tool_questions import TOOL_QUESTIONS
from benchmarks.live.video_questions import VIDEO_QUESTIONS
from core_302 import ConfigurationError, Settings
from emulator_302 import Recording, running

QUESTIONS = (
    *CHAT_QUESTIONS,
    *SEARCH_QUESTIONS,
    *SANDBOX_QUESTIONS,
    *IMAGE_QUESTIONS,
    *PROCESSING_QUESTIONS,
    *VIDEO_QUESTIONS,
    *FILE_QUESTIONS,
    *AUDIO_QUESTIONS,
    *TOOL_QUESTIONS,
)
KEY, LIMIT = "AI302_API_KEY", "AI302_SPENDING_LIMIT"
SAME, DIFFERS, NOT_ASKED, BROKEN = "same", "DIFFERS", "not asked", "BROKEN"
PLANNED = "at most {most:.3f} PTC; assumed: {assumed}"
SHOWN_REQUESTS = 3  # of one question


class Row(NamedTuple):
    """What came of one question."""

    question: str
    request: str
    came: str
    verdict: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make live", description="Ask 302.AI what is open.")
    parser.add_argument("--max-cost", metavar="PTC", default=os.environ.get(LIMIT, ""))
    parser.add_argument("--cassette", metavar="FILE", help="keep what the gateway said, replayable")
    given = parser.parse_args(arguments)
    plan = Plan("", "", math.inf)
    planned = [*answers(plan, QUESTIONS)]
    print(f"{len(QUESTIONS)} questions cost at most {plan.spent:.2f} PTC (1 is 1 US dollar).\n")
    if not os.environ.get(KEY):
        print(table(planned))
        print(f"\nNothing was asked. Set {KEY} to a key of 302.AI, and --max-cost (or {LIMIT}).")
        return 0
    limit = _limit(given.max_cost)
    if limit is None:
        said = f"--max-cost (or {LIMIT}): the most that may be spent, a number of PTC above 0"
        print(f"Nothing was asked. Set {said}.", file=sys.stderr)
        return 2
    try:
        settings = Settings.from_env()
    except ConfigurationError as error:
        print(f"Nothing was asked. {error}", file=sys.stderr)
        return 2
    with _recorded(settings.base_url, str(settings.api_key or ""), given.cassette) as reached:
        gateway = Gateway(*reached, limit)
        with gateway.http:
            rows = list(answers(gateway, QUESTIONS))
    print(table(rows))
    if given.cassette:
        print(f"\nWhat the gateway said is in {given.cassette}, without the key.")
    print(f"\nSpent {gateway.spent:.4f} of {limit:.4f} PTC, by the gateway's records.\n")
    print("Not to be asked:\n", *(f"- {question}" for question in NOT_TO_BE_ASKED), sep="\n")
    return int(any(row.verdict in (DIFFERS, BROKEN) for row in rows))


@contextmanager
def _recorded(base_url: str, key: str, cassette: str | None) -> Iterator[tuple[str, str]]:
    """Yield address and key of the gateway, or those of an emulator that records it."""
    if not cassette:
        yield base_url, key
        return
    setup = Recording(Path(cassette), "all", base_url, key)
    with running(cassette=setup) as recorder:
        yield recorder.base_url, recorder.api_key


def answers(gateway: Gateway, questions: Sequence[Question]) -> Iterator[Row]:
    """Yield a row for each question, in order."""
    for question in questions:
        gateway.sent, gateway.bound = [], 0.0
        try:
            found = question.find(gateway)
        except NotAskedError as reason:
            found, verdict = str(reason), NOT_ASKED
        except httpx.HTTPError as error:
            # The class alone: the text of an error may repeat what was sent.
            found, verdict = type(error).__name__, BROKEN
        else:
            verdict = SAME if found == question.assumed else DIFFERS
            found = found if verdict == SAME else f"{found} (assumed: {question.assumed})"
        if isinstance(gateway, Plan):
            gateway.spent += gateway.bound
            found, verdict = _planned(gateway, question), NOT_ASKED
        yield Row(question.asks, _in_short(gateway.sent), found, verdict)


def _planned(plan: Gateway, question: Question) -> str:
    return PLANNED.format(most=plan.bound, assumed=question.assumed)


def _in_short(sent: Sequence[str]) -> str:
    """Return the requests of a question, each once; of many, the first."""
    once = [f"`{request}`" for request in dict.fromkeys(sent)]
    more = [f"and {len(once) - SHOWN_REQUESTS} more"] if len(once) > SHOWN_REQUESTS else []
    return ", ".join([*once[:SHOWN_REQUESTS], *more])


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown, those that differ first."""
    order = [DIFFERS, BROKEN, NOT_ASKED, SAME]
    ordered = sorted(rows, key=lambda row: order.index(row.verdict))
    head = "| question | request | what came | verdict |\n|---|---|---|---|"
    lines = ("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in ordered)
    return "\n".join([head, *lines])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _limit(given: str) -> float | None:
    try:
        limit = float(given)
    except ValueError:
        return None
    return limit if math.isfinite(limit) and limit > 0 else None


if __name__ == "__main__":
    sys.exit(main())
