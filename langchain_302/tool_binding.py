"""Tools, from LangChain's forms to the wire's. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from core_302.messages.tool_choice import is_vendor_tool, nested


def wire_tools(
    tools: Sequence[Mapping[str, Any] | type | Callable[..., Any] | BaseTool],
    *,
    strict: bool | None = None,
) -> list[dict[str, Any]]:
    """Return `tools` in the wire's form; a vendor's own, which LangChain does not know, as is."""
    return [_wire_tool(tool, strict=strict) for tool in tools]


def _wire_tool(tool: Any, *, strict: bool | None) -> dict[str, Any]:
    if is_vendor_tool(tool):
        return dict(tool)
    given = nested(tool) if isinstance(tool, Mapping) else tool
    return convert_to_openai_tool(given, strict=strict)
