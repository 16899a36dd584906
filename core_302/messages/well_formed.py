"""One message of a history, repaired for a strict vendor. Pure functions.

What models and tools have written is repaired, since nobody can write it again: broken arguments
and lone surrogates would end every later turn of the conversation. What the program itself wrote is
not: an error says what is wrong with it. Names of tools are changed in `endpoints/tool_names.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from core_302.endpoints.tool_names import wire_name
from core_302.json_text import without_lone_surrogates

UNREADABLE = "unreadable_arguments"
"""The name under which arguments that are not a JSON object are kept."""
# Other names of the wire's roles; an unknown role is sent as it is, since some vendors have their
# own.
ROLES = {
    "human": "user",
    "ai": "assistant",
    "bot": "assistant",
    "chatbot": "assistant",
    "model": "assistant",
}
TEXT_FIELDS = ("content", "reasoning_content")

Message = dict[str, Any]


def well_formed(message: Message) -> Message:
    """Return a message of a conversation as a strict vendor accepts it."""
    role = ROLES.get(str(message.get("role")), message.get("role"))
    message = {**message, "role": role}
    if isinstance(message.get("name"), str) and role != "tool":
        message["name"] = wire_name(message["name"])
    if role == "tool":
        message["tool_call_id"] = _id(message.get("tool_call_id"))
    if role in ("tool", "assistant"):
        message |= {n: without_lone_surrogates(message[n]) for n in TEXT_FIELDS if n in message}
    if message.get("tool_calls"):
        message["tool_calls"] = [_call(call) for call in message["tool_calls"]]
    return message


def object_text(arguments: Any) -> str:
    """Return the arguments of a call as the JSON text of an object, which is what they must be.

    None, or null, are an empty object. Anything else is kept as text in an object, for the model to
    see.
    """
    text = arguments if isinstance(arguments, str) else ""
    if text.strip() in ("", "null"):
        return "{}"
    try:
        if isinstance(from_json(text, allow_inf_nan=False), dict):
            return text
    except (ValueError, TypeError):  # the latter for lone surrogates
        pass
    try:
        value = json.loads(text, parse_constant=str)  # NaN is not JSON
    except (ValueError, RecursionError):
        value = text
    value = value if isinstance(value, dict) else {UNREADABLE: text}
    return json.dumps(without_lone_surrogates(value), ensure_ascii=False)


def text_of(content: Any) -> str:
    """Return the text of a message's content."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    texts = (part.get("text") for part in parts if isinstance(part, Mapping))
    return "\n".join(text for text in texts if isinstance(text, str))


def _call(call: Message) -> Message:
    function = {**call["function"]}
    function["arguments"] = object_text(function.get("arguments"))
    return {**call, "id": _id(call.get("id")), "function": function}


def _id(given: Any) -> str:
    return "" if given is None else without_lone_surrogates(str(given))
