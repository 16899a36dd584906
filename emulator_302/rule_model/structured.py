"""Answers in JSON when a request asks for it: by schema, or by the keys that its words name.

The answer is pure JSON text: no fence, no sentence around it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emulator_302.rule_model.conversation import Message, all_text, question, results, user_texts
from emulator_302.rule_model.schema_fill import fill
from emulator_302.rule_model.wording import word_set, words

NAME = r"[`'\"\u2018\u2019\u201c\u201d]?[A-Za-z_]\w{0,60}[`'\"\u2018\u2019\u201c\u201d]?"
LIST = rf"{NAME}(?:\s*,\s*(?:and\s+)?{NAME}|\s+and\s+{NAME})*"
KEYS_AFTER = re.compile(
    rf"\b(?:keys?|fields?|properties|attributes)\b\s*(?:named|called|are|of|like)?\s*[:=]?\s*"
    rf"(?P<list>{LIST})",
    re.IGNORECASE,
)
KEYS_BEFORE = re.compile(
    rf"(?P<list>{LIST})\s+(?:as\s+)?(?:keys?|fields?|properties|attributes)\b", re.IGNORECASE
)
QUOTED_KEY = re.compile(r"[`'\"\u2018\u201c]([A-Za-z_]\w*)[`'\"\u2019\u201d]")
NO_KEYS = word_set(
    """and or with the a an as json object keys key fields field only these following in return has
    have having using contains containing result properties to of for is are must"""
)
NUMERIC = word_set(
    "age total amount price cost count quantity number year sum score rating tax subtotal"
)
SEVERAL = word_set("tags keywords items names steps list topics cities colors")
ASKS_JSON = re.compile(r"\bJSON\b")


def wants_json(body: Mapping[str, Any], messages: Sequence[Message]) -> bool:
    """Return whether the answer must be JSON: by `response_format`, or by a schema in the words."""
    kind = (body.get("response_format") or {}).get("type")
    if kind in ("json_schema", "json_object"):
        return True
    said = all_text(messages)
    return bool(ASKS_JSON.search(said)) and _printed_schema(said) is not None


def as_json(
    body: Mapping[str, Any], messages: Sequence[Message], lines: Sequence[str], reply: str
) -> str:
    """Return JSON text. `lines` are from images or the web, `reply` is the answer as a text."""
    said = all_text(messages)
    given = body.get("response_format") or {}
    described = given.get("json_schema")
    schema: Any = None
    if given.get("type") == "json_schema" and isinstance(described, Mapping):
        schema = described.get("schema", {})
    if schema is None:
        schema = _printed_schema(said) or _named_schema(said) or _sample_schema(said)
    if schema is None:
        value: Any = {"answer": reply}
    else:
        value = fill(schema, _evidence(messages, lines), reply=reply)
    return json.dumps(value, ensure_ascii=False)


def _evidence(messages: Sequence[Message], lines: Sequence[str]) -> str:
    """Return the texts that values may come from, the most telling first."""
    asked = question(messages)
    earlier = [text for text in reversed(user_texts(messages)) if text.strip() != asked]
    tools = [text for _, text in results(messages)]
    parts = [*tools, "\n".join(lines), _without_json(asked), *map(_without_json, earlier)]
    return "\n".join(part for part in parts if part.strip())


def _without_json(text: str) -> str:
    """Return the text without a printed schema or sample, whose own words are not values."""
    printed = list(_objects(text))
    schemas = [entry for entry in printed if _is_schema(entry[2])]
    named = _named_schema(text) is not None
    # Without a schema and without named keys, the last object is the sample to follow.
    for start, end, _ in reversed(schemas or ([] if named else printed[-1:])):
        text = text[:start] + text[end:]
    return text


def _objects(text: str) -> Iterator[tuple[int, int, dict[str, Any]]]:
    decoder = json.JSONDecoder()
    start = text.find("{")
    while start != -1:
        try:
            found, end = decoder.raw_decode(text, start)
        except ValueError:
            end = start + 1
        else:
            if isinstance(found, dict):
                yield start, end, found
        start = text.find("{", end)


def _is_schema(found: Mapping[str, Any]) -> bool:
    return isinstance(found.get("properties"), dict)


def _printed_schema(text: str) -> dict[str, Any] | None:
    """Return the last schema printed in a text: format instructions put an example first."""
    schemas = [found for _, _, found in _objects(text) if _is_schema(found)]
    return schemas[-1] if schemas else None


def _named_schema(text: str) -> dict[str, Any] | None:
    """Return a schema of the keys that a text names."""
    for start, end, _ in reversed(list(_objects(text))):
        text = text[:start] + text[end:]
    for pattern in (KEYS_BEFORE, KEYS_AFTER):
        for found in pattern.finditer(text):
            keys = QUOTED_KEY.findall(found["list"]) or [
                word
                for word in re.findall(r"[A-Za-z_]\w*", found["list"])
                if word.lower() not in NO_KEYS
            ]
            if keys:
                properties = {key: _schema_by_name(key) for key in keys}
                return {"type": "object", "properties": properties, "required": keys}
    return None


def _schema_by_name(key: str) -> dict[str, Any]:
    """Return the schema that a bare key suggests: an age is a number, tags are several."""
    parts = set(words(key))
    if parts & NUMERIC:
        return {"type": ["number", "null"]}
    if parts & SEVERAL:
        return {"type": "array", "items": {"type": "string"}}
    return {"type": "string"}


def _sample_schema(text: str) -> dict[str, Any] | None:
    """Return the schema of the last sample object in a text."""
    samples = [found for _, _, found in _objects(text) if found]
    return _schema_of(samples[-1]) if samples else None


def _schema_of(sample: Any) -> dict[str, Any]:
    """Return the schema of a sample value."""
    if isinstance(sample, dict):
        properties = {str(key): _schema_of(value) for key, value in sample.items()}
        return {"type": "object", "properties": properties, "required": list(properties)}
    if isinstance(sample, list):
        return {"type": "array", "items": _schema_of(sample[0]) if sample else {}}
    kinds = ((bool, "boolean"), (int, "integer"), (float, "number"))
    kind = next((name for of, name in kinds if isinstance(sample, of)), "string")
    return {"type": kind}
