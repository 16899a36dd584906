"""Tools of one selection: they share a client, the limits on images, and the folders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from core_302.adapters.connection import Connection
from core_302.errors import InvalidInputError
from core_302.tools.capability import Capability
from core_302.tools.context import ToolContext
from core_302.tools.settings import settings_in

if TYPE_CHECKING:
    from core_302.async_client import AsyncClient
    from core_302.client import Client


class Limited:
    """Reports how much of its limits is used: a tool, or a selection of tools."""

    _context: ToolContext

    @property
    def images_made(self) -> int:
        """How many images were made, or ordered."""
        return self._context.budget.images

    @property
    def spent(self) -> float:
        """What was spent by these tools, or is reserved, in PTC."""
        return self._context.budget.spent


class BorrowedConnection(Connection):
    """The connection of a selection, lent to one of its tools, which does not close it.

    Args:
        lender: Whose clients are used, made on first use.
    """

    def __init__(self, lender: Connection) -> None:
        super().__init__(lender.settings)
        self._lender = lender

    @property
    def client(self) -> Client:
        """The lender's client of the blocking methods."""
        return self._lender.client

    @property
    def async_client(self) -> AsyncClient:
        """The lender's client of the asynchronous methods."""
        return self._lender.async_client


class SharedTool(Protocol):
    """A tool that can share limits, folders and a client with others."""

    capability: ClassVar[Capability]
    _connection: Connection | None

    def __init__(self, **given: Any) -> None:
        """Make it from its settings."""

    def share(self, context: ToolContext) -> None:
        """Use the limits and the folders of `context`, which other tools use too."""


Tool = TypeVar("Tool", bound=SharedTool)


def chosen(kinds: Sequence[type[Tool]], names: Sequence[str] | None) -> list[type[Tool]]:
    """Return the classes of the tools that are wanted by name; None for all.

    Raises:
        InvalidInputError: There is no such tool.
    """
    known = {kind.capability.name: kind for kind in kinds}
    for name in names or ():
        if name not in known:
            raise InvalidInputError(f"{name!r} is not a tool: the tools are {', '.join(known)}.")
    return [kind for name, kind in known.items() if names is None or name in names]


def tools_of(
    selection: Any, context: ToolContext, kinds: Sequence[type[Tool]], shared: Sequence[str]
) -> list[Tool]:
    """Return tools that use the clients of `selection`, and its fields that are `shared`."""
    gateway = BorrowedConnection(selection._gateway)  # noqa: SLF001 - of an adapter
    common = {name: getattr(selection, name) for name in shared}
    tools = []
    for kind in kinds:
        its = settings_in(selection, kind.capability.name, kind.capability.settings)
        tool = kind(**{**common, **its})
        tool._connection = gateway  # noqa: SLF001 - its own protocol
        tool.share(context)
        tools.append(tool)
    return tools
