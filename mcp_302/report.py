"""A tool's report as a client may get it: plain values, bounded, with the text for the model in it.

Many clients show a model the structured part of a result and nothing else. So what the model must
read is there too, and nothing is there that a model must not read: a stranger's page as it came, a
vendor's raw response, an error's traceback.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core_302.errors import AI302Error
from core_302.tools.capability import ToolResult
from core_302.tools.untrusted_text import LONGEST_LINE, many_lines, one_line

# As it came from strangers, and what `text` tells in a form that is meant for a model.
NOT_TOLD = frozenset({"raw", "text", "stdout", "stderr", "segments", "words"})
MOST_ITEMS = 50  # of a list
DEEPEST = 4  # levels of values in values
MOST_LETTERS = 64 * 1024  # of the report as JSON, beside its text
LONGEST_NAME = 100  # characters


def structured(done: ToolResult) -> dict[str, Any]:
    """Return the report of a call, with the text that the model is told."""
    report = done.report if isinstance(done.report, Mapping) else {}
    kept = {name: value for name, value in report.items() if name not in NOT_TOLD}
    plain: dict[str, Any] = _plain(kept, DEEPEST)
    if len(json.dumps(plain)) > MOST_LETTERS:
        plain = {n: v for n, v in plain.items() if not isinstance(v, (dict, list))}
    return {"text": done.text, **plain}


def of_error(error: AI302Error) -> dict[str, Any]:
    """Return what a program can do about an error, beside the text that the model is told."""
    about = {
        "error": type(error).__name__,
        "billed": error.billed,
        "retryable": error.retryable,
        "retry_after": error.retry_after,
        "request_id": error.request_id,
        "task_id": error.task_id,
    }
    plain: dict[str, Any] = _plain(about, 1)
    return plain


def _plain(value: Any, levels: int) -> Any:
    """Return a value as JSON can have it; of what is too long or too deep, the beginning."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124
    if isinstance(value, str):
        return many_lines(value, LONGEST_LINE)
    if levels == 0:
        return None
    if isinstance(value, Mapping):
        some = list(value.items())[:MOST_ITEMS]
        return {one_line(str(n), LONGEST_NAME): _plain(inner, levels - 1) for n, inner in some}
    if isinstance(value, (list, tuple)):
        return [_plain(inner, levels - 1) for inner in value[:MOST_ITEMS]]
    return one_line(str(value), LONGEST_LINE)
