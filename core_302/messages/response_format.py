"""How JSON is requested from a model, and where it is in the answer.

JSON mode and its system message are here; the form with a schema is in `options/answer_format.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# JSON mode carries no schema on the wire, and some vendors refuse it unless the word "JSON" occurs
# in the conversation.
TELLS_SCHEMA = "Answer with one JSON object that matches this JSON schema, and with nothing else:"
JSON_OBJECT: Mapping[str, Any] = {"type": "json_object"}
# A code fence, complete or as far as it has come; the JSON itself may hold three backticks too.
FENCED = re.compile(r"```[\w-]*\s*(.*?)(?:\n[ \t]*```|```\s*\Z|\Z)", re.DOTALL)


def schema_instruction(schema: Mapping[str, Any]) -> str:
    """Return the system message that states `schema`."""
    return f"{TELLS_SCHEMA}\n{json.dumps(schema, ensure_ascii=False)}"


def json_in(answer: str) -> str:
    """Return the JSON of an answer, which many models put into a code fence, unasked."""
    if answer.lstrip()[:1] in ("{", "["):
        return answer
    fenced = FENCED.search(answer)
    return fenced.group(1) if fenced else answer
