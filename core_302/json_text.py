"""JSON from strangers, read within limits: how deep it may nest, and that its texts are Unicode.

What is read here can be walked, shown, stored and sent by anybody's code. Python's own reader lets
two things through that break whatever comes after it: nesting that is just short of the limit of
the stack, and halves of surrogate pairs, which no encoder takes.
"""

from __future__ import annotations

import json
from typing import Any

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DEEPEST = 100  # levels; a list of lists is two


def read_json(text: str | bytes) -> Any:
    """Return what `text` says. Half of a surrogate pair becomes U+FFFD, as in broken UTF-8.

    Raises:
        ValueError: It is no JSON, or nests too deeply. The error does not hold the text, which may
            repeat a secret: crash reports show the attributes of errors.
    """
    try:
        if isinstance(text, bytes):
            # Strictly: `json.loads` itself would let halves of surrogate pairs through.
            text = text.removeprefix(BYTE_ORDER_MARK).decode()
        value = json.loads(text)
    except RecursionError:
        problem = "it nests too deeply"
    except ValueError as error:
        problem = str(error)
    else:
        if _may_be_deep(text) and _is_deep(value):
            raise ValueError("it nests too deeply")
        halves = "\\ud" in text or "\\uD" in text
        return _with_whole_letters(value) if halves else value
    raise ValueError(problem)


def _may_be_deep(text: str) -> bool:
    """Tell, by counting alone, whether a closer look is needed; it hardly ever is."""
    return text.count("[") + text.count("{") > DEEPEST


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _with_whole_letters(value: Any) -> Any:
    """Return `value` with every half of a surrogate pair replaced, also in names."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return json.loads(whole)
    return value
