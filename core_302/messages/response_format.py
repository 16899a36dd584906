"""How a model is asked for JSON: the two forms of `response_format`, and the words beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# JSON mode carries no schema on the wire, and some vendors refuse it unless the word "JSON" stands
# in the conversation.
TELLS_SCHEMA = "Answer with one JSON object that matches this JSON schema, and with nothing else:"
JSON_OBJECT: Mapping[str, Any] = {"type": "json_object"}


def schema_format(
    name: str, schema: Mapping[str, Any], description: str | None, *, strict: bool | None = None
) -> dict[str, Any]:
    """Return the `response_format` that asks for an instance of `schema`."""
    described: dict[str, Any] = {"name": name, "schema": dict(schema)}
    if description:
        described["description"] = description
    if strict is not None:
        described["strict"] = strict
    return {"type": "json_schema", "json_schema": described}


def told_in_words(schema: Mapping[str, Any]) -> str:
    """Return what a system message says of `schema`."""
    return f"{TELLS_SCHEMA}\n{json.dumps(schema, ensure_ascii=False)}"
