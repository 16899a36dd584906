"""A capability: something an agent can call, declared once for every framework.

A model chooses the arguments; the operator chooses the settings. The class that checks a model's
arguments has only fields that a model may decide: never the key, the host, a folder, a limit. An
unknown name is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from core_302.errors import AI302Error, InvalidInputError
from core_302.flow import Flow
from core_302.json_text import read_json
from core_302.options.declaration import Declared
from core_302.options.given import Given
from core_302.tools.context import ToolContext
from core_302.tools.image_tool import Image, wrong_arguments
from core_302.tools.untrusted_text import LONGEST_ERROR, many_lines, one_line

LINKS = "an http(s) link or a data URI"
FILES = "an http(s) link, a data URI, or the name of an image file that was given or made here"


@dataclass(frozen=True)
class Price:
    """What a call costs, as far as that is documented.

    Attributes:
        note: What the model reads about it: a sentence.
        documented: What a source says, for people.
        source: Whose word that is.
        date: When it was read there, such as `2026-11-25`. It may have changed since.
        assumed: What a call is assumed to cost until its record is read, in PTC (1 is 1 US dollar).
    """

    note: str
    documented: str
    source: str
    date: str
    assumed: float


@dataclass(frozen=True)
class ToolResult:
    """The result of a call of a capability.

    Attributes:
        text: The text for the model.
        report: The result for the program, in plain values that any store can keep.
        images: The images, for a model that can see.
    """

    text: str
    report: Any = None
    images: Sequence[Image] = ()


@dataclass(frozen=True)
class Capability:
    """What an agent can call.

    Attributes:
        name: The tool's name.
        description: What the model reads about it.
        price: What it costs.
        settings: The class that declares what the operator sets.
        arguments: Makes the class of a model's arguments, from the settings and from whether files
            of this machine may be named.
        flow: Runs it, from what the tools of a selection share, the settings, and a model's
            arguments.
        resume: Waits for a task that was ordered earlier, by its id, if it orders tasks.
        rules: The request whose rules the arguments keep, if it is another class than theirs: an
            error names its fields.
    """

    name: str
    description: str
    price: Price
    settings: type[Declared]
    arguments: Callable[[Any, bool], type[BaseModel]]
    flow: Callable[[ToolContext, Any, Mapping[str, Any]], Flow[ToolResult]]
    resume: Callable[[ToolContext, Any, str], Flow[ToolResult]] | None = None
    rules: type[BaseModel] | None = None

    @property
    def full_description(self) -> str:
        """All that the model reads about the tool, apart from its arguments."""
        return f"{self.description} {self.price.note}"

    def schema(self, context: ToolContext, settings: Any) -> type[BaseModel]:
        """Return the tool schema: the class of a model's arguments."""
        return self.arguments(settings, context.may_read_files)

    def wrong_arguments(self, error: ValidationError, taken: Iterable[str] = ()) -> str:
        """Tell a model which of its arguments are wrong, and which ones are `taken`."""
        return wrong_arguments(error, self.rules or BaseModel, taken)

    def by_name(
        self,
        context: ToolContext,
        settings: Any,
        given: Sequence[Any],
        arguments: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Return a call's arguments by name: a text alone is the one argument that is required.

        Agents that write text put it there, or a JSON object of all arguments.

        Raises:
            InvalidInputError: There are others by position, or several are required.
        """
        if not given:
            return dict(arguments)
        fields = self.schema(context, settings).model_fields
        needed = [name for name, field in fields.items() if field.is_required()]
        if len(given) == 1 and (found := _object_in(given[0])) and found.keys() <= fields.keys():
            return {**found, **arguments}
        if len(given) == 1 and len(needed) == 1 and needed[0] not in arguments:
            return {needed[0]: given[0], **arguments}
        names = ", ".join(f"{name}=..." for name in needed)
        raise InvalidInputError(f"Arguments go by name: {self.name}({names}).")

    def run(
        self, context: ToolContext, settings: Any, arguments: Mapping[str, Any]
    ) -> Flow[ToolResult]:
        """Check a model's arguments, which are not trusted, and run the capability.

        Raises:
            AI302Error: Its text tells a model what to do.
        """
        schema = self.schema(context, settings)
        try:
            checked = schema.model_validate(dict(arguments))
        except ValidationError as error:
            raise InvalidInputError(self.wrong_arguments(error, schema.model_fields)) from None
        values = {name: getattr(checked, name) for name in checked.model_fields_set}
        try:
            done = yield from self.flow(context, settings, values)
        except AI302Error as error:
            error.args = (one_line(error.message, LONGEST_ERROR),)
            raise
        return replace(done, text=many_lines(done.text))

    def resumed(self, context: ToolContext, settings: Any, task_id: str) -> Flow[ToolResult]:
        """Wait for a task that was paid for earlier, and return what a call would have.

        Raises:
            InvalidInputError: It orders no tasks.
            AI302Error: See the tree in `core_302.errors`.
        """
        if self.resume is None:
            raise InvalidInputError(f"{self.name} orders no tasks: there is nothing to resume.")
        return (yield from self.resume(context, settings, task_id))


def _object_in(text: Any) -> dict[str, Any] | None:
    """Return the object that `text` is, also as JSON; None for anything else."""
    if isinstance(text, dict):
        return text
    try:
        found = read_json(text)
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, dict) else None


class _Arguments(Given):
    model_config = ConfigDict(extra="forbid", protected_namespaces=(), use_enum_values=True)


@dataclass(frozen=True)
class _OneType:
    """Tells of an argument as one type, with what it refers to in its place.

    A choice of a type and null, which pydantic writes for an optional argument, has no `type`:
    smolagents' converters refuse it, and LangChain's `tool.args` loses what a reference names.
    """

    optional: bool

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        told = handler.resolve_ref_schema(handler(core_schema))
        kinds = [kind for kind in told.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) == 1:
            told = handler.resolve_ref_schema(kinds[0])
        return {**told, "nullable": True} if self.optional else dict(told)


def arguments_class(
    name: str, fields: Mapping[str, Any], rules: type[BaseModel] | None = None, *taken: str
) -> type[BaseModel]:
    """Return a class for a model's arguments: `fields`, and those of `rules` that are `taken`."""
    known = {} if rules is None else rules.model_fields
    same: dict[str, Any] = {field: (known[field].annotation, known[field]) for field in taken}
    told = {field: _told(*described) for field, described in {**same, **fields}.items()}
    return create_model(name, __base__=_Arguments, **told)


def _told(kind: Any, default: Any) -> Any:
    required = default.is_required() if isinstance(default, FieldInfo) else default is ...
    return Annotated[kind, _OneType(not required)], default
