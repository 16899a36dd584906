"""The conditions by which scripts and faults match requests; each can say why it does not hold.

A condition that is not set holds for every request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from emulator_302.http.validate import base_name
from emulator_302.scripts.conversation import Conversation
from emulator_302.scripts.declared import (
    NAMES,
    NUMBER_OF,
    TEXT,
    known_fields,
    refuse_wrong,
    set_fields,
    setting,
)
from emulator_302.scripts.values import resolved

LONGEST_SHOWN = 60  # characters of a text in a message


@dataclass(frozen=True)
class When:
    """Conditions for a request. All that are set must hold.

    Attributes:
        text: The last user message contains this; case does not matter.
        regex: The last user message has a match of this pattern.
        model: The model has this name, with or without suffixes; `*` matches any characters.
        tools: The request offers this tool, or all of these.
        turn: The number of user messages: 1 in a new conversation.
        after_tool: The last message is a result of this tool.
        system: The system message contains this; case does not matter.
        where: A function of the `Conversation` that returns whether the request matches.
    """

    text: str | None = setting(None, TEXT)
    regex: str | None = setting(None, TEXT)
    model: str | None = setting(None, TEXT)
    tools: str | tuple[str, ...] | None = setting(None, NAMES)
    turn: int | None = setting(None, NUMBER_OF)
    after_tool: str | None = setting(None, TEXT)
    system: str | None = setting(None, TEXT)
    where: Callable[[Conversation], object] | None = None

    def __post_init__(self) -> None:
        """Refuse values that cannot be compared with a request.

        Raises:
            ValueError: A value has the wrong type, or `regex` is not a regular expression.
        """
        refuse_wrong(self)
        if self.where is not None and not callable(self.where):
            raise ValueError(f"where of a When is not a function: {self.where!r}")
        try:
            re.compile(self.regex or "")
        except re.error as error:
            raise ValueError(f"regex of a When is not a regular expression: {error}") from error

    def misses(self, asked: Conversation) -> list[str]:
        """Return why a request is not meant, a sentence for each condition; none if it is."""
        wanted = [getattr(self, f"_{name}_misses")(asked) for name in set_fields(self)]
        return [said for said in wanted if said]

    def _text_misses(self, asked: Conversation) -> str:
        held = str(self.text).lower() in asked.text.lower()
        return "" if held else f"the text {_short(asked.text)} does not contain {self.text!r}"

    def _regex_misses(self, asked: Conversation) -> str:
        held = re.search(str(self.regex), asked.text)
        return "" if held else f"the text {_short(asked.text)} does not match {self.regex!r}"

    def _model_misses(self, asked: Conversation) -> str:
        names = (asked.model, base_name(asked.model)[0])
        held = any(fnmatchcase(name, str(self.model)) for name in names)
        return "" if held else f"the model is {asked.model!r}, not {self.model!r}"

    def _tools_misses(self, asked: Conversation) -> str:
        wanted = (self.tools,) if isinstance(self.tools, str) else self.tools or ()
        missing = [name for name in wanted if name not in asked.tools]
        offered = ", ".join(asked.tools) or "none"
        return f"{', '.join(missing)} is not among the tools: {offered}" if missing else ""

    def _turn_misses(self, asked: Conversation) -> str:
        return "" if asked.turn == self.turn else f"it is turn {asked.turn}, not {self.turn}"

    def _after_tool_misses(self, asked: Conversation) -> str:
        if asked.after_tool == self.after_tool:
            return ""
        ends = f"a result of {asked.after_tool}" if asked.after_tool else "no result of a tool"
        return f"it ends with {ends}, not of {self.after_tool}"

    def _system_misses(self, asked: Conversation) -> str:
        held = str(self.system).lower() in asked.system.lower()
        said = _short(asked.system)
        return "" if held else f"the system message {said} does not contain {self.system!r}"

    def _where_misses(self, asked: Conversation) -> str:
        return "" if resolved(self.where, asked) else "the function `where` says no"

    @classmethod
    def from_json(cls, given: Any) -> When:
        """Read conditions from JSON; a text alone is the condition `text`.

        Raises:
            ValueError: A condition is unknown, or has the wrong type.
        """
        if isinstance(given, str):
            return cls(text=given)
        values = known_fields(cls, given)
        if isinstance(values.get("tools"), list):
            values["tools"] = tuple(values["tools"])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Write the conditions that are set."""
        return set_fields(self)


def meant(given: When | str | Callable[[Conversation], object] | Mapping[str, Any] | None) -> When:
    """Return conditions from what may stand for them: a text, a function, JSON.

    Raises:
        ValueError: It is not valid as conditions.
    """
    if given is None or isinstance(given, When):
        return given or When()
    return When(where=given) if callable(given) else When.from_json(given)


def _short(text: str) -> str:
    whole = " ".join(text.split())
    return repr(whole if len(whole) <= LONGEST_SHOWN else f"{whole[:LONGEST_SHOWN]}...")
