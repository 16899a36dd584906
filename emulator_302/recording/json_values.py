"""JSON with its values changed, at any depth: what all of a recording's changes have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _same(name: str) -> str:
    return name


def changed(value: Any, leaf: Callable[[Any], Any], name: Callable[[str], str] = _same) -> Any:
    """Return JSON whose values have been changed.

    Args:
        value: The JSON. It stays as it is.
        leaf: Returns what stands in place of a value that is neither an object nor a list.
        name: Returns what an object's field is called then.
    """
    if isinstance(value, dict):
        return {name(field): changed(inner, leaf, name) for field, inner in value.items()}
    if isinstance(value, list):
        return [changed(inner, leaf, name) for inner in value]
    return leaf(value)


def changed_texts(
    value: Any, text: Callable[[str], str], name: Callable[[str], str] = _same
) -> Any:
    """Return JSON whose texts have been changed."""
    return changed(value, lambda one: text(one) if isinstance(one, str) else one, name)
