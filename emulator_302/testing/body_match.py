"""Says what a body lacks of what a test wants in it: fields, items, patterns, functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def lacking(body: Any, wanted: Any, where: str = "body") -> str:
    """Return the first thing that a body lacks, in a sentence; nothing if it has all.

    An object must have the wanted fields, and may have others; a list must have an item for each
    that is wanted; a text may be a pattern (`re.compile`), and any value a function that judges it.
    """
    if isinstance(wanted, re.Pattern):
        held = isinstance(body, str) and wanted.search(body)
        return "" if held else f"{where} is {body!r}, which does not match {wanted.pattern!r}"
    if callable(wanted):
        return "" if wanted(body) else f"{where} is {body!r}, and the function says no"
    if isinstance(wanted, Mapping):
        return _fields_lacking(body, wanted, where)
    if isinstance(wanted, (list, tuple)):
        return _items_lacking(body, list(wanted), where)
    return "" if body == wanted else f"{where} is {body!r}, not {wanted!r}"


def _fields_lacking(body: Any, wanted: Mapping[Any, Any], where: str) -> str:
    if not isinstance(body, Mapping):
        return f"{where} is {body!r}, which is not an object"
    for name, value in wanted.items():
        if name not in body:
            return f"{where} has no {name!r}"
        said = lacking(body[name], value, f"{where}[{name!r}]")
        if said:
            return said
    return ""


def _items_lacking(body: Any, wanted: list[Any], where: str) -> str:
    if not isinstance(body, list):
        return f"{where} is {body!r}, which is not a list"
    for item in wanted:
        if all(lacking(one, item) for one in body):
            return f"{where} has no item like {item!r}"
    return ""
