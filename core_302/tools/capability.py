"""A capability: something an agent can call, declared once for every framework.

A model chooses the arguments; the operator chooses the settings. A class that a model's arguments
are checked with holds only what a model may decide: never the key, the host, a folder, a limit. A
name that is not there is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from core_302.errors import AI302Error, InvalidInputError
from core_302.flow import Flow
from core_302.options.chat import explain
from core_302.options.declaration import Declared
from core_302.tools.image_tool import (
    NO_FIELD,
    Image,
    Report,
    ToolContext,
    in_words,
    shown_images,
)
from core_302.tools.untrusted_text import LONGEST_ERROR, many_lines, one_line

LINKS = "an http(s) link or a data URI"
FILES = "an http(s) link, a data URI, or the name of an image file that was given or made here"
# What every report has: by it, a report is told from what other tools bring.
REPORT = frozenset({"model", "request_id"})


@dataclass(frozen=True)
class ToolResult:
    """What a call of a capability brought.

    Attributes:
        text: What the model is told.
        report: What the program gets, in plain values that any store can keep.
        images: What can be shown to a model that sees.
    """

    text: str
    report: Any = None
    images: Sequence[Image] = ()


@dataclass(frozen=True)
class Capability:
    """What an agent can call.

    Attributes:
        name: The tool's name.
        description: What the model reads of it.
        price_note: What the model reads of its price.
        settings: The class that declares what the operator sets.
        arguments: Makes the class of a model's arguments, from the settings and from whether files
            of this machine may be named.
        flow: Does it: with what the tools of a selection share, the settings, a model's arguments.
        rules: The request whose rules the arguments keep, if it is another class than theirs: an
            error names its fields.
    """

    name: str
    description: str
    price_note: str
    settings: type[Declared]
    arguments: Callable[[Any, bool], type[BaseModel]]
    flow: Callable[[ToolContext, Any, Mapping[str, Any]], Flow[ToolResult]]
    rules: type[BaseModel] | None = None

    @property
    def told(self) -> str:
        """All that the model reads of the tool beside its arguments."""
        return f"{self.description} {self.price_note}"

    def schema(self, context: ToolContext, settings: Any) -> type[BaseModel]:
        """Return the class of a model's arguments."""
        return self.arguments(settings, context.may_read_files)

    def wrong_arguments(self, error: ValidationError) -> str:
        """Say to a model which of its arguments are wrong."""
        said = one_line(explain(error, self.rules or BaseModel, hint=NO_FIELD), LONGEST_ERROR)
        return f"{said} Nothing was sent: correct this and try again."

    def run(
        self, context: ToolContext, settings: Any, given: Mapping[str, Any]
    ) -> Flow[ToolResult]:
        """Check a model's arguments, of which nothing is trusted, and do what they ask.

        Raises:
            AI302Error: Its text says to a model what to do.
        """
        try:
            checked = self.schema(context, settings).model_validate(dict(given))
        except ValidationError as error:
            raise InvalidInputError(self.wrong_arguments(error)) from None
        asked = {name: getattr(checked, name) for name in checked.model_fields_set}
        try:
            done = yield from self.flow(context, settings, asked)
        except AI302Error as error:
            error.args = (one_line(error.message, LONGEST_ERROR),)
            raise
        return replace(done, text=many_lines(done.text))


def made_images(report: Report) -> ToolResult:
    """Return what a job of images brought, as its tool tells it to a model."""
    return ToolResult(in_words(report), report, shown_images(report))


def arguments_class(
    name: str, fields: Mapping[str, Any], rules: type[BaseModel] | None = None, *taken: str
) -> type[BaseModel]:
    """Return a class for a model's arguments: `fields`, and those of `rules` that are `taken`."""
    config = ConfigDict(extra="forbid", protected_namespaces=(), use_enum_values=True)
    known = {} if rules is None else rules.model_fields
    same: dict[str, Any] = {field: (known[field].annotation, known[field]) for field in taken}
    return create_model(name, __config__=config, **{**same, **fields})
