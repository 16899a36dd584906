"""The tool calls of a complete message: what a model wants run, with which arguments.

The tool calls of a stream come in chunks: see `core_302.endpoints.tool_call_deltas`.
"""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core_302.endpoints.parsing import check_number, items, text_or_none
from core_302.endpoints.provider_details import DetailsReader
from core_302.json_text import read_json

# What some servers write where they have no id: "null" and its like.
NO_IDS = frozenset({"null", "none", "undefined", "nil"})
# Nine letters and digits: Mistral refuses any other form, and everybody takes this one.
CALL_ID_LENGTH = 9
CALL_ID_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class ToolCall:
    """A tool call of the model. `arguments` is the JSON text as it came, maybe broken."""

    id: str
    name: str
    arguments: str

    def known_name(self) -> str:
        """Return the name of the tool.

        Raises:
            ValueError: The model named no tool.
        """
        if not self.name:
            raise ValueError("the call does not name a tool")
        return self.name

    def read_arguments(self) -> dict[str, Any]:
        """Return the arguments; none, or null, are an empty object.

        Raises:
            ValueError: They are not a JSON object.
        """
        arguments = read_json(self.arguments) if self.arguments.strip() else None
        if arguments is None:
            return {}
        if not isinstance(arguments, dict):
            raise ValueError("the arguments are not a JSON object")
        return arguments


def read_tool_calls(
    message: Mapping[str, Any], details: DetailsReader | None = None
) -> tuple[ToolCall, ...]:
    """Read the calls of a complete message.

    Each gets a unique id. A call without a name is kept, since the model did request something, but
    it is never run. An empty one is dropped. What their vendor wants back of them is noted in
    `details`.
    """
    calls: dict[str, ToolCall] = {}
    found = calls_in(message)
    check_number(len(found), "tool calls")
    for call in found:
        function = call.get("function") if isinstance(call, Mapping) else None
        if not isinstance(function, Mapping):
            continue
        given = vendor_id(call.get("id"))
        name = text_or_none(function.get("name")) or ""
        arguments = arguments_text(function.get("arguments"))
        if arguments.strip() == "null":  # as some servers write none
            arguments = ""
        if not (given or name or arguments):
            continue
        call_id = given if given and given not in calls else new_call_id()
        calls[call_id] = ToolCall(call_id, name, arguments)
        if details is not None:
            details.add_call(call_id, call)
    return tuple(calls.values())


def calls_in(message: Mapping[str, Any]) -> list[Any]:
    """Return the tool calls of a message or a delta, or its one call in the form before them."""
    calls = items(message.get("tool_calls"))
    if calls or "function_call" not in message:
        return calls
    function = message["function_call"]
    if not isinstance(function, Mapping) or not any(map(function.get, ("name", "arguments"))):
        return []  # some vendors send it empty in every message
    return [{"function": function}]


def vendor_id(value: Any) -> str:
    """Return the id of a tool call as the vendor gave it; empty if it is not an id."""
    given = text_or_none(value) or ""
    return "" if given.lower() in NO_IDS else given


def new_call_id() -> str:
    """Make an id for a tool call that came without one; it is made once only."""
    return "".join(secrets.choice(CALL_ID_LETTERS) for _ in range(CALL_ID_LENGTH))


def arguments_text(arguments: Any) -> str:
    """Return a tool call's arguments as JSON text; some vendors send the object itself."""
    if isinstance(arguments, str):
        return arguments
    return "" if arguments is None else json.dumps(arguments, ensure_ascii=False)
