"""Names of tools on the wire: made valid for strict vendors, and mapped back to the caller's own.

Vendors refuse a request with any other name than `^[a-zA-Z0-9_-]{1,64}$`, while tools of MCP
servers have dots, slashes and spaces in theirs, and models call tools that nobody has. Names are
changed here and nowhere else, and mapped back in an answer's calls, so that no other module has to
know.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from core_302.endpoints.chat_reply import Choice, Completion
from core_302.endpoints.parsing import items, text_or_none

LONGEST_NAME = 64  # characters
ODD_LETTER = re.compile(r"[^a-zA-Z0-9_-]")
WELL_FORMED = re.compile(rf"[a-zA-Z0-9_-]{{1,{LONGEST_NAME}}}")
DIGEST_LENGTH = 8  # characters that keep two names distinct
NAMELESS = "unnamed"

OwnNames = Mapping[str, str]
"""The callers' own names of the tools whose names are changed, by their names on the wire."""
NO_NAMES: OwnNames = {}


def wire_name(name: str) -> str:
    """Return `name` as it may stand on the wire, the same for the same name.

    Where characters would be lost, a digest of the full name keeps it distinct.
    """
    if WELL_FORMED.fullmatch(name):
        return name
    if not name.strip():
        return NAMELESS
    legal = ODD_LETTER.sub("_", name)
    if name.isascii() and len(name) <= LONGEST_NAME and legal.strip("_-"):
        return legal
    return _with_digest(legal.strip("_") or NAMELESS, name)


def own_names(tools: Iterable[Any]) -> OwnNames:
    """Return the own names of those of `tools` whose names cannot go out as they are."""
    names = [name for tool in tools if (name := _name_of(tool, functions=True)) is not None]
    taken = {name for name in names if WELL_FORMED.fullmatch(name)}
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        if name not in taken:
            new = wire_name(name)
            found[_with_digest(new, name) if new in taken or new in found else new] = name
    return found


def with_wire_names(body: Mapping[str, Any], own: OwnNames) -> dict[str, Any]:
    """Return the body of a request in which every name of a tool is well-formed."""
    tools = body.get("tools") or ()
    changed = {name: on_the_wire for on_the_wire, name in own.items()}
    # A tool that is not a function is its vendor's own: Kimi's `$web_search` is called by this
    # name.
    vendors = {name for tool in tools if (name := _name_of(tool, functions=False)) is not None}

    def renamed(name: Any) -> str:
        name = text_or_none(name) or ""
        return name if name in vendors else changed.get(name) or wire_name(name)

    new = {**body, "messages": [_message(message, renamed) for message in body["messages"]]}
    if own:
        new["tools"] = [_with_name(tool, "function", renamed) for tool in tools]
        if isinstance(body.get("tool_choice"), Mapping):
            new["tool_choice"] = _choice(body["tool_choice"], renamed)
    return new


def with_own_names(completion: Completion, own: OwnNames) -> Completion:
    """Return a complete answer in whose calls each tool has its own name."""
    if not own:
        return completion
    choices = tuple(_own_calls(choice, own) for choice in completion.choices)
    return replace(completion, choices=choices)


def _own_calls(choice: Choice, own: OwnNames) -> Choice:
    calls = (replace(call, name=own.get(call.name, call.name)) for call in choice.tool_calls)
    return replace(choice, tool_calls=tuple(calls))


def _choice(choice: Mapping[str, Any], renamed: Callable[[Any], str]) -> Any:
    allowed = choice.get("allowed_tools")
    if not isinstance(allowed, Mapping):
        return _with_name(choice, "function", renamed)
    tools = [_with_name(tool, "function", renamed) for tool in items(allowed.get("tools"))]
    return {**choice, "allowed_tools": {**allowed, "tools": tools}}


def _message(message: Any, renamed: Callable[[Any], str]) -> Any:
    """Return a message whose calls, or whose result, name their tools in a well-formed way."""
    if not isinstance(message, Mapping):
        return message  # the gateway says what is wrong with it
    if calls := items(message.get("tool_calls")):
        calls = [_with_name(call, "function", renamed) for call in calls]
        message = {**message, "tool_calls": calls}
    if message.get("role") in ("tool", "function") and "name" in message:
        message = {**message, "name": renamed(message["name"])}
    return _with_name(message, "function_call", renamed)


def _with_name(value: Any, field: str, renamed: Callable[[Any], str]) -> Any:
    """Return `value` with the name of the function in its `field` changed, if there is one."""
    function = value.get(field) if isinstance(value, Mapping) else None
    if not isinstance(function, Mapping):
        return value
    return {**value, field: {**function, "name": renamed(function.get("name"))}}


def _name_of(tool: Any, *, functions: bool) -> str | None:
    """Return the name of a tool; None if it has none, or is not of the given type."""
    function = tool.get("function") if isinstance(tool, Mapping) else None
    if not isinstance(function, Mapping) or (tool.get("type") == "function") is not functions:
        return None
    return text_or_none(function.get("name"))


def _with_digest(name: str, whole: str) -> str:
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]
    return f"{name[: LONGEST_NAME - DIGEST_LENGTH - 1]}_{digest}"
