"""How the gateway words an error: the envelopes of its body, and what their parts say.

`errors.py` decides what class they stand for. Source of the forms: 302.AI's API Document, its own
web tools, and captures of its relays.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from core_302.json_text import read_json


def retry_after_in(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the server asks to wait, or None if it says nothing usable.

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
    """Return an error body as JSON, or as text if it is none."""
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
    """Return what the server says went wrong, in one line; empty if it says nothing."""
    inner = _inner(body)
    if isinstance(inner, str):
        return " ".join(inner.split())
    for level in (inner, body):
        if not isinstance(level, Mapping):
            continue
        for name in ("message", "msg", "detail", "message_cn", "error"):
            value = level.get(name)
            if isinstance(value, str) and value.strip():
                return " ".join(value.split())
            if value and not isinstance(value, str):
                return json.dumps(value, ensure_ascii=False, default=str)
    return ""


def code_in(body: Any) -> int | str | None:
    """Return the gateway's own code, as a number where it is one, or None."""
    inner = _inner(body)
    for level in (inner, body):
        if not isinstance(level, Mapping):
            continue
        for name in ("err_code", "code"):
            value = level.get(name)
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            if isinstance(value, str) and value:
                return int(value) if value.removeprefix("-").isdecimal() else value
    return None


def status_in(body: Mapping[str, Any]) -> int | None:
    """Return the HTTP status that an envelope under HTTP 200 carries as its code."""
    code = code_in(body)
    return code if isinstance(code, int) and 400 <= code < 600 else None
