"""Methods of `AI302ToolSpec`: the asynchronous twin of each, and those that a declaration makes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from pydantic.fields import FieldInfo

from core_302.tools.capability import Capability

if TYPE_CHECKING:
    from llama_index_302.tool_spec import AI302ToolSpec

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Spec = TypeVar("Spec", bound="AI302ToolSpec")


def awaited(
    method: Callable[Concatenate[Spec, Given], Answer],
) -> Callable[Concatenate[Spec, Given], Coroutine[Any, Any, Answer]]:
    """Return the asynchronous twin of a tool's method: the same arguments, the same result."""
    signature = inspect.signature(method)

    @wraps(method)
    async def run(spec: Spec, /, *args: Given.args, **kwargs: Given.kwargs) -> Any:
        bound = signature.bind(spec, *args, **kwargs).arguments
        return await spec._acall(method.__name__, arguments_in(bound))  # noqa: SLF001 - of the same class

    run.__name__ = f"a{method.__name__}"
    return run


def methods_of(
    capability: Capability,
) -> tuple[Callable[..., Any], Callable[..., Coroutine[Any, Any, Any]]]:
    """Return a capability's method and its asynchronous twin.

    Their signature is what the tool takes with default settings. They take what the tool takes with
    those of the spec, such as one of `more_voices`.
    """
    name = capability.name
    fields = capability.arguments(capability.settings(), True).model_fields

    def said(spec: AI302ToolSpec, given: Any, named: Any) -> dict[str, Any]:
        # What this spec's settings add is taken. What they take away is refused by the tool, which
        # names what it takes.
        own = spec._tools[name].arguments.model_fields  # noqa: SLF001 - of the same class
        bound = _signature({**fields, **own}).bind(spec, *given, **named).arguments
        return arguments_in(bound)

    def run(spec: AI302ToolSpec, /, *given: Any, **named: Any) -> Any:
        return spec._call(name, said(spec, given, named))  # noqa: SLF001 - of the same class

    async def arun(spec: AI302ToolSpec, /, *given: Any, **named: Any) -> Any:
        return await spec._acall(name, said(spec, given, named))  # noqa: SLF001 - of the same class

    for method, called in ((run, name), (arun, f"a{name}")):
        _described(method, called, capability, fields)
    return run, arun


def _described(
    method: Callable[..., Any], name: str, capability: Capability, fields: Mapping[str, FieldInfo]
) -> None:
    """Write on a method what editors, `help()` and tests look at."""
    signature = _signature(fields)
    annotations = {one.name: one.annotation for one in signature.parameters.values()}
    annotations.pop("self")
    method.__name__ = name
    method.__qualname__ = f"AI302ToolSpec.{name}"
    method.__doc__ = _documented(capability, fields)
    method.__annotations__ = {**annotations, "return": Any}
    method.__signature__ = signature  # type: ignore[attr-defined]


def _signature(fields: Mapping[str, FieldInfo]) -> inspect.Signature:
    """Return the signature of a method that takes `fields`: what is required goes first."""
    spec = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [_parameter(name, field) for name, field in fields.items() if field.is_required()]
    others = [_parameter(name, field) for name, field in fields.items() if not field.is_required()]
    return inspect.Signature([spec, *needed, *others], return_annotation=Any)


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    required = field.is_required()
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD if required else inspect.Parameter.KEYWORD_ONLY
    default = inspect.Parameter.empty if required else None
    return inspect.Parameter(name, kind, default=default, annotation=field.annotation)


def _documented(capability: Capability, fields: Mapping[str, FieldInfo]) -> str:
    described = [f"    {name}: {field.description}" for name, field in fields.items()]
    also = "Settings may add arguments, such as a choice of models."
    raised = "Raises:\n    AI302Error: Its text tells a model what to do."
    return "\n".join([capability.description, "", "Args:", *described, "", also, "", raised])


def arguments_in(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a method's arguments that are set."""
    return {name: v for name, v in given.items() if name != "self" and v is not None}
