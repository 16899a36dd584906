"""A whole answer as it was asked for: tools by their own names, JSON without a fence around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core_302.endpoints.chat_reply import Completion, read_completion
from core_302.endpoints.tool_names import OwnNames, with_own_names
from core_302.http import Reply

JSON_FORMS = ("json_object", "json_schema")
# Nothing but one code fence; whatever stands beside a fence is text that somebody may want.
ONE_FENCE = re.compile(r"\s*```[\w-]*[ \t]*\n\s*([{\[].*[}\]])\s*```\s*", re.DOTALL)


def answer_reader(own: OwnNames, response_format: Any = None) -> Callable[[Reply], Completion]:
    """Return what reads a whole reply.

    Args:
        own: What the caller calls the tools whose names were changed.
        response_format: The form of the answer that was asked for, if any was. Many models put the
            JSON that they were asked for into a code fence, which no reader of JSON takes.
    """
    asked = response_format.get("type") if isinstance(response_format, Mapping) else None
    asked_json = asked in JSON_FORMS

    def read(reply: Reply) -> Completion:
        completion = with_own_names(read_completion(reply), own)
        if not asked_json:
            return completion
        choices = (replace(one, text=unfenced(one.text)) for one in completion.choices)
        return replace(completion, choices=tuple(choices))

    return read


def unfenced(text: str) -> str:
    """Return the JSON in a text that is nothing but a code fence; any other text as it is."""
    fence = ONE_FENCE.fullmatch(text)
    return fence.group(1) if fence else text
