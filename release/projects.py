"""The five distributions of this repository, read from their own pyproject.toml."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
FOLDERS = ("core_302", "langchain_302", "llama_index_302", "emulator_302", "mcp_302")


@dataclass(frozen=True)
class Project:
    """What a distribution says about itself.

    Attributes:
        folder: The name of its folder, which is that of its import package.
        name: What `pip install` calls it.
        version: Its version.
        requires: What it requires without an extra.
        extras: What each of its extras requires, by the extra's name.
    """

    folder: str
    name: str
    version: str
    requires: tuple[str, ...]
    extras: dict[str, tuple[str, ...]]

    @property
    def with_extras(self) -> str:
        """The requirement on everything that it offers."""
        return f"{self.name}[{','.join(self.extras)}]" if self.extras else self.name

    @property
    def lines(self) -> list[str]:
        """Every requirement of it, those of its extras too."""
        return [*self.requires, *(line for extra in self.extras.values() for line in extra)]


def project(folder: str) -> Project:
    """Return the distribution of a folder."""
    told = tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))["project"]
    extras = told.get("optional-dependencies", {})
    return Project(
        folder=folder,
        name=told["name"],
        version=told["version"],
        requires=tuple(told["dependencies"]),
        extras={name: tuple(lines) for name, lines in extras.items()},
    )


PROJECTS = tuple(project(folder) for folder in FOLDERS)
