"""How an option is declared: a field, with metadata that the field alone cannot carry.

An option is one field of one class in this folder: its type with its bounds, its default, its name
on the wire, where that is documented, what it costs, and a docstring below it. The classes of both
adapters inherit these fields; checks, tool schemas and `docs/options.md` are made from them.

Bounds are set on the member of a union that they are meant for: on the union, they would be applied
to a string too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True)
class Wire:
    """What is declared of an option beside its type.

    Attributes:
        name: How it is spelled in a request, or None where only a suffix of the model says it.
        source: The page of the 302.AI API Document that shows it.
        cost: Who bills for it, or "none".
        service: The name of the field that says which service does it, for options that take one.
    """

    name: str | None
    source: str
    cost: str = "none"
    service: str | None = None


class Declared(BaseModel):
    """A class that declares options. It has fields and nothing else.

    The base classes of an adapter's class are never instantiated: their validators are not built.
    """

    model_config = ConfigDict(
        extra="forbid", arbitrary_types_allowed=True, protected_namespaces=(), defer_build=True
    )


def wire_of(kind: type[BaseModel], name: str) -> Wire | None:
    """Return what is declared of the option `name`; None for one that goes under its own name."""
    return next((m for m in kind.model_fields[name].metadata if isinstance(m, Wire)), None)


def _no_single_text(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError(f"must be a list of sites, such as [{value!r}]")
    return value


Sites = Annotated[tuple[Text, ...], BeforeValidator(_no_single_text)]
"""Hosts of the web, such as `("arxiv.org",)`."""
