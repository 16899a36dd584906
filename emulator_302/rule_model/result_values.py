"""What a tool's result says: whether the call failed, and which values another call may take."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from emulator_302.rule_model.property_meanings import keys_of
from emulator_302.rule_model.wording import word_set, words

FAILED = re.compile(
    r"\W*(?:(?:\w+ )?(?:error|exception|failed|failure)\b|\w*Error\b|traceback\b|could not\b|"
    r"cannot\b|can't\b|unable to\b|there is no\b|no such\b|not (?:found|allowed|possible)\b|"
    r"invalid\b|refused\b|rejected\b|timed out\b)|"
    r"(?:\w+ ){0,6}(?:could not be|was refused|is used up|timed out|failed:)",
    re.IGNORECASE,
)
AMOUNTS = word_set("amount price cost total sum value paid")
LONGEST = 20_000  # characters that are read of a result
LONGEST_TOKEN = 40  # characters of a result that is one value
DEEPEST = 3


def failed(text: str) -> bool:
    """Return whether a tool's result tells of a failure."""
    value = _parsed(text)
    if isinstance(value, dict):
        status = value.get("status") or value.get("success")
        return bool(value.get("error")) or value.get("success") is False or status == "error"
    return FAILED.match(text) is not None


def values_for(lacking: Sequence[str], text: str) -> str:
    """Return a result as lines of "key: value", with the keys that another call lacks."""
    value = _parsed(text)
    said = dict(_labelled(value, DEEPEST))
    if not said:
        plain = text.strip()
        alone = 0 < len(plain) <= LONGEST_TOKEN and len(plain.split()) == 1
        return "\n".join(f"{key}: {plain}" for key in lacking) if alone else text
    found = {key: _named(key, said) for key in lacking if key not in said}
    lines = {**{key: one for key, one in found.items() if one is not None}, **said}
    return "\n".join(f"{key}: {one}" for key, one in lines.items())


def _named(key: str, said: dict[str, str]) -> str | None:
    """Return the value that a key of another name has: "id" for "user_id", "total" for "amount"."""
    last = words(key)[-1:]
    for other, value in said.items():
        if words(other) == last or (keys_of(key) & AMOUNTS and keys_of(other) & AMOUNTS):
            return value
    return None


def _labelled(value: Any, deepest: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict) or not deepest:
        return
    for key, inner in value.items():
        if isinstance(inner, (str, int, float)):
            yield str(key), str(inner)
        else:
            yield from _labelled(inner, deepest - 1)


def _parsed(text: str) -> Any:
    """Return the value of a result in JSON, or printed by Python; None for any other text."""
    if not text.lstrip().startswith(("{", "[")) or len(text) > LONGEST:
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return None
