"""The form of an answer, `response_format`: from a program's form to the wire's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.errors import PydanticUserError

ANSWER = "answer"  # the name of a schema without one


def schema_format(
    name: str, schema: Mapping[str, Any], description: str | None, *, strict: bool | None = None
) -> dict[str, Any]:
    """Return the `response_format` that requests an instance of `schema`."""
    described: dict[str, Any] = {"name": name, "schema": dict(schema)}
    if description:
        described["description"] = description
    if strict is not None:
        described["strict"] = strict
    return {"type": "json_schema", "json_schema": described}


def answer_format(value: Any) -> Any:
    """Return a `response_format` in the wire's form; a class becomes its schema.

    Raises:
        ValueError: `value` has no schema.
    """
    if isinstance(value, type):
        try:
            schema = TypeAdapter(value).json_schema()
        except PydanticUserError:
            raise ValueError(f"the class {value.__name__} has no JSON schema") from None
        return schema_format(value.__name__, schema, schema.get("description"))
    if isinstance(value, Mapping) and (value.get("type") == "object" or "properties" in value):
        return schema_format(str(value.get("title") or ANSWER), value, value.get("description"))
    return value
