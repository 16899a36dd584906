"""What the root installs: `pip install .` and `pip install git+...` bring all five packages.

Hooks of hatchling, named in pyproject.toml. Where the folders are is only known when something is
installed, so their addresses cannot stand in a file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

NO_PACKAGE = (
    "The root holds no package, so it cannot be edited there. Name the folders: "
    "pip install -e ./core_302 -e ./langchain_302 -e ./llama_index_302 -e ./emulator_302 "
    "-e ./mcp_302"
)


class AllOfThem(MetadataHookInterface):
    """Makes the root require the package of each folder."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Write the requirements into `metadata`, which hatchling hands over for that."""
        folders = sorted(file.parent for file in Path(self.root).glob("*_302/pyproject.toml"))
        metadata["dependencies"] = [
            f"{folder.name.replace('_', '-')} @ {folder.as_uri()}" for folder in folders
        ]


class NotEditable(BuildHookInterface[Any]):
    """Stops `pip install -e .`: it would install copies of the five."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Refuse an editable install."""
        if version == "editable":
            raise SystemExit(NO_PACKAGE)
