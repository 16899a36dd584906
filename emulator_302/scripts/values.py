"""Values of a script that depend on the conversation: functions, and `{{templates}}` in texts.

`{{lookup_order.total}}` is a value in the latest result of a tool, `{{result.total}}` one in the
latest result of all, `{{text}}` and `{{model}}` are what was asked. A text that is one template
alone becomes the value itself, such as a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from emulator_302.scripts.conversation import Conversation

TEMPLATE = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
PLAIN = ("text", "model", "system", "turn", "tools", "result")


class ScriptError(Exception):
    """A script cannot answer a request. Its text says why."""


def resolved(value: Any, asked: Conversation) -> Any:
    """Return a value with its functions called and its templates filled in, at any depth.

    Raises:
        ScriptError: A function failed, or a template names what the conversation does not have.
    """
    if callable(value):
        return _called(value, asked)
    if isinstance(value, str):
        return _filled(value, asked)
    if isinstance(value, Mapping):
        return {name: resolved(inner, asked) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolved(inner, asked) for inner in value]
    return value


def text_of_value(value: Any) -> str:
    """Return a resolved value as what a message says: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _called(function: Any, asked: Conversation) -> Any:
    try:
        return function(asked)
    except Exception as error:  # a function of the test's own may raise anything
        name = getattr(function, "__name__", repr(function))
        raise ScriptError(f"the function {name} failed: {type(error).__name__}: {error}") from error


def _filled(text: str, asked: Conversation) -> Any:
    alone = TEMPLATE.fullmatch(text)
    if alone:
        return _named(alone[1], asked)
    return TEMPLATE.sub(lambda found: text_of_value(_named(found[1], asked)), text)


def _named(path: str, asked: Conversation) -> Any:
    head, *rest = path.split(".")
    # A tool may have the name of what is there without tools: its result is meant then.
    if head in asked.results:
        value = asked.results[head]
    elif head in PLAIN:
        value = getattr(asked, head)
    else:
        have = ", ".join([*asked.results, *PLAIN])
        raise ScriptError(f"{{{{{path}}}}}: the conversation has no {head}; it has {have}")
    for step in rest:
        value = _inner(value, step, path)
    return value


def _inner(value: Any, step: str, path: str) -> Any:
    if isinstance(value, Mapping) and step in value:
        return value[step]
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdigit():
        place = int(step)
        if place < len(value):
            return value[place]
    raise ScriptError(f"{{{{{path}}}}}: there is no {step} in {json.dumps(value, default=str)}")
