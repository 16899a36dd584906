"""Offer: what one process gives to agents, under one budget and with one set of folders.

It names no capability: whatever `core_302` declares can be offered. Nothing here knows the
protocol, and nothing does I/O.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from core_302.errors import AI302Error, ConfigurationError, InvalidInputError
from core_302.flow import Flow
from core_302.flows.tasks import BY_TOOL
from core_302.options.chat import explain
from core_302.options.declaration import Declared
from core_302.tools.capabilities import CAPABILITIES
from core_302.tools.capability import Capability, ToolResult, arguments_class
from core_302.tools.context import ToolContext
from core_302.tools.image_tool import wrong_arguments
from core_302.tools.settings import ImageJobSettings

RESUME = "resume_task"
NAME = re.compile("[a-z_]{1,40}")
NOT_A_SETTING = "It is not a setting of this tool"
# Limits and folders are those of the process, whatever a tool declares.
SHARED = frozenset(ImageJobSettings.model_fields)
LONGEST_ID = 200  # characters
ABOUT_ID = "The task's id. Left out: the last task whose call was cut short."
TaskId = Annotated[str | None, Field(max_length=LONGEST_ID, description=ABOUT_ID)]
ABOUT_RESUMING = (
    "Wait for a task that was ordered and paid earlier, and return its result: call it where an "
    "error names a task's id, or where a call ended before its result came. It costs nothing more."
)


def known_capabilities() -> dict[str, Capability]:
    """Return every capability there is, by its name."""
    return {capability.name: capability for capability in CAPABILITIES}


@dataclass(frozen=True)
class Described:
    """A tool, as a client is told of it.

    Attributes:
        name: Its name.
        description: What the model reads about it.
        schema: Its arguments, as JSON schema.
        price: What a call costs, in plain values; None where it costs nothing.
    """

    name: str
    description: str
    schema: dict[str, Any]
    price: dict[str, Any] | None


class Offer:
    """The tools that one process offers.

    Args:
        names: Which, each as its capability is called.
        max_cost: The most that they may cost together, in PTC (1 PTC is 1 US dollar).
        output_dir: Where files are saved; None: nowhere, and only their links are told.
        input_dirs: The folders that a model may name files in.
        settings: What is set for each tool, by its name, beside limits and folders.

    Raises:
        ConfigurationError: A tool, a setting, a folder or the limit cannot be used, or is missing.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        max_cost: float | None = None,
        output_dir: str | None = None,
        input_dirs: Sequence[str] = (),
        settings: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.capabilities = _chosen(names)
        _check_limits(self.capabilities, max_cost, output_dir)
        self._settings = _settings_of(self.capabilities, settings or {})
        shared = {"budget": max_cost, "output_dir": output_dir, "allowed_dirs": tuple(input_dirs)}
        self.context = ToolContext.of(_made(ImageJobSettings, shared, "--max-cost"))
        self._left: dict[str, str] = {}

    @property
    def resumable(self) -> tuple[str, ...]:
        """The names of the tools whose tasks can be resumed."""
        return tuple(name for name, one in self.capabilities.items() if one.resume is not None)

    def tools(self) -> list[Described]:
        """Return the tools, in the order of a toolkit; the one that resumes tasks is the last."""
        described = [
            Described(
                name=name,
                description=capability.full_description,
                schema=capability.schema(self.context, self._settings[name]).model_json_schema(),
                price=_price(capability),
            )
            for name, capability in self.capabilities.items()
        ]
        if self.resumable:
            schema = self._resuming().model_json_schema()
            described.append(Described(RESUME, ABOUT_RESUMING, schema, None))
        return described

    def call(self, name: str, arguments: Mapping[str, Any]) -> Flow[ToolResult] | None:
        """Return the call of a tool, as a flow, or None if there is no such tool.

        Its errors are an `AI302Error` whose text tells a model what to do.
        """
        if name == RESUME and self.resumable:
            return self._resumed(arguments)
        if (capability := self.capabilities.get(name)) is None:
            return None
        return capability.run(self.context, self._settings[name], arguments)

    def leave(self, name: str, task_id: str) -> None:
        """Remember the task of a call that was cut short: its model was never told the id."""
        self._left[name] = task_id

    def _resuming(self) -> type[BaseModel]:
        names: Any = Literal[self.resumable]
        tool = Annotated[names, Field(description="The tool that ordered the task.")]
        return arguments_class("ResumeTask", {"tool": (tool, ...), "task_id": (TaskId, None)})

    def _resumed(self, arguments: Mapping[str, Any]) -> Flow[ToolResult]:
        try:
            checked: Any = self._resuming().model_validate(dict(arguments))
        except ValidationError as error:
            raise InvalidInputError(wrong_arguments(error, BaseModel)) from None
        capability, settings = self.capabilities[checked.tool], self._settings[checked.tool]
        task_id = checked.task_id or self._left.get(checked.tool)
        if task_id is None:
            raise InvalidInputError(
                f"task_id: no call of {checked.tool} was cut short: give its id."
            )
        return (yield from capability.resumed(self.context, settings, task_id))


