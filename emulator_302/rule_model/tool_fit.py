"""Tells how well a tool fits a request: by its name, by what it is about, and what it takes.

A tool that hands over to another agent fits if the request is about that agent's field.
"""

from __future__ import annotations

import re

from emulator_302.rule_model.arithmetic import asked_sum
from emulator_302.rule_model.conversation import Tool
from emulator_302.rule_model.hand_offs import field_of
from emulator_302.rule_model.wording import sentences, stem, stems, word_set, words

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
# Under `CLEAR` a tool does not fit, from `SURE` on the request names it.
CLEAR, SURE = 1.0, 2.0


def fit_of(tool: Tool, asked: str) -> float:
    """Return how well a tool fits: under `CLEAR` it does not, from `SURE` on it is named."""
    if _is_named(tool, asked):
        return SURE
    said = stems(asked)
    field = field_of(tool)
    if field is not None:
        who, about = field
        return CLEAR + 0.5 if who & said else CLEAR * bool(about & said)
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
        return CLEAR + 0.01 * len(others)
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
