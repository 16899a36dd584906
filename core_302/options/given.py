"""What counts as given, and how values are read that people and models write in forms of their own.

Models fill the arguments that they do not need with "" or null. That is decided here, once, for
every class of paid jobs and of tools' arguments: an empty text in an optional field is no value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, model_validator

RATIO = re.compile(r"(\d{1,2}) ?(?:[:/x*-]|by|to) ?(\d{1,2})")
SAME_SIGN = str.maketrans({"\u00d7": "x", "\u2236": ":", "\u2013": "-"})  # times, ratio, dash
LONGEST_REPEATED = 80  # characters of a value that an error or a note repeats
SIZE = re.compile(r"(\d{1,5}) ?[x*] ?(\d{1,5})")
FORMATS = {"jpg": "jpeg", "jpe": "jpeg", "jfif": "jpeg", "tif": "tiff"}


class Given(BaseModel):
    """A class whose optional fields may be left empty: "" and null are as if not given."""

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_is_empty(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
        return {n: v for n, v in values.items() if n not in optional or not is_empty(v)}


def is_empty(value: Any) -> bool:
    """Tell whether `value` stands for "not given": null, a blank text, or a list of such."""
    if isinstance(value, (list, tuple)):
        return bool(value) and all(is_empty(entry) for entry in value)
    return value is None or (isinstance(value, str) and not value.strip())


def ratio_as_written(value: Any) -> Any:
    """Return an aspect ratio as the gateway spells it: `16:9` for 16x9, 16/9, 16 : 9."""
    if not isinstance(value, str):
        return value
    plain = unicodedata.normalize("NFKC", value).translate(SAME_SIGN)
    found = RATIO.fullmatch(" ".join(plain.lower().split()))
    return f"{int(found[1])}:{int(found[2])}" if found else value


def size_as_written(value: Any) -> Any:
    """Return a size in pixels in one spelling: `1024x768` for 1024 X 768, 1024*768."""
    if not isinstance(value, str):
        return value
    plain = unicodedata.normalize("NFKC", value).translate(SAME_SIGN)
    found = SIZE.fullmatch(" ".join(plain.lower().strip().removesuffix("px").split()))
    return f"{int(found[1])}x{int(found[2])}" if found else value.strip()


def format_as_written(value: Any) -> Any:
    """Return an image's format as the gateway spells it: `jpeg` for jpg, .JPG, image/jpeg."""
    if not isinstance(value, str):
        return value
    plain = value.strip().lower().removeprefix("image/").lstrip(".")
    return FORMATS.get(plain, plain)


def word_as_written(value: Any) -> Any:
    """Return one of several words, which may be in any case, in lower case."""
    return value.strip().lower() if isinstance(value, str) else value
