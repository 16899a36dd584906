"""How a model is asked for JSON, and where it stands in the answer.

Here are JSON mode and the words beside it; the form with a schema stands in
`options/answer_format.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# JSON mode carries no schema on the wire, and some vendors refuse it unless the word "JSON" stands
# in the conversation.
TELLS_SCHEMA = "Answer with one JSON object that matches this JSON schema, and with nothing else:"
JSON_OBJECT: Mapping[str, Any] = {"type": "json_object"}
# A code fence, whole or as far as it has come; three backticks may stand inside the JSON too.
FENCED = re.compile(r"```[\w-]*\s*(.*?)(?:\n[ \t]*```|```\s*\Z|\Z)", re.DOTALL)


def told_in_words(schema: Mapping[str, Any]) -> str:
    """Return what a system message says of `schema`."""
    return f"{TELLS_SCHEMA}\n{json.dumps(schema, ensure_ascii=False)}"


def json_in(answer: str) -> str:
    """Return the JSON of an answer, which many models put into a code fence, unasked."""
    if answer.lstrip()[:1] in ("{", "["):
        return answer
    fenced = FENCED.search(answer)
    return fenced.group(1) if fenced else answer
