"""Modules that are imported when something of them is first used.

A chat program draws no pictures and embeds no texts. So the clients, which offer everything, name
the modules for that without importing them, and the packages do the same with their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any


class OnDemand:
    """Stands for the module `name`: its attributes are the module's."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def attribute_of(package: str, modules: Mapping[str, str], name: str) -> Any:
    """Return a package's `name` from the module that has it, importing that module if need be.

    Raises:
        AttributeError: None of `modules` has it.
    """
    if name not in modules:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    return getattr(import_module(f"{package}.{modules[name]}"), name)
