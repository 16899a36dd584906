"""Decides which tools to call, and with which arguments, from the words of the conversation.

A tool is called freely only if the request clearly fits it, and not again for the same wish.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulator_302.arithmetic import asked_sum
from emulator_302.conversation import (
    BadRequest,
    Message,
    last_user,
    question,
    results,
    user_texts,
)
from emulator_302.evidence import Evidence
from emulator_302.meanings import keys_of
from emulator_302.schema_fill import fill
from emulator_302.wording import sentences, stem, stems, word_set, words

Call = tuple[str, dict[str, Any]]
PLACES = word_set("location city place town country")
# Words of a name that say nothing about when a tool fits.
GENERIC = frozenset(
    stem(word)
    for word in word_set(
        "fetch lookup look run call do set query retrieve read tool function func my get "
        "compute perform execute return returns given input output value string data new"
    )
)
SUMS = frozenset(
    stem(word)
    for word in word_set(
        "add adder addition sum plus math maths calculate calculator calculation "
        "arithmetic multiply product subtract divide"
    )
)
OPERATION = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
CLEAR, SURE = 1.0, 2.0
USE_TOOL = re.compile(r"\b(?:use|using|call|with) (?:the|a|your|this) tools?\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Tool:
    """One tool that a request offers."""

    name: str
    description: str
    schema: Mapping[str, Any]


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
    wanted = _wanted(tools, question(messages))
    planned = [call for tool in wanted for call in _planned(tool, messages)]
    open_calls = _not_yet_made(planned, messages)
    if not open_calls and choice == "required":
        return (_likeliest(tools, messages, lines),)
    return tuple(open_calls if body.get("parallel_tool_calls") is not False else open_calls[:1])


def _tools(body: Mapping[str, Any]) -> list[_Tool]:
    tools = []
    for entry in body.get("tools", ()):
        function = entry.get("function")
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            description = str(function.get("description") or "")
            tools.append(_Tool(function["name"], description, function.get("parameters") or {}))
    return tools


def _forced(
    tools: list[_Tool], choice: Mapping[str, Any], messages: Sequence[Message], lines: Sequence[str]
) -> tuple[Call, ...]:
    name = (choice.get("function") or {}).get("name")
    chosen = next((tool for tool in tools if tool.name == name), None)
    if chosen is None:
        raise BadRequest(f"Parameter error: tool_choice names {name!r}, which is not in tools")
    return (_filled(chosen, _conversation(messages, lines)),)


def _likeliest(tools: list[_Tool], messages: Sequence[Message], lines: Sequence[str]) -> Call:
    """Return a call though none is wanted: of the tool that fits best and was not called yet."""
    made = _made(messages)
    asked = question(messages)
    best = min(
        range(len(tools)),
        key=lambda place: (made[tools[place].name], -_fit(tools[place], asked), place),
    )
    return _filled(tools[best], _conversation(messages, lines))


def _wanted(tools: list[_Tool], asked: str) -> list[_Tool]:
    """Return the tools that a request clearly asks for, those sure to be meant before all."""
    rated = [(_fit(tool, asked), tool) for tool in tools]
    named = [tool for fit, tool in rated if fit >= SURE]
    if named:
        return named
    fitting = [tool for fit, tool in rated if fit >= CLEAR]
    if not fitting and len(tools) == 1 and USE_TOOL.search(asked):
        return tools
    return fitting


def _fit(tool: _Tool, asked: str) -> float:
    """Return how well a tool fits: under `CLEAR` it does not, from `SURE` on it is named."""
    spaced = re.escape(tool.name).replace("_", r"[_\s-]")
    if re.search(rf"(?<!\w){spaced}(?!\w)", asked, re.IGNORECASE):
        return SURE
    said = stems(asked)
    said_all = {stem(word) for word in words(asked)}
    name = {stem(word) for word in words(tool.name)} - GENERIC
    summed = _sum_fit(name, asked)
    if summed:
        return summed
    first = sentences(tool.description)[:1]
    about = stems(" ".join(first)) - GENERIC
    parameters = {stem(w) for key in tool.schema.get("properties", {}) for w in words(key)}
    in_name = name & said_all
    others = ((about | parameters) & said) - name - GENERIC
    if name and in_name == name:
        return CLEAR + 0.5
    if in_name and (others or len(in_name) > 1):
        return CLEAR + 0.1 * len(in_name | others)
    if len(others & about) >= min(3, max(2, len(about) // 2)):
        return CLEAR
    return 0.1 * (len(in_name) + len(others))


def _sum_fit(name: set[str], asked: str) -> float:
    """Return the fit of a tool for sums, if there is one to solve."""
    solved = asked_sum(asked) if name & SUMS else None
    if solved is None:
        return 0.0
    one = {stem(name) for sign, name in OPERATION.items() if sign in solved[0]}
    special = name & {stem(word) for word in OPERATION.values()}
    return CLEAR + 0.5 if not special or special & one else 0.0


def _planned(tool: _Tool, messages: Sequence[Message]) -> list[Call]:
    """Return the calls of one tool for a request: one for each object it names."""
    asked = question(messages)
    written = re.findall(rf"(?<!\w){re.escape(tool.name)}\(([^()]*)\)", asked)
    if written:
        return [_filled(tool, given) for given in written]
    return [_filled(tool, text) for text in _for_each_place(tool, asked)]


def _for_each_place(tool: _Tool, asked: str) -> list[str]:
    """Return the request once for each place, if the tool takes one place at a time."""
    properties = tool.schema.get("properties", {})
    takes = [key for key, inner in properties.items() if keys_of(key) & PLACES
             and inner.get("type") != "array"]
    evidence = Evidence(asked)
    places = evidence.places()
    if len(takes) != 1 or len(places) < 2:  # noqa: PLR2004 - one place needs no splitting
        return [asked]
    return [f"{takes[0]}: \"{place}\"\n{asked}" for place in places]


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


def _filled(tool: _Tool, text: str) -> Call:
    filled = fill({"type": "object", **tool.schema}, text)
    return tool.name, filled if isinstance(filled, dict) else {}


def _conversation(messages: Sequence[Message], lines: Sequence[str]) -> str:
    """Return what a forced call's arguments may come from, the most telling first."""
    asked = question(messages)
    earlier = [] if last_user(messages) < 0 else user_texts(messages)[:-1][::-1]
    parts = [*(text for _, text in results(messages)), "\n".join(lines), asked, *earlier]
    return "\n".join(part for part in parts if part)
