"""Decides which tools to call, and with which arguments, from the words of the conversation.

A tool is called freely only if the request clearly fits it, and not again for the same wish.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from emulator_302.rule_model.conversation import (
    BadRequest,
    Message,
    Tool,
    last_user,
    question,
    results,
    tool_results,
    user_texts,
)
from emulator_302.rule_model.hand_offs import each_agent
from emulator_302.rule_model.image_orders import orders_of
from emulator_302.rule_model.tool_fit import fit_of
from emulator_302.rule_model.tool_plan import Call, filled, planned_calls


def calls(
    body: Mapping[str, Any], messages: Sequence[Message], lines: Sequence[str] = ()
) -> tuple[Call, ...]:
    """Return the calls to make now; none if the model answers itself.

    Raises:
        BadRequest: `tool_choice` names a tool that is not offered.
    """
    tools = _tools(body)
    choice = body.get("tool_choice", "auto")
    if choice == "none" or not tools:
        return ()
    if isinstance(choice, Mapping):
        return _forced(tools, choice, messages, lines)
    planned = _plan(tools, messages, lines)
    open_calls = _not_yet_made(planned, messages)
    if not open_calls and choice == "required":
        return (_likeliest(tools, messages, lines),)
    return tuple(open_calls if body.get("parallel_tool_calls") is not False else open_calls[:1])


def _tools(body: Mapping[str, Any]) -> list[Tool]:
    tools: list[Tool] = []
    for entry in body.get("tools", ()):
        function = entry.get("function")
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            description = str(function.get("description") or "")
            tool = Tool(function["name"], description, function.get("parameters") or {})
            tools += each_agent(tool)
    return tools


def _forced(
    tools: list[Tool], choice: Mapping[str, Any], messages: Sequence[Message], lines: Sequence[str]
) -> tuple[Call, ...]:
    name = (choice.get("function") or {}).get("name")
    chosen = next((tool for tool in tools if tool.name == name), None)
    if chosen is None:
        raise BadRequest(f"Parameter error: tool_choice names {name!r}, which is not in tools")
    return (filled(chosen, _conversation(messages, lines)),)


def _likeliest(tools: list[Tool], messages: Sequence[Message], lines: Sequence[str]) -> Call:
    """Return a call though none is wanted: of the tool that fits best and was not called yet."""
    made = _made(messages)
    asked = question(messages)
    best = min(
        range(len(tools)),
        key=lambda place: (made[tools[place].name], -fit_of(tools[place], asked), place),
    )
    return filled(tools[best], _conversation(messages, lines))


def _plan(tools: list[Tool], messages: Sequence[Message], lines: Sequence[str]) -> list[Call]:
    """Return the calls that a request asks for, up to the first that needs a result to come."""
    given = tool_results(messages)
    orders, asked = orders_of(tools, question(messages))
    image_calls: list[Call] = []
    for order in orders:
        arguments = order.arguments([result.text for result in given])
        if arguments is None:
            break
        image_calls.append((order.tool.name, arguments))
    if orders:
        tools = [tool for tool in tools if tool not in [order.tool for order in orders]]
    return [*image_calls, *planned_calls(tools, asked, given, lines)]


def _not_yet_made(planned: list[Call], messages: Sequence[Message]) -> list[Call]:
    """Return the calls without those already answered: by number, as people may edit arguments."""
    made = _made(messages)
    still = []
    for name, arguments in planned:
        if made[name] > 0:
            made[name] -= 1
        else:
            still.append((name, arguments))
    return still


def _made(messages: Sequence[Message]) -> Counter[str]:
    return Counter(name for name, _ in results(messages))


def _conversation(messages: Sequence[Message], lines: Sequence[str]) -> str:
    """Return what a forced call's arguments may come from, the most telling first."""
    asked = question(messages)
    earlier = [] if last_user(messages) < 0 else user_texts(messages)[:-1][::-1]
    parts = [*(text for _, text in results(messages)), "\n".join(lines), asked, *earlier]
    return "\n".join(part for part in parts if part)
