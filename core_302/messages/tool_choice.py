"""The choice among tools, from the words of every framework to the wire's. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core_302.errors import InvalidInputError

WORDS = {"any": "required", "required": "required", "auto": "auto", "none": "none"}


def chosen_tool(choice: Any, tools: Sequence[Mapping[str, Any]]) -> str | dict[str, Any] | None:
    """Return `choice` in the wire's form; None and False mean that nothing is said.

    Raises:
        InvalidInputError: It names no tool of `tools`, or is of no known form.
    """
    if choice is None or choice is False:
        return None
    if choice is True:
        return "required"
    if isinstance(choice, Mapping):
        return dict(choice)
    names = [tool.get("function", {}).get("name") for tool in tools]
    if choice in names:
        return {"type": "function", "function": {"name": choice}}
    if isinstance(choice, str) and choice in WORDS:
        return WORDS[choice]
    raise InvalidInputError(
        f"tool_choice: {choice!r} is no tool here. Use one of {names}, or auto, none, any."
    )