def told(error: AI302Error) -> str:
    """Return what an error tells a model: a program resumes by a method, a model by a tool."""
    return error.message.replace(f"({BY_TOOL})", f"(with the tool {RESUME})")


def costs_money(capability: Capability) -> bool:
    """Return whether a call of it costs anything."""
    return capability.price.assumed > 0


def _price(capability: Capability) -> dict[str, Any] | None:
    price = capability.price
    if not costs_money(capability):
        return None
    return {
        "note": price.note,
        "documented": price.documented,
        "source": price.source,
        "date": price.date,
        "assumed_ptc": price.assumed,
    }


def _chosen(names: Sequence[str]) -> dict[str, Capability]:
    known = known_capabilities()
    if unknown := [name for name in names if name not in known]:
        raise ConfigurationError(
            f"There is no tool {', '.join(map(_shown, unknown))}. The tools are {', '.join(known)}."
        )
    return {name: capability for name, capability in known.items() if name in names}


def _shown(name: str) -> str:
    """Return a name that is wrong, unless it looks like something else, such as a key."""
    return repr(name) if NAME.fullmatch(name) else "of that name"


def _check_limits(
    capabilities: Mapping[str, Capability], max_cost: float | None, output_dir: str | None
) -> None:
    paid = [name for name, capability in capabilities.items() if costs_money(capability)]
    if paid and max_cost is None:
        raise ConfigurationError(
            f"{', '.join(paid)}: calls cost money, so --max-cost must say how many PTC (US "
            "dollars) this process may spend."
        )
    kept = [
        name for name, one in capabilities.items() if issubclass(one.settings, ImageJobSettings)
    ]
    if kept and output_dir is None:
        # Else a paid image would be lost, or written where nobody allowed it.
        raise ConfigurationError(
            f"{', '.join(kept)}: a model may answer with an image itself and no link, so "
            "--output-dir must say where it is saved."
        )


def _settings_of(
    capabilities: Mapping[str, Capability], given: Mapping[str, Mapping[str, Any]]
) -> dict[str, Declared]:
    if others := [name for name in given if name not in capabilities]:
        raise ConfigurationError(f"--set: {', '.join(map(_shown, others))} is not among --tools.")
    return {name: _checked(one, given.get(name, {})) for name, one in capabilities.items()}


def _checked(capability: Capability, given: Mapping[str, Any]) -> Declared:
    fields = capability.settings.model_fields
    # What must not be shown must not be an argument either: any user of a machine can read those.
    not_here = [
        name for name in given if name in SHARED or (name in fields and fields[name].exclude)
    ]
    if not_here:
        raise ConfigurationError(f"--set: {capability.name}.{not_here[0]} cannot be set here.")
    return _made(capability.settings, given, f"--set {capability.name}")


def _made(kind: type[Declared], given: Mapping[str, Any], named: str) -> Declared:
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        said = explain(error, kind, hint=NOT_A_SETTING)
        raise ConfigurationError(f"{named}: {said}") from None
