"""Plans the calls of a request: which tool for which part of it, and which call has to wait.

A call that lacks a value waits for the result of the call before it; after a failure it is not
made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from emulator_302.rule_model.conversation import Result, Tool
from emulator_302.rule_model.property_meanings import keys_of
from emulator_302.rule_model.result_values import failed, values_for
from emulator_302.rule_model.schema_fill import fill
from emulator_302.rule_model.text_values import Evidence
from emulator_302.rule_model.tool_fit import CLEAR, SURE, fit_of
from emulator_302.rule_model.wording import stem, word_set, words

Call = tuple[str, dict[str, Any]]
PLACES = word_set("location city place town country")
# A step that works on what the one before it gave.
REFERS = re.compile(r"\b(?:output|result|it|that|sum|product|answer)\b", re.IGNORECASE)
CLAUSES = re.compile(r"(?:[.;?!,]\s+)(?:and\s+|then\s+)*|\s+(?:and\s+then|then|and)\s+(?!\d)")
USE_TOOL = re.compile(r"\b(?:use|using|call|with) (?:the|a|your|this) tools?\b", re.IGNORECASE)


def planned_calls(
    tools: Sequence[Tool], asked: str, given: Sequence[Result], lines: Sequence[str]
) -> list[Call]:
    """Return the calls that a request asks for, up to the first that needs a result to come.

    Args:
        tools: The tools that may be called.
        asked: The request.
        given: The results so far.
        lines: The lines of text in what the user showed.
    """
    plan = _Plan(tools, asked)
    shown = "".join(f"{line}\n" for line in lines)
    planned: list[Call] = []
    for tool, share in plan.shares():
        text = share if REFERS.search(share) or not plan.lacks(tool, share) else asked
        lacking = plan.lacks(tool, shown + text)
        if planned and lacking:
            before = _answered(planned, given)
            if before is None or failed(before.text):
                break
            text = f"{values_for(lacking, before.text)}\n{plan.own(tool, text)}"
            if _lacks_number(tool, text):
                break
        planned += [filled(tool, shown + one) for one in _for_each_object(tool, text)]
    return planned


def filled(tool: Tool, text: str) -> Call:
    """Return the call of a tool with arguments from a text."""
    arguments = fill({"type": "object", **tool.schema}, text)
    return tool.name, arguments if isinstance(arguments, dict) else {}


class _Plan:
    """Shares a request out to the tools that it asks for."""

    def __init__(self, tools: Sequence[Tool], asked: str) -> None:
        self.tools = tools
        self.asked = asked
        found = [fill({**tool.schema, "type": "object", "required": []}, asked) for tool in tools]
        self.ids = {
            value
            for tool, values in zip(tools, found, strict=True)
            for key, value in (values or {}).items()
            if _is_id(key, _inner(tool, key))
        }

    def shares(self) -> list[tuple[Tool, str]]:
        """Return the part of the request that each tool is meant by, in order."""
        asked = self.asked
        wanted = _wanted(self.tools, asked)
        if len(wanted) < 2 and not REFERS.search(asked):  # noqa: PLR2004 - one tool gets it all
            return self._with_helper([(tool, asked) for tool in wanted])
        shares: list[tuple[Tool, str]] = []
        for clause in CLAUSES.split(asked):
            fitting = self._best(wanted, clause)
            shares += [(tool, clause) for tool in fitting]
            if not fitting and shares:
                tool, text = shares[-1]
                shares[-1] = (tool, f"{text} and {clause}")
        if not shares:
            shares = [(tool, asked) for tool in self._best(wanted, asked)]
        served = {tool.name for tool, _ in shares}
        named = [tool for tool in wanted if fit_of(tool, asked) >= SURE]
        return self._with_helper(
            shares + [(tool, asked) for tool in named if tool.name not in served]
        )

    def lacks(self, tool: Tool, text: str) -> list[str]:
        """Return the keys that a tool needs and that a text has no value for."""
        text = self.own(tool, text)
        found = fill({**tool.schema, "type": "object", "required": []}, text) or {}
        numbers = _lacks_number(tool, text)
        return [
            key
            for key in tool.schema.get("required", ())
            if key not in found
            and (numbers if _is_number(_inner(tool, key)) else _is_id(key, _inner(tool, key)))
        ]

    def own(self, tool: Tool, text: str) -> str:
        """Return a text without the ids that only other tools take: they are no amounts."""
        if not any(_is_id(key, _inner(tool, key)) for key in tool.schema.get("required", ())):
            for one in self.ids:
                text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", " ", text)
        return text

    def _best(self, wanted: Sequence[Tool], clause: str) -> list[Tool]:
        """Return the tool that a clause is for; all that it names; before it, one that it needs."""
        fits = [(fit_of(tool, clause), tool) for tool in wanted]
        named = [tool for fit, tool in fits if fit >= SURE]
        fitting = [(fit, tool) for fit, tool in fits if fit >= CLEAR]
        if named or not fitting:
            return named
        said = [stem(word) for word in words(clause)]
        best = max(fitting, key=lambda one: (one[0], -_first_place(one[1], said)))[1]
        if not self.lacks(best, clause) or not self.lacks(best, self.asked):
            return [best]
        return [*[tool for _, tool in fitting if not self.lacks(tool, clause)][:1], best]

    def _with_helper(self, shares: list[tuple[Tool, str]]) -> list[tuple[Tool, str]]:
        """Put before a sole tool the one that can find what the request does not say."""
        if len(shares) != 1 or not self.lacks(shares[0][0], self.asked):
            return shares
        tool = shares[0][0]
        about = f"{self.asked} {' '.join(self.lacks(tool, self.asked))}"
        helpers = [
            other
            for other in self.tools
            if other is not tool and fit_of(other, about) > 0 and not self.lacks(other, self.asked)
        ]
        best = max(helpers, key=lambda other: fit_of(other, about), default=None)
        return shares if best is None else [(best, self.asked), *shares]


def _wanted(tools: Sequence[Tool], asked: str) -> list[Tool]:
    """Return the tools that a request clearly asks for, those sure to be meant before all."""
    rated = [(fit_of(tool, asked), tool) for tool in tools]
    named = [tool for fit, tool in rated if fit >= SURE]
    if named:
        return named
    fitting = [tool for fit, tool in rated if fit >= CLEAR]
    if not fitting and len(tools) == 1 and USE_TOOL.search(asked):
        return list(tools)
    return fitting


def _first_place(tool: Tool, said: Sequence[str]) -> int:
    """Return where a word of a tool's name stands first."""
    name = {stem(word) for word in words(tool.name)}
    return next((place for place, word in enumerate(said) if word in name), len(said))


def _inner(tool: Tool, key: str) -> Any:
    return tool.schema.get("properties", {}).get(key)


def _is_number(inner: Any) -> bool:
    return isinstance(inner, dict) and inner.get("type") in ("integer", "number")


def _is_id(key: str, inner: Any) -> bool:
    """Return whether a key is for the id of something, which no guess can give."""
    plain = isinstance(inner, dict) and inner.get("type") == "string" and "enum" not in inner
    return plain and bool(set(words(key)) & {"id", "number", "code", "key"})


def _lacks_number(tool: Tool, text: str) -> bool:
    """Return whether a tool needs more numbers than the text has."""
    properties = tool.schema.get("properties", {})
    needed = sum(_is_number(properties.get(key)) for key in tool.schema.get("required", ()))
    return len(list(iter(Evidence(text).number, None))) < needed


def _answered(planned: Sequence[Call], given: Sequence[Result]) -> Result | None:
    """Return the result of the call planned last, if all planned calls have theirs."""
    name = planned[-1][0]
    results = [result for result in given if result.name == name]
    place = sum(one == name for one, _ in planned) - 1
    return results[place] if place < len(results) else None


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
