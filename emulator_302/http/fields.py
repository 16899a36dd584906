"""The fields of an image request, checked like a strict gateway: 422, and the field's name.

A form has strings only, so an integer may come as its digits there, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from emulator_302.http.forms import Upload
from emulator_302.http.refusals import Refusal, UnknownField

Kind = Callable[[Any], bool]
DIGITS = re.compile(r"-?\d{1,9}")


def text(value: Any) -> bool:
    """Return whether a value is a string."""
    return isinstance(value, str)


def integer(value: Any) -> bool:
    """Return whether a value is an integer."""
    return isinstance(value, int) and not isinstance(value, bool)


def image(value: Any) -> bool:
    """Return whether a value is a link, a data URI or a file."""
    return isinstance(value, (str, Upload))


def images(value: Any) -> bool:
    """Return whether a value is one image, or several."""
    return image(value) or (isinstance(value, list) and all(map(image, value)))


def files(value: Any) -> bool:
    """Return whether a value is one file of a form, or several."""
    entries = value if isinstance(value, list) else [value]
    return all(isinstance(entry, Upload) for entry in entries)


def checked(
    body: Any,
    kinds: Mapping[str, Kind],
    required: tuple[str, ...],
    *,
    form: bool,
    others: Kind = lambda _: False,
) -> dict[str, Any]:
    """Return the fields of a body without its nulls.

    Args:
        body: What the request says.
        kinds: The known fields.
        required: Those that must be there, and not empty.
        form: Whether the body came as a form.
        others: Whether an unknown field may hold this value.

    Raises:
        Refusal: A field is missing, unknown or of the wrong type.
    """
    if not isinstance(body, dict):
        raise wrong("the body is neither a JSON object nor a form")
    given = {name: value for name, value in body.items() if value is not None}
    for name, value in given.items():
        if form and kinds.get(name) is integer and text(value) and DIGITS.fullmatch(value):
            given[name] = int(value)
        elif name not in kinds and not others(value):
            raise UnknownField(422, name)
        elif name in kinds and not kinds[name](value):
            raise wrong(f"{name!r} has the wrong type")
    for name in required:
        if given.get(name) in (None, "", []):
            raise wrong(f"{name} is missing")
    return given


def wrong(what: str) -> Refusal:
    """Return the refusal of a wrong parameter."""
    return Refusal(422, -10003, f"Parameter error: {what}")
