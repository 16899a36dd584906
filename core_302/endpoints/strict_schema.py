"""Strict schemas: what OpenAI demands of a schema that an answer, or a call, must match exactly.

Every object forbids further properties and requires all of its own, at every depth, and some words
of JSON Schema are unknown (https://platform.openai.com/docs/guides/structured-outputs). Programs
and frameworks write looser schemas; a caller who sets `strict` gets one that is not refused,
whatever option it comes through.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core_302.endpoints.tool_names import wire_name

BY_NAME = ("properties", "$defs", "definitions")
IN_LISTS = ("anyOf", "prefixItems")
ALONE = ("items", "additionalProperties")
ABOUT = ("title", "description")  # they tell of the whole, whatever it may be
UNKNOWN = ("default", "discriminator", "nullable")

Schema = dict[str, Any]


def with_strict_schemas(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a request whose strict schemas are strict; the input is not changed."""
    new = dict(body)
    wanted = body.get("response_format")
    if isinstance(wanted, Mapping) and isinstance(wanted.get("json_schema"), Mapping):
        described = _strict(wanted["json_schema"], "schema")
        if isinstance(described.get("name"), str):
            described = {**described, "name": wire_name(described["name"])}
        new["response_format"] = {**wanted, "json_schema": described}
    if body.get("tools"):
        new["tools"] = [_strict_tool(tool) for tool in body["tools"]]
    return new


def strict_schema(schema: Any) -> Any:
    """Return `schema` as a strict vendor accepts it."""
    if not isinstance(schema, Mapping):
        return schema
    if schema.get("nullable") is True:
        return strict_schema(_or_null(schema))
    new = {name: _inner(name, value) for name, value in _known(schema).items()}
    kinds = new.get("type")
    if "properties" in new or "object" in (kinds if isinstance(kinds, list) else [kinds]):
        # A schema for further properties is what the caller wants, and not strict for any vendor.
        if not isinstance(new.get("additionalProperties"), Mapping):
            new["additionalProperties"] = False
        new["required"] = list(new.get("properties") or ())
    return new


def _known(schema: Mapping[str, Any]) -> Schema:
    """Return `schema` without the keywords that strict vendors do not know."""
    new = {name: value for name, value in schema.items() if name not in UNKNOWN}
    if "oneOf" in new:
        new["anyOf"] = new.pop("oneOf")
    if isinstance(new.get("allOf"), list) and len(new["allOf"]) == 1:
        new["anyOf"] = new.pop("allOf")
    if "$ref" in new and len(new) > 1:  # nothing may stand beside a reference
        new = {"anyOf": [{"$ref": new.pop("$ref")}], **new}
    return new


def _or_null(schema: Mapping[str, Any]) -> Schema:
    """Return a schema that says `nullable`, as OpenAPI does, in the words of JSON Schema."""
    said = {name: value for name, value in schema.items() if name != "nullable"}
    beside = {name: said.pop(name) for name in ABOUT if name in said}
    return {"anyOf": [said, {"type": "null"}], **beside}


def _inner(name: str, value: Any) -> Any:
    if name in BY_NAME and isinstance(value, Mapping):
        return {inner: strict_schema(schema) for inner, schema in value.items()}
    if name in IN_LISTS and isinstance(value, list):
        return [strict_schema(schema) for schema in value]
    return strict_schema(value) if name in ALONE else value


def _strict_tool(tool: Any) -> Any:
    function = tool.get("function") if isinstance(tool, Mapping) else None
    if not isinstance(function, Mapping):
        return tool
    return {**tool, "function": _strict(function, "parameters")}


def _strict(described: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """Return a description whose schema, in its `field`, is made strict if it asks for that."""
    if described.get("strict") is not True or field not in described:
        return described
    return {**described, field: strict_schema(described[field])}
