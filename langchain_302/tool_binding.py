"""Tools and the choice among them, from LangChain's forms to the wire's. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from core_302.errors import InvalidInputError

WORDS = {"any": "required", "required": "required", "auto": "auto", "none": "none"}


def wire_tools(
    tools: Sequence[Mapping[str, Any] | type | Callable[..., Any] | BaseTool],
    *,
    strict: bool | None = None,
) -> list[dict[str, Any]]:
    """Return `tools` in the wire's form."""
    return [convert_to_openai_tool(tool, strict=strict) for tool in tools]


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
