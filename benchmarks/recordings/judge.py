"""Compares what a client's user saw with what the reply holds. It knows no client by name.

It is generous: white space in reasoning does not count, reasoning in `<think>` may be in the text
or apart from it, and a call in the older form counts wherever it is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.recordings.reader import Call, Reading
from tests.fidelity.observation import Observation

THINK, END = "<think>", "</think>"


def complaints(reading: Reading, seen: Observation, older_call: Any = None) -> list[str]:
    """Return what the user was not told, or wrongly, in words for a table.

    Args:
        reading: What the reply holds.
        seen: What the user saw.
        older_call: The message's `function_call`, where a client keeps it as it came.
    """
    if reading.error:
        return [] if seen.error is not None else ["an answer in place of the error"]
    if seen.error is not None:
        excused = any(call.parsed() is None for call in reading.calls)
        return [] if excused else [f"{seen.error} in place of the answer"]
    verdicts = {
        "text": _same_text(reading, seen),
        "reasoning": _same_reasoning(reading, seen),
        "tool calls": _same_calls(reading, seen, older_call),
        "finish reason": reading.finish_reason in ("", seen.finish_reason),
        "token counts": _same_counts(reading.counts, seen.usage),
    }
    return [name for name, right in verdicts.items() if not right]


def _same_text(reading: Reading, seen: Observation) -> bool:
    if reading.structure is not None:
        return bool(_value(seen.text) == reading.structure)
    if seen.text in (reading.text, reading.text or reading.spoken):
        return True
    return THINK in reading.text and seen.text.strip() == _without_think(reading.text)[0]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _same_reasoning(reading: Reading, seen: Observation) -> bool:
    if _letters(reading.reasoning) == _letters(seen.reasoning):
        return True
    thought = _without_think(reading.text)[1]
    return not reading.reasoning.strip() and seen.reasoning.strip() == thought


def _letters(text: str) -> str:
    """Return `text` without white space: how paragraphs of reasoning are parted is free."""
    return "".join(text.split())


def _without_think(text: str) -> tuple[str, str]:
    before, _, rest = text.partition(THINK)
    thought, _, after = rest.partition(END)
    return (before + after.lstrip()).strip(), thought.strip()


def _same_calls(reading: Reading, seen: Observation, older_call: Any) -> bool:
    told = [(name, _plain(args)) for name, args in seen.tool_calls]
    if reading.function_call is not None and not reading.calls:
        expected = (reading.function_call.name, reading.function_call.parsed())
        return told == [expected] or _kept(reading.function_call, older_call)
    good = [(call.name, call.parsed()) for call in reading.calls if call.parsed() is not None]
    broken = [call.name for call in reading.calls if call.parsed() is None]
    others = [name for name, args in told if (name, args) not in good]
    others += [name for name, _ in seen.invalid_tool_calls]
    return [call for call in told if call in good] == good and sorted(others) == sorted(broken)


def _plain(arguments: Any) -> Any:
    return dict(arguments) if isinstance(arguments, Mapping) else arguments


def _kept(call: Call, older: Any) -> bool:
    return isinstance(older, Mapping) and older.get("name") == call.name


def _same_counts(counts: dict[str, int], usage: Mapping[str, Any] | None) -> bool:
    if not counts:
        return True
    return usage is not None and all(
        usage.get(f"{name}_tokens") == count for name, count in counts.items()
    )
