"""Tools on their way to a model, and its calls on their way back. Nothing here does I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llama_index.core.base.llms.types import ChatResponse, ToolCallBlock
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.tools.types import BaseTool
from pydantic_core import from_json

from core_302.errors import MalformedReplyError
from core_302.messages.tool_choice import chosen_tool, is_vendor_tool, nested


def tool_options(
    tools: Sequence[BaseTool | Mapping[str, Any]],
    choice: Any,
    *,
    required: bool,
    parallel: bool,
    strict: bool | None,
) -> dict[str, Any]:
    """Return the options of a call that may use `tools`; without any, no tool options.

    Args:
        tools: The tools.
        choice: "auto", "none", "any" or "required" or True, a tool's name, or the wire's own form.
        required: Whether the model must call one, if `choice` is not set.
        parallel: Whether it may call several at once, which is the wire's default.
        strict: Require arguments to match the schema exactly, where the model can.

    Raises:
        InvalidInputError: `choice` names no tool of the list.
    """
    if not tools:
        return {}
    wire = [wire_tool(tool) for tool in tools]
    if strict is not None:
        wire = [_with_strict(tool, strict=strict) for tool in wire]
    options = {
        "tools": tuple(wire),
        "tool_choice": chosen_tool(True if choice is None and required else choice, wire),
        "parallel_tool_calls": None if parallel else False,
    }
    return {name: value for name, value in options.items() if value is not None}


def wire_tool(tool: BaseTool | Mapping[str, Any]) -> dict[str, Any]:
    """Return a tool in the wire's form, under its own name; a mapping is in that form already.

    LlamaIndex would change the name, and the answer's call would find no tool of that name.
    """
    if isinstance(tool, Mapping):
        return nested(tool)
    wire: dict[str, Any] = tool.metadata.to_openai_tool(skip_length_check=True)
    return {**wire, "function": {**wire["function"], "name": tool.metadata.get_name()}}


def _with_strict(tool: dict[str, Any], *, strict: bool) -> dict[str, Any]:
    if is_vendor_tool(tool):
        return tool
    return {**tool, "function": {**tool["function"], "strict": strict}}


def first_call_only(response: ChatResponse) -> ChatResponse:
    """Return a response with its first tool call alone, for callers without parallel calls."""
    calls = [block for block in response.message.blocks if isinstance(block, ToolCallBlock)]
    dropped = {id(call) for call in calls[1:]}
    if not dropped:
        return response
    kept = {**response.message.additional_kwargs}
    kept["tool_calls"] = kept.get("tool_calls", [])[:1]
    blocks = [block for block in response.message.blocks if id(block) not in dropped]
    message = response.message.model_copy(update={"blocks": blocks, "additional_kwargs": kept})
    return response.model_copy(update={"message": message})


def tool_selections(response: ChatResponse) -> list[ToolSelection]:
    """Return the tool calls of a response; for a chunk of a stream, with the arguments so far.

    Raises:
        MalformedReplyError: The response is complete, and a call names no tool, or its arguments
            are not a JSON object.
    """
    whole = response.delta is None or "finish_reason" in response.additional_kwargs
    calls = [block for block in response.message.blocks if isinstance(block, ToolCallBlock)]
    return [
        ToolSelection(
            tool_id=call.tool_call_id or "",
            tool_name=_name(call),
            tool_kwargs=_arguments(call, whole=whole),
        )
        for call in calls
    ]


def _name(call: ToolCallBlock) -> str:
    if not call.tool_name:
        raise MalformedReplyError(
            f"The model called a tool without a name, with {str(call.tool_kwargs)[:200]}"
        )
    return call.tool_name


def _arguments(call: ToolCallBlock, *, whole: bool) -> dict[str, Any]:
    if isinstance(call.tool_kwargs, dict):
        return call.tool_kwargs
    if not call.tool_kwargs.strip():
        return {}
    try:
        found = from_json(call.tool_kwargs, allow_partial="off" if whole else "trailing-strings")
        if isinstance(found, dict):
            return found
    except ValueError:
        if not whole:
            return {}
    # A partial argument is never the argument: an agent must not run this, nor take it for an
    # answer.
    raise MalformedReplyError(
        f"The model called {call.tool_name!r} with arguments that are not a JSON object: "
        f"{call.tool_kwargs[:200]!r}. If the finish reason is 'length', raise max_tokens."
    )
