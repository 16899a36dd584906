"""Settings that are declared once: a field of a dataclass says which values it takes.

Whoever makes one is told what is wrong with it, in Python, over HTTP and in a file alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, fields
from typing import Any, NamedTuple


class Takes(NamedTuple):
    """Which values a field takes, in words and as a test. `None` is always left out of it."""

    words: str
    fits: Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_strings(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)


LONGEST = 3600.0  # seconds
TEXT = Takes("text", lambda value: isinstance(value, str))
TEXTS = Takes("a list of texts", _is_strings)
NAMES = Takes("a name, or a list of names", lambda v: isinstance(v, str) or _is_strings(v))
YES_NO = Takes("true or false", lambda value: isinstance(value, bool))
SECONDS = Takes("seconds, 0 to 3600", lambda v: _is_number(v) and 0 <= v <= LONGEST)
COUNT = Takes("an integer, at least 0", lambda value: _is_integer(value) and value >= 0)
NUMBER_OF = Takes("an integer, at least 1", lambda value: _is_integer(value) and value >= 1)
SHARE = Takes("a number, 0 to 1", lambda value: _is_number(value) and 0 <= value <= 1)
RATE = Takes("a number above 0", lambda value: _is_number(value) and value > 0)
AMOUNT = Takes("a number, at least 0", lambda value: _is_number(value) and value >= 0)
INTEGER = Takes("an integer", _is_integer)
STATUS = Takes("an HTTP status, 200 to 599", lambda v: _is_integer(v) and 200 <= v <= 599)  # noqa: PLR2004
HEADERS = Takes(
    "names and values that are text",
    lambda v: (
        isinstance(v, Mapping) and all(isinstance(t, str) for item in v.items() for t in item)
    ),
)


def setting(default: Any, takes: Takes) -> Any:
    """Declare a field of a dataclass, with its default and the values that it takes."""
    if isinstance(default, dict):
        return field(default_factory=dict, metadata={"takes": takes})
    return field(default=default, metadata={"takes": takes})


def refuse_wrong(given: Any) -> None:
    """Check the fields of a dataclass that were declared with `setting`.

    Raises:
        ValueError: A value is not one that its field takes.
    """
    for entry in fields(given):
        takes, value = entry.metadata.get("takes"), getattr(given, entry.name)
        if takes is not None and value is not None and not takes.fits(value):
            kind = type(given).__name__
            raise ValueError(f"{entry.name} of a {kind} is not {takes.words}: {value!r}")


def known_fields(kind: Any, given: Any) -> dict[str, Any]:
    """Return what JSON says about a dataclass.

    Raises:
        ValueError: It is not an object, or has a field that the dataclass does not have.
    """
    if not isinstance(given, Mapping):
        raise ValueError(f"a {kind.__name__} is not a JSON object: {given!r}")
    unknown = set(given) - {entry.name for entry in fields(kind)}
    if unknown:
        raise ValueError(f"a {kind.__name__} has no field {', '.join(sorted(map(str, unknown)))}")
    return dict(given)


def set_fields(given: Any) -> dict[str, Any]:
    """Return the fields of a dataclass that are not at their defaults."""
    plain = type(given)()
    values = {entry.name: getattr(given, entry.name) for entry in fields(given)}
    return {name: value for name, value in values.items() if value != getattr(plain, name)}
