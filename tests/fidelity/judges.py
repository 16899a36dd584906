"""Judges: each looks at one side of an observation and complains if the user was misled.

A judge knows no class of any contender; what it returns is shown in the table, so it says what was
seen rather than what was wanted.
"""

from __future__ import annotations

import re
from typing import Any

from tests.fidelity.observation import Observation, shortened
from tests.fidelity.row import Judge

MEGABYTE = 1024 * 1024
LONGEST_MESSAGE = 4096  # characters of an error that a log can still take

# What Python raises when code trips over what it did not expect, and Python's own words for it: a
# library that raises one of these classes with words of its own has thought of its user.
ACCIDENTS = frozenset(
    {
        "AssertionError",
        "AttributeError",
        "IndexError",
        "JSONDecodeError",
        "KeyError",
        "OverflowError",
        "RecursionError",
        "TypeError",
        "UnicodeDecodeError",
    }
)
PYTHONS_WORDS = re.compile(
    r"^'?\w*'?$|'NoneType'|out of range|object has no|object is not|^object of type|codec can't"
    r"|can only concatenate|^(Expecting|Unterminated|Extra data|Invalid)\b"
)


def answers(text: str) -> Judge:
    """The call succeeds, and its text is `text`."""

    def judge(seen: Observation) -> str | None:
        if seen.error is not None or seen.unfinished:
            return seen.outcome()
        return None if seen.text == text else f"text {shortened(seen.text)!r}"

    return judge


def calls(*expected: tuple[str, Any]) -> Judge:
    """The call succeeds, with these tool calls and no broken one."""

    def judge(seen: Observation) -> str | None:
        if seen.error is not None or seen.unfinished:
            return seen.outcome()
        if seen.tool_calls == list(expected) and not seen.invalid_tool_calls:
            return None
        broken = f", invalid {seen.invalid_tool_calls}" if seen.invalid_tool_calls else ""
        return f"calls {_listed(seen.tool_calls)}{broken}"

    return judge


def calls_nothing(seen: Observation) -> str | None:
    """No tool call could be run: half an argument is never the argument."""
    return f"runnable call {_listed(seen.tool_calls)}" if seen.tool_calls else None


def thinks(thoughts: str) -> Judge:
    """The model's thoughts arrive."""

    def judge(seen: Observation) -> str | None:
        if seen.reasoning == thoughts:
            return None
        return f"reasoning {seen.reasoning!r}" if seen.reasoning else "reasoning lost"

    return judge


def links(*expected: str) -> Judge:
    """The message holds these addresses somewhere."""

    def judge(seen: Observation) -> str | None:
        lost = [link for link in expected if link not in seen.links]
        return f"lost {', '.join(lost)}" if lost else None

    return judge


def counts(given: int, written: int) -> Judge:
    """The token counts arrive, and are these."""

    def judge(seen: Observation) -> str | None:
        if seen.usage is None:
            return "no token counts"
        found = (seen.usage.get("input_tokens"), seen.usage.get("output_tokens"))
        return None if found == (given, written) else f"counted {found[0]} in, {found[1]} out"

    return judge


def counts_sanely(seen: Observation) -> str | None:
    """The token counts are missing, or whole numbers that are not negative."""
    if seen.usage is None:
        return None
    found = [seen.usage.get(name) for name in ("input_tokens", "output_tokens", "total_tokens")]
    sane = all(isinstance(number, int) and number >= 0 for number in found)
    return None if sane else f"counts {found}"


def ends(reason: str) -> Judge:
    """The finish reason is `reason`."""

    def judge(seen: Observation) -> str | None:
        return None if seen.finish_reason == reason else f"finish reason {seen.finish_reason!r}"

    return judge


def fails(seen: Observation) -> str | None:
    """An error was raised."""
    return None if seen.error is not None else seen.outcome()


def says(words: str) -> Judge:
    """The error repeats the server's `words`."""

    def judge(seen: Observation) -> str | None:
        return None if words in seen.everything else seen.outcome()

    return judge


def explained(words: str) -> Judge:
    """The error shows `words`, or is at least a `ModelError` or has a status."""

    def judge(seen: Observation) -> str | None:
        return None if words in seen.everything else recognised(seen)

    return judge


def tells(text: str) -> Judge:
    """The text is `text`, or an error was raised; it is not left out in silence."""

    def judge(seen: Observation) -> str | None:
        return None if seen.error is not None or seen.text == text else seen.outcome()

    return judge


def answers_or_says(text: str, words: str) -> Judge:
    """The text is `text`, or an error repeats the server's `words`."""

    def judge(seen: Observation) -> str | None:
        return answers(text)(seen) if seen.error is None else says(words)(seen)

    return judge


def recognised(seen: Observation) -> str | None:
    """The error is LangChain's `ModelError`, or has an HTTP status."""
    return None if seen.recognised else f"neither ModelError nor status: {seen.outcome()}"


def deliberate(seen: Observation) -> str | None:
    """The error is no accident of Python's whose text is about the library's own code."""
    if seen.error not in ACCIDENTS or seen.recognised:
        return None
    return seen.outcome() if PYTHONS_WORDS.search(seen.words) else None


def is_a(family: str) -> Judge:
    """The error can be caught as this class of `langchain_core.exceptions`."""

    def judge(seen: Observation) -> str | None:
        return None if family in seen.families else f"no {family}: {seen.outcome()}"

    return judge


def has_status(status: int) -> Judge:
    """The error tells the HTTP status, as a number or by LangChain's class for it."""

    def judge(seen: Observation) -> str | None:
        return None if seen.status == status else f"status {seen.status}: {seen.outcome()}"

    return judge


def keeps(text: str) -> Judge:
    """The text before the error was not lost."""

    def judge(seen: Observation) -> str | None:
        return None if text in seen.text else f"text {seen.text!r}, then {seen.outcome()}"

    return judge


def asks(least: int, most: int) -> Judge:
    """The server saw so many requests."""

    def judge(seen: Observation) -> str | None:
        return None if least <= seen.requests <= most else f"{seen.requests} requests"

    return judge


def connects(most: int) -> Judge:
    """The server saw at most so many connections."""

    def judge(seen: Observation) -> str | None:
        return None if seen.connections <= most else f"{seen.connections} connections"

    return judge


def takes(least: float, most: float) -> Judge:
    """It took so many seconds, whether it succeeded or not."""

    def judge(seen: Observation) -> str | None:
        if seen.unfinished:
            return seen.outcome()
        return None if least <= seen.seconds <= most else f"took {seen.seconds:.1f} s"

    return judge


def hides(secret: str) -> Judge:
    """The error does not show `secret`."""

    def judge(seen: Observation) -> str | None:
        return f"key shown by {seen.error}" if secret in seen.everything else None

    return judge


def marks_repeats(seen: Observation) -> str | None:
    """Two calls, each sent twice: one key for the first two requests, another for the others."""
    keys = seen.idempotency_keys
    if not all(keys):
        return "no Idempotency-Key"
    pairs = keys[0::2] == keys[1::2] and len(set(keys)) == len(keys) // 2
    return None if pairs else f"keys {keys}"


def stays_small(seen: Observation) -> str | None:
    """The process did not grow much, and the error's text can be logged."""
    if seen.memory is not None and seen.memory > 64 * MEGABYTE:
        return f"{seen.memory // MEGABYTE} MiB more memory"
    if len(seen.words) > LONGEST_MESSAGE:
        return f"an error of {len(seen.words)} characters"
    return None


def _listed(found: list[tuple[str, Any]]) -> str:
    return ", ".join(f"{name}({arguments})" for name, arguments in found) or "none"
