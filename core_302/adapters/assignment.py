"""A value that is assigned to an option is checked like one of the constructor.

pydantic's own `validate_assignment` would check the framework's fields too, and run every validator
of the object for each of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from core_302.errors import InvalidInputError
from core_302.options.chat import explain


def checked(kind: type[BaseModel], name: str, value: Any) -> Any:
    """Return `value` as the field `name` of `kind` keeps it; a framework's own field as it is.

    Raises:
        InvalidInputError: The field takes no such value.
    """
    if name not in kind.model_fields:
        return value
    alone = _alone(kind, name)
    if alone is None:
        return value
    try:
        return getattr(alone.model_validate({name: value}), name)
    except ValidationError as error:
        raise InvalidInputError(explain(error, kind)) from None


@lru_cache(maxsize=1024)
def _alone(kind: type[BaseModel], name: str) -> type[BaseModel] | None:
    """Return a class with this field alone, or None for a field that a framework has brought."""
    first = next(c for c in reversed(kind.__mro__) if name in getattr(c, "model_fields", ()))
    if not first.__module__.partition(".")[0].endswith("_302"):
        return None
    field = kind.model_fields[name]
    config = ConfigDict(arbitrary_types_allowed=True, populate_by_name=True, extra="forbid")
    fields: dict[str, Any] = {name: (field.annotation, field)}
    return create_model(kind.__name__, __config__=config, **fields)
