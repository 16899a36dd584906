"""A forced tool choice, for models that refuse one: requested in words instead.

Some reasoning models answer 400 to a `tool_choice` that forces a call, and call the same tool when
the prompt says so. So the choice is left to them, a named tool is sent alone, and a system message
says what is wanted (docs/decisions/0021-a-refused-tool-choice.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core_302.catalogue import facts_about

CALL_ONE = "Answer by calling one of the tools, and with nothing else."
CALL_THIS = "Answer by calling the tool {name}, and with nothing else."
OFF = "disabled"

Message = Mapping[str, Any]


def refuses_forced_choice(model: str, thinking: Mapping[str, Any] | None = None) -> bool:
    """Return whether a model is known to refuse a `tool_choice` that forces a call.

    Args:
        model: Its name.
        thinking: The vendor's thinking switch, as it is sent. A model whose thinking is switched
            off gets what the caller wrote.
    """
    switch = thinking.get("type") if thinking else None
    if switch == OFF:
        return False
    # The reasoning variants of a model have names of their own in the catalogue.
    names = [model] if switch is None else [model, f"{model}-thinking"]
    known = [facts for name in names if (facts := facts_about(name)) is not None]
    return any(facts.forced_tool_choice is False for facts in known)


def with_choice_in_words(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a request whose model must not be forced to call a tool."""
    choice = body.get("tool_choice")
    name = _named(choice)
    if name is None and choice not in ("required", "any"):
        return dict(body)
    new = {**body, "tool_choice": "auto"}
    words = CALL_ONE
    if name is not None:
        words = CALL_THIS.format(name=name)
        new["tools"] = [tool for tool in body.get("tools") or () if _named(tool) == name]
    new["messages"] = told(body["messages"], words)
    return new


def told(messages: Sequence[Message], words: str) -> list[Message]:
    """Return a conversation whose system message ends with `words`.

    They join a system message that comes first: many models take only one, and only there.
    """
    first = messages[0]
    if not isinstance(first, Mapping) or first.get("role") not in ("system", "developer"):
        return [{"role": "system", "content": words}, *messages]
    content = first.get("content")
    if isinstance(content, list):
        said: Any = [*content, {"type": "text", "text": words}]
    else:
        said = f"{content}\n\n{words}" if content else words
    return [{**first, "content": said}, *messages[1:]]


def _named(choice: Any) -> str | None:
    """Return the name in a choice of one function, or in a function."""
    function = choice.get("function") if isinstance(choice, Mapping) else None
    return str(function.get("name")) if isinstance(function, Mapping) else None
