"""Says in what two requests differ, so that a miss of a recording can be understood."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = 100  # characters of a value that is shown
MOST = 8  # differences that are shown


def differences(recorded: Any, asked: Any, where: str = "") -> list[str]:
    """Return a line for each value in which a request differs from a recorded one."""
    if isinstance(recorded, Mapping) and isinstance(asked, Mapping):
        lines = []
        for name in dict.fromkeys([*recorded, *asked]):
            inner = f"{where}.{name}" if where else str(name)
            if name not in asked:
                lines.append(f"{inner}: recorded {_short(recorded[name])}, not asked")
            elif name not in recorded:
                lines.append(f"{inner}: not recorded, asked {_short(asked[name])}")
            else:
                lines += differences(recorded[name], asked[name], inner)
        return lines
    if isinstance(recorded, list) and isinstance(asked, list):
        if len(recorded) != len(asked):
            return [f"{where}: recorded {len(recorded)} items, asked {len(asked)}"]
        pairs = enumerate(zip(recorded, asked, strict=True))
        return [line for n, (a, b) in pairs for line in differences(a, b, f"{where}[{n}]")]
    if recorded == asked and type(recorded) is type(asked):
        return []
    return [f"{where}: recorded {_short(recorded)}, asked {_short(asked)}"]


def nearest(recorded: Iterable[Any], asked: Mapping[str, Any]) -> str:
    """Return what is said of a request that no recorded one is equal to."""
    found = [(_distance(one, asked), number, one) for number, one in enumerate(recorded, 1)]
    if not found:
        return "Nothing is recorded."
    _, number, one = min(found, key=lambda row: row[0])
    lines = differences(one, asked)
    if not lines:
        return f"It is equal to interaction {number}, whose answers were all given."
    more = [f"and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return f"The nearest is interaction {number}. " + "; ".join([*lines[:MOST], *more])


def _distance(recorded: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[bool, bool, int]:
    return (
        recorded.get("path") != asked.get("path"),
        recorded.get("method") != asked.get("method"),
        len(differences(recorded, asked)),
    )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
