"""How the gateway reports an error: the envelopes of its body, and their parts.

`from_reply.py` decides which class they stand for. Source of the forms: 302.AI's API Document, its
own web tools, and captures of its relays.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from core_302.json_text import read_json

Code = int | str

WORDS = ("message", "msg", "detail", "message_cn", "error_msg", "error_message", "error")
CODES = ("err_code", "code")
STATUSES = (*CODES, "status_code", "http_code", "http_status", "status")


def retry_after_in(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the server asks to wait, or None if it sends nothing usable.

    `retry-after-ms`, then `Retry-After` as seconds or as a date (RFC 9110, 10.2.3). A date is
    compared with the reply's own `Date`, which needs no clock here and forgives a wrong one there.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * unit
        except (KeyError, ValueError):
            continue
        return seconds if math.isfinite(seconds) and seconds >= 0 else None
    try:
        then = parsedate_to_datetime(headers["retry-after"])
        return max(0.0, (then - parsedate_to_datetime(headers["date"])).total_seconds())
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def parsed(body: bytes) -> Any:
    """Return an error body as JSON, or as text if it is not JSON."""
    text = body.decode("utf-8", "replace").strip()
    try:
        return read_json(text)
    except ValueError:
        return text


def _inner(body: Any) -> Any:
    """Return the part of an envelope that describes the error."""
    if not isinstance(body, Mapping):
        return body
    data = body.get("data")
    for candidate in (body.get("error"), data.get("error") if isinstance(data, Mapping) else None):
        if candidate:
            return candidate
    return body


def words_in(body: Any) -> str:
    """Return the server's message in one line; empty if there is none."""
    inner = _inner(body)
    if isinstance(inner, str):
        return " ".join(inner.split())
    for level in (inner, body):
        if not isinstance(level, Mapping):
            continue
        for name in WORDS:
            value = level.get(name)
            if isinstance(value, str) and value.strip():
                return " ".join(value.split())
            if value and not isinstance(value, str):
                return json.dumps(value, ensure_ascii=False, default=str)
    return ""


def code_in(body: Any) -> int | str | None:
    """Return the gateway's own code, as a number where it is one, or None."""
    return next((code for name in CODES for code in _codes(body, name)), None)


def status_in(body: Any) -> int | None:
    """Return the HTTP status that an envelope under HTTP 200 carries, as its code or beside it."""
    for name in STATUSES:
        for code in _codes(body, name):
            if isinstance(code, int) and 400 <= code < 600:
                return code
    return None


def type_in(body: Any) -> str | None:
    """Return the word for the kind of error, such as "rate_limit_error", or None."""
    inner = _inner(body)
    kind = inner.get("type") if isinstance(inner, Mapping) else None
    return kind if isinstance(kind, str) and kind else None


def _codes(body: Any, name: str) -> Iterator[int | str]:
    """Yield what an envelope says under `name`, from the inside out."""
    for level in (_inner(body), body):
        code = as_code(level.get(name)) if isinstance(level, Mapping) else None
        if code not in (None, ""):
            yield code


def as_code(value: Any) -> Code | None:
    """Return a code as a number where it is one, as text, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    return value if isinstance(value, int | str) else None
