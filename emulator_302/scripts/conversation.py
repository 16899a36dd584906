"""What one request shows of its conversation: to conditions, to functions and to templates."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from emulator_302.rule_model.conversation import (
    Message,
    messages_of,
    question,
    results_in,
    text_of,
)

LONGEST_READ = 100_000  # characters of a tool's result
# The fields in which a request other than a chat says what it wants.
WISHES = ("prompt", "query", "input", "custom_prompt")


@dataclass(frozen=True)
class Conversation:
    """One request as a script sees it, and as a function in a script is given it.

    Attributes:
        body: The request as it was sent, such as `{"model": ..., "messages": [...]}`.
    """

    body: Mapping[str, Any]

    @cached_property
    def messages(self) -> list[Message]:
        """The messages, the oldest first; none for a request other than a chat."""
        given = self.body.get("messages")
        return messages_of({"messages": given if isinstance(given, list) else ()})

    @property
    def model(self) -> str:
        """The model as it was asked for, suffixes included."""
        return str(self.body.get("model") or "")

    @property
    def text(self) -> str:
        """What the user said last; for an image or a search, the prompt or query."""
        if self.messages:
            return question(self.messages)
        wishes = (self.body.get(name) for name in WISHES)
        return next((wish for wish in wishes if isinstance(wish, str)), "")

    @property
    def system(self) -> str:
        """What the system messages say, one a line."""
        roles = ("system", "developer")
        said = (text_of(m.get("content")) for m in self.messages if m.get("role") in roles)
        return "\n".join(said)

    @property
    def turn(self) -> int:
        """How many messages the user has sent: 1 in a new conversation."""
        return sum(message.get("role") == "user" for message in self.messages)

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the tools that the request offers."""
        offered = self.body.get("tools")
        entries = offered if isinstance(offered, list) else ()
        functions = [entry.get("function") for entry in entries if isinstance(entry, Mapping)]
        return tuple(str(f["name"]) for f in functions if isinstance(f, Mapping) and "name" in f)

    @cached_property
    def results(self) -> dict[str, Any]:
        """The latest result of each tool by its name: its values if it has some, else its text."""
        return {one.name: _value(one.text) for one in results_in(self.messages)}

    @property
    def result(self) -> Any:
        """The latest result of all; `None` before the first."""
        return list(self.results.values())[-1] if self.results else None

    @property
    def after_tool(self) -> str | None:
        """The tool whose result ends the conversation; `None` if it ends otherwise."""
        if not self.messages or self.messages[-1].get("role") != "tool":
            return None
        return results_in(self.messages)[-1].name


def _value(text: str) -> Any:
    """Return what a result says: JSON, or the values that Python printed, as LlamaIndex does."""
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text[:LONGEST_READ])
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return text
