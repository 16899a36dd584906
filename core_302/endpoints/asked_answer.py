"""A complete answer as requested: tools under their own names, JSON without a code fence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core_302.endpoints.chat_reply import Completion, read_completion
from core_302.endpoints.tool_names import OwnNames, with_own_names
from core_302.http import Reply

JSON_FORMS = ("json_object", "json_schema")
# Nothing but one code fence: text beside a fence is kept, since somebody may want it.
ONE_FENCE = re.compile(r"\s*```[\w-]*[ \t]*\n\s*([{\[].*[}\]])\s*```\s*", re.DOTALL)


def answer_reader(own: OwnNames, response_format: Any = None) -> Callable[[Reply], Completion]:
    """Return the function that reads a complete response.

    Args:
        own: What the caller calls the tools whose names were changed.
        response_format: The form of the answer that was requested, if any. Many models put the
            requested JSON into a code fence, which JSON parsers reject.
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
