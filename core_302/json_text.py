"""JSON from strangers, read within limits: how deep it may nest, and that its strings are Unicode.

What is read here can be walked, shown, stored and sent by anybody's code. Python's own reader lets
two things through that break whatever comes after it: nesting just below the stack's limit, and
lone surrogates, which no encoder accepts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from pydantic_core import from_json

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONG = 10_000  # letters, or bytes: in a shorter text, to count takes less than to search
DEEPEST = 100  # levels; a list of lists is two
TOO_DEEP = "it nests too deeply"


def without_lone_surrogates(value: Any) -> Any:
    """Return plain values with every lone surrogate replaced, also in names."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return json.loads(whole)
    return value


def read_json(text: str | bytes, repair: Callable[[Any], Any] = without_lone_surrogates) -> Any:
    """Parse `text`. A lone surrogate becomes U+FFFD, as in broken UTF-8.

    Args:
        text: The JSON.
        repair: Called with values that hold lone surrogates, in place of that replacement. It is
            called for some values without any, too.

    Raises:
        ValueError: It is not JSON, or nests too deeply. The error does not hold the text, which may
            repeat a secret: crash reports show the attributes of errors.
    """
    try:
        # Takes less than half the time of Python's parser, and runs for each token.
        value = from_json(text)
    except (ValueError, TypeError):  # it refuses strings with lone surrogates
        value = _read_as_python_does(text, repair)
    if _may_be_deep(text) and _is_deep(value):
        raise ValueError(TOO_DEEP)
    return value


def _read_as_python_does(text: str | bytes, repair: Callable[[Any], Any]) -> Any:
    """Parse what the faster parser refuses: lone surrogates and a byte order mark."""
    try:
        if isinstance(text, bytes):
            # Strictly: `json.loads` itself would let lone surrogates through.
            text = text.removeprefix(BYTE_ORDER_MARK).decode()
        return repair(json.loads(text))
    except RecursionError:
        problem = TOO_DEEP
    except ValueError as error:
        problem = str(error)
    raise ValueError(problem)


def holds_more_than(most: int, sign: str, text: str | bytes) -> bool:
    """Return whether `sign`, a character of ASCII, is in a long text more than `most` times.

    To count passes every letter, so that 31 MiB take longer to count than to parse. The search for
    the next one passes what is between at the speed of memory, and ends at the limit.
    """
    wanted: Any = sign.encode() if isinstance(text, bytes) else sign
    place = -1
    for _ in range(most + 1):
        place = text.find(wanted, place + 1)
        if place < 0:
            return False
    return True


def _may_be_deep(text: str | bytes) -> bool:
    """Return, by looking for brackets alone, whether a closer look is needed; it hardly ever is."""
    if len(text) > LONG:
        most = DEEPEST // 2  # of one of the two kinds, there must be half as many
        return holds_more_than(most, "[", text) or holds_more_than(most, "{", text)
    if isinstance(text, bytes):
        return text.count(b"[") + text.count(b"{") > DEEPEST
    return text.count("[") + text.count("{") > DEEPEST


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _containers_in(outer)]
        if not level:
            return False
    return True


def _containers_in(value: Any) -> Iterator[Any]:
    inside = value.values() if isinstance(value, dict) else value
    return (inner for inner in inside if isinstance(inner, dict | list))
