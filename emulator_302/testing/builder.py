"""Writes a script step by step: `gateway.when("refund").call("lookup").then.say("Done.")`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from emulator_302.http.faults import Fault
from emulator_302.scripts.pace import Pace
from emulator_302.scripts.parts import Call, Json, Part, Say, Think
from emulator_302.scripts.script import Script


class ScriptBuilder:
    """What is answered to the requests that the conditions of `Gateway.when` are for.

    Each method adds to the answer at hand and returns the builder; `then` begins the answer to the
    next request. A script with one answer gives it to every request; one with several gives each
    once.
    """

    def __init__(self, script: Script, put: Callable[[Script], Any]) -> None:
        self._script = script
        self._put = put
        self._next = True

    @property
    def then(self) -> ScriptBuilder:
        """The answer to the next request begins."""
        self._next = True
        return self

    def say(
        self,
        text: Any = "",
        *,
        citations: tuple[str, ...] | list[str] = (),
        tokens: int | None = None,
        pace: Pace | None = None,
    ) -> ScriptBuilder:
        """Answer in text.

        Args:
            text: Text, a function of the `Conversation`, or text with templates such as
                `{{lookup_order.total}}`.
            citations: Links that stand in the answer's `citations`.
            tokens: Say so many tokens of filler in place of a text.
            pace: How fast this answer comes.
        """
        return self._with(Say(text, tuple(citations), tokens, pace))

    def call(self, tool: str, /, **arguments: Any) -> ScriptBuilder:
        """Call a tool. Without `then`, a second call is parallel to the first.

        Args:
            tool: The tool's name.
            **arguments: Its arguments: values, functions of the `Conversation`, or templates.
        """
        return self._with(Call(tool, **arguments))

    def think(self, text: Any) -> ScriptBuilder:
        """Reason before the answer: text, a function of the `Conversation`, or a template."""
        return self._with(Think(text))

    def json(self, value: Any) -> ScriptBuilder:
        """Answer in JSON: a value, a function that returns one, or functions within it."""
        return self._with(Json(value))

    def fail(self, fault: Fault) -> ScriptBuilder:
        """Let this answer go wrong; what `fault` does not replace is still answered."""
        return self._with(fault)

    def _with(self, part: Part) -> ScriptBuilder:
        answers = self._script.answers
        answers = (*answers, (part,)) if self._next else (*answers[:-1], (*answers[-1], part))
        self._next = False
        self._script = replace(self._script, answers=answers)
        self._put(self._script)
        return self
