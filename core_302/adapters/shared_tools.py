"""Tools of one selection: they share a client, the limits on images, and the folders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from core_302.errors import InvalidInputError
from core_302.tools.capability import Capability
from core_302.tools.image_tool import Studio
from core_302.tools.settings import settings_in


class Limited:
    """What says how much of its limits is used: a tool, or a selection of tools."""

    _studio: Studio

    @property
    def images_made(self) -> int:
        """How many images were made, or ordered."""
        return self._studio.purse.images

    @property
    def spent(self) -> float:
        """What was spent on images, or is set aside, in PTC."""
        return self._studio.purse.spent


class SharedTool(Protocol):
    """A tool that can be given what others use too."""

    capability: ClassVar[Capability]

    def __init__(self, **given: Any) -> None:
        """Make it from its settings."""

    def share(self, studio: Studio) -> None:
        """Use the limits and the folders of `studio`, which other tools use too."""


Tool = TypeVar("Tool", bound=SharedTool)


def chosen(kinds: Sequence[type[Tool]], names: Sequence[str] | None) -> list[type[Tool]]:
    """Return the classes of the tools that are wanted by name; None for all.

    Raises:
        InvalidInputError: There is no such tool.
    """
    known = {kind.capability.name: kind for kind in kinds}
    for name in names or ():
        if name not in known:
            raise InvalidInputError(f"{name!r} is no tool: {', '.join(known)}.")
    return [kind for name, kind in known.items() if names is None or name in names]


def tools_of(
    selection: Any, studio: Studio, kinds: Sequence[type[Tool]], shared: Sequence[str]
) -> list[Tool]:
    """Return tools that use the clients of `selection`, and its fields that are `shared`."""
    gateway = selection._gateway  # noqa: SLF001 - a class of an adapter
    common = {"client": gateway.client, "async_client": gateway.async_client}
    common |= {name: getattr(selection, name) for name in shared}
    tools = []
    for kind in kinds:
        its = settings_in(selection, kind.capability.name, kind.capability.settings)
        tool = kind(**{**common, **its})
        tool.share(studio)
        tools.append(tool)
    return tools
