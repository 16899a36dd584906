"""The tool choice, from every framework's form to the wire's. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core_302.errors import InvalidInputError

if TYPE_CHECKING:
    from typing import TypeGuard

WORDS = {"any": "required", "required": "required", "auto": "auto", "none": "none"}


# A mapping with one of these describes a function, in one of the forms that frameworks read.
OF_FUNCTIONS = frozenset(
    {"name", "title", "properties", "parameters", "input_schema", "toolSpec", "inputSchema"}
)


def is_vendor_tool(tool: Any) -> TypeGuard[Mapping[str, Any]]:
    """Return whether `tool` is a mapping other than a function: it goes to its vendor as it is."""
    if not isinstance(tool, Mapping):
        return False
    kind = tool.get("type")
    if kind is None:
        return OF_FUNCTIONS.isdisjoint(tool) and "function" not in tool
    # Anthropic calls a function "custom", and OpenAI a tool that takes any text.
    return "custom" in tool if kind == "custom" else kind not in ("function", "object")


def nested(tool: Mapping[str, Any]) -> dict[str, Any]:
    """Return a function of OpenAI's Responses API, which is flat, as chat completions have it."""
    if tool.get("type") != "function" or "function" in tool:
        return dict(tool)
    return {"type": "function", "function": {n: v for n, v in tool.items() if n != "type"}}


def chosen_tool(choice: Any, tools: Sequence[Mapping[str, Any]]) -> str | dict[str, Any] | None:
    """Return `choice` in the wire's form; None and False send nothing.

    Raises:
        InvalidInputError: It names no tool of `tools`, or has an unknown form.
    """
    if choice is None or choice is False:
        return None
    if choice is True:
        return "required"
    if isinstance(choice, Mapping):
        return dict(choice)
    names = [tool["function"].get("name") for tool in tools if "function" in tool]
    if choice in names:
        return {"type": "function", "function": {"name": choice}}
    if isinstance(choice, str) and choice in WORDS:
        return WORDS[choice]
    raise InvalidInputError(
        f"tool_choice: {choice!r} is not one of the tools. Use one of {names}, or auto, none, any."
    )
