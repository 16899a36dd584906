"""Decides which tools to call, and with which arguments, from the words of the conversation.

A tool is called freely only if the request clearly fits it, and not again for the same wish.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from emulator_302.rule_model.arithmetic import asked_sum
from emulator_302.rule_model.conversation import (
    BadRequest,
    Message,
    Tool,
    last_user,
    question,
    results,
    user_texts,
)
from emulator_302.rule_model.image_orders import orders_of
from emulator_302.rule_model.property_meanings import keys_of
from emulator_302.rule_model.schema_fill import fill
from emulator_302.rule_model.text_values import Evidence
from emulator_302.rule_model.wording import sentences, stem, stems, word_set, words

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
# A step that works on what the one before it gave.
REFERS = re.compile(r"\b(?:output|result|it|that|sum|product|answer)\b", re.IGNORECASE)
CLAUSES = re.compile(r"(?:[.;?!,]\s+)(?:and\s+|then\s+)*|\s+(?:and\s+then|then|and)\s+(?!\d)")
USE_TOOL = re.compile(r"\b(?:use|using|call|with) (?:the|a|your|this) tools?\b", re.IGNORECASE)


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
    tools = []
    for entry in body.get("tools", ()):
        function = entry.get("function")
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            description = str(function.get("description") or "")
            tools.append(Tool(function["name"], description, function.get("parameters") or {}))
    return tools


def _forced(
    tools: list[Tool], choice: Mapping[str, Any], messages: Sequence[Message], lines: Sequence[str]
) -> tuple[Call, ...]:
    name = (choice.get("function") or {}).get("name")
    chosen = next((tool for tool in tools if tool.name == name), None)
    if chosen is None:
        raise BadRequest(f"Parameter error: tool_choice names {name!r}, which is not in tools")
    return (_filled(chosen, _conversation(messages, lines)),)


def _likeliest(tools: list[Tool], messages: Sequence[Message], lines: Sequence[str]) -> Call:
    """Return a call though none is wanted: of the tool that fits best and was not called yet."""
    made = _made(messages)
    asked = question(messages)
    best = min(
        range(len(tools)),
        key=lambda place: (made[tools[place].name], -_fit(tools[place], asked), place),
    )
    return _filled(tools[best], _conversation(messages, lines))


def _wanted(tools: list[Tool], asked: str) -> list[Tool]:
    """Return the tools that a request clearly asks for, those sure to be meant before all."""
    rated = [(_fit(tool, asked), tool) for tool in tools]
    named = [tool for fit, tool in rated if fit >= SURE]
    if named:
        return named
    fitting = [tool for fit, tool in rated if fit >= CLEAR]
    if not fitting and len(tools) == 1 and USE_TOOL.search(asked):
        return tools
    return fitting


def _fit(tool: Tool, asked: str) -> float:
    """Return how well a tool fits: under `CLEAR` it does not, from `SURE` on it is named."""
    if _is_named(tool, asked):
        return SURE
    said = stems(asked)
    said_all = {stem(word) for word in words(asked)}
    name = (stems(tool.name) or {stem(word) for word in words(tool.name)}) - GENERIC
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


def _is_named(tool: Tool, asked: str) -> bool:
    """Return whether the text names the tool; a plain word such as "search" is not a name."""
    name = re.escape(tool.name).replace("_", r"[_\s-]")
    if re.fullmatch(r"[A-Za-z]?[a-z]+", tool.name):
        name = rf"(?:\b{name}\(|[`'\"]{name}[`'\"]|\b{name} tool\b|\btool {name}\b)"
        return bool(re.search(name, asked, re.IGNORECASE))
    return bool(re.search(rf"(?<!\w){name}(?!\w)", asked, re.IGNORECASE))


def _sum_fit(name: set[str], asked: str) -> float:
    """Return the fit of a tool for sums, if there is one to solve."""
    solved = asked_sum(asked) if name & SUMS else None
    if solved is None:
        return 0.0
    one = {stem(name) for sign, name in OPERATION.items() if sign in solved[0]}
    special = name & {stem(word) for word in OPERATION.values()}
    return CLEAR + 0.5 if not special or special & one else 0.0


def _plan(tools: list[Tool], messages: Sequence[Message], lines: Sequence[str]) -> list[Call]:
    """Return the calls that a request asks for, up to the first that needs a result to come."""
    given = [text for _, text in results(messages)]
    orders, asked = orders_of(tools, question(messages))
    image_calls: list[Call] = []
    for order in orders:
        arguments = order.arguments(given)
        if arguments is None:
            break
        image_calls.append((order.tool.name, arguments))
    if orders:
        tools = [tool for tool in tools if tool not in [order.tool for order in orders]]
    return [*image_calls, *_planned(tools, asked, given, lines)]


def _planned(
    tools: list[Tool], asked: str, given: Sequence[str], lines: Sequence[str]
) -> list[Call]:
    """Return the calls of tools that make no images."""
    wanted = _wanted(tools, asked)
    shown = "".join(f"{line}\n" for line in lines)
    planned: list[Call] = []
    for tool, text in _shares(wanted, asked):
        needed = text
        if planned and REFERS.search(text) and _lacks_number(tool, text):
            if len(given) < len(planned):
                break
            needed = f"{given[len(planned) - 1]} {text}"
        planned += [_filled(tool, shown + one) for one in _for_each_object(tool, needed)]
    return planned


def _shares(wanted: list[Tool], asked: str) -> list[tuple[Tool, str]]:
    """Return the part of the request that each tool is meant by, in order."""
    if len(wanted) < 2 and not REFERS.search(asked):  # noqa: PLR2004 - one tool gets it all
        return [(tool, asked) for tool in wanted]
    shares: list[tuple[Tool, str]] = []
    for clause in CLAUSES.split(asked):
        fitting = [tool for tool in wanted if _fit(tool, clause) >= CLEAR]
        shares += [(tool, clause) for tool in fitting]
        if not fitting and shares:
            tool, text = shares[-1]
            shares[-1] = (tool, f"{text} and {clause}")
    served = {tool.name for tool, _ in shares}
    return shares + [(tool, asked) for tool in wanted if tool.name not in served]


def _lacks_number(tool: Tool, text: str) -> bool:
    """Return whether a tool takes more numbers than the text has."""
    kinds = [inner.get("type") for inner in tool.schema.get("properties", {}).values()]
    evidence = Evidence(text)
    return len(list(iter(evidence.number, None))) < sum(k in ("integer", "number") for k in kinds)


def _for_each_object(tool: Tool, asked: str) -> list[str]:
    """Return the text for each call of one tool: as written, or one for each place."""
    written = re.findall(rf"(?<!\w){re.escape(tool.name)}\(([^()]*)\)", asked)
    return written or _for_each_place(tool, asked)


def _for_each_place(tool: Tool, asked: str) -> list[str]:
    """Return the request once for each place, if the tool takes one place at a time."""
    properties = tool.schema.get("properties", {})
    takes = [
        key
        for key, inner in properties.items()
        if keys_of(key) & PLACES and inner.get("type") != "array"
    ]
    evidence = Evidence(asked)
    places = evidence.places()
    if len(takes) != 1 or len(places) < 2:  # noqa: PLR2004 - one place needs no splitting
        return [asked]
    return [f'{takes[0]}: "{place}"\n{asked}' for place in places]


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


def _filled(tool: Tool, text: str) -> Call:
    filled = fill({"type": "object", **tool.schema}, text)
    return tool.name, filled if isinstance(filled, dict) else {}


def _conversation(messages: Sequence[Message], lines: Sequence[str]) -> str:
    """Return what a forced call's arguments may come from, the most telling first."""
    asked = question(messages)
    earlier = [] if last_user(messages) < 0 else user_texts(messages)[:-1][::-1]
    parts = [*(text for _, text in results(messages)), "\n".join(lines), asked, *earlier]
    return "\n".join(part for part in parts if part)
