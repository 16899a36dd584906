"""What a scripted answer is made of: text, tool calls, reasoning, JSON, a fault.

Each is data with a form in JSON. Values may be functions of the conversation, or hold templates.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulator_302.http.faults import Fault
from emulator_302.rule_model.answer import Answer
from emulator_302.scripts.conversation import Conversation
from emulator_302.scripts.declared import NUMBER_OF, TEXTS, refuse_wrong, setting
from emulator_302.scripts.pace import Pace
from emulator_302.scripts.values import ScriptError, resolved, text_of_value

Value = Any
"""A value, a function of the `Conversation` that returns one, or a text with templates."""

FILLER = " abc"  # one token, and one chunk of a stream


@dataclass(frozen=True)
class Say:
    """An answer in text.

    Attributes:
        text: What is said: text, a function of the `Conversation`, or text with templates.
        citations: Links that stand in the answer's `citations`.
        tokens: Say so many tokens of filler in place of a text.
        pace: How fast this answer comes.
    """

    text: Value = ""
    citations: tuple[str, ...] = setting((), TEXTS)
    tokens: int | None = setting(None, NUMBER_OF)
    pace: Pace | None = None

    def __post_init__(self) -> None:
        """Refuse a wrong number or citation.

        Raises:
            ValueError: It is one.
        """
        refuse_wrong(self)

    def to_json(self) -> dict[str, Any]:
        """Write it as a part of a script."""
        more: dict[str, Any] = {"citations": list(self.citations)} if self.citations else {}
        if self.tokens is not None:
            more["tokens"] = self.tokens
        if self.pace is not None:
            more["pace"] = self.pace.to_json()
        return {"say": self.text, **more}


@dataclass(frozen=True, init=False)
class Call:
    """A call of a tool.

    `Call("refund", order_id="A-17", amount=lambda chat: chat.result["total"])`: an argument may be
    a function of the `Conversation`, which has the results of earlier calls, or hold templates.

    Attributes:
        tool: The tool's name.
        arguments: Its arguments; a text is sent as it is, for arguments that are not valid JSON.
    """

    tool: str
    arguments: Mapping[str, Value] | str

    def __init__(self, tool: str, /, **arguments: Value) -> None:
        if not isinstance(tool, str) or not tool:
            raise ValueError(f"a Call needs the name of a tool: {tool!r}")
        object.__setattr__(self, "tool", tool)
        object.__setattr__(self, "arguments", arguments)

    @classmethod
    def raw(cls, tool: str, arguments: str) -> Call:
        """A call whose arguments are this text, whether or not it is JSON."""
        made = cls(tool)
        object.__setattr__(made, "arguments", arguments)
        return made

    def to_json(self) -> dict[str, Any]:
        """Write it as a part of a script."""
        return {"call": self.tool, "arguments": self.arguments}


@dataclass(frozen=True)
class Think:
    """Reasoning before an answer.

    Attributes:
        text: What is thought: text, a function of the `Conversation`, or text with templates.
    """

    text: Value

    def to_json(self) -> dict[str, Any]:
        """Write it as a part of a script."""
        return {"think": self.text}


@dataclass(frozen=True)
class Json:
    """An answer in JSON.

    Attributes:
        value: What JSON can hold, a function that returns it, or either at any depth of it.
    """

    value: Value

    def to_json(self) -> dict[str, Any]:
        """Write it as a part of a script."""
        return {"json": self.value}


Part = Say | Call | Think | Json | Fault


@dataclass(frozen=True)
class Scripted:
    """One scripted answer, with its functions called: what is said, how fast, what goes wrong."""

    answer: Answer
    pace: Pace | None
    fault: Fault | None
    cites: bool


def scripted(parts: Sequence[Part], asked: Conversation) -> Scripted:
    """Put the parts of one answer together.

    Raises:
        ScriptError: A function failed, or a template names what is not there.
    """
    says = [part for part in parts if isinstance(part, Say)]
    answer = Answer(
        text="".join(_texts(parts, asked)),
        reasoning="".join(
            text_of_value(resolved(p.text, asked)) for p in parts if isinstance(p, Think)
        ),
        tool_calls=tuple(_call(part, asked) for part in parts if isinstance(part, Call)),
        citations=tuple(link for part in says for link in part.citations),
    )
    faults = [part for part in parts if isinstance(part, Fault)]
    paces = [part.pace for part in says if part.pace is not None]
    return Scripted(
        answer, paces[-1] if paces else None, faults[-1] if faults else None, bool(answer.citations)
    )


def _texts(parts: Sequence[Part], asked: Conversation) -> list[str]:
    texts = []
    for part in parts:
        if isinstance(part, Say):
            said = resolved(part.text, asked)
            texts.append(FILLER * part.tokens if part.tokens else text_of_value(said))
        elif isinstance(part, Json):
            texts.append(json.dumps(resolved(part.value, asked), ensure_ascii=False))
    return texts


def _call(part: Call, asked: Conversation) -> tuple[str, Any]:
    if isinstance(part.arguments, str):
        return part.tool, part.arguments
    arguments = resolved(part.arguments, asked)
    try:
        json.dumps(arguments)
    except (TypeError, ValueError) as error:
        raise ScriptError(f"the arguments of {part.tool} cannot be sent: {error}") from error
    return part.tool, arguments


def part_from_json(given: Any) -> Part:
    """Read one part of an answer; a text alone is said.

    Raises:
        ValueError: It is not a part of an answer.
    """
    if isinstance(given, str):
        return Say(given)
    kinds = [kind for kind in READERS if isinstance(given, Mapping) and kind in given]
    if len(kinds) != 1:
        raise ValueError(f"a part of an answer has one of {', '.join(READERS)}: {given!r}")
    more = {name: value for name, value in given.items() if name != kinds[0]}
    try:
        return READERS[kinds[0]](given[kinds[0]], **more)
    except TypeError as error:
        raise ValueError(f"{kinds[0]} of a script: {error}") from error


def _say(text: Value, citations: Any = (), tokens: Any = None, pace: Any = None) -> Say:
    links = tuple(citations) if isinstance(citations, list) else citations
    return Say(text, links, tokens, None if pace is None else Pace.from_json(pace))


def _call_of(tool: Any, arguments: Any = None) -> Call:
    if isinstance(arguments, str):
        return Call.raw(tool, arguments)
    if not isinstance(arguments, (Mapping, type(None))):
        raise ValueError(f"arguments of a call are an object or a text: {arguments!r}")
    return Call(tool, **(arguments or {}))


READERS: Mapping[str, Callable[..., Part]] = {
    "say": _say,
    "call": _call_of,
    "think": Think,
    "json": Json,
    "fail": Fault.from_json,
}
