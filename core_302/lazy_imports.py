"""Modules that are imported when something of them is first used.

A chat program draws no images and embeds no texts. So the clients, which offer everything, name
the modules for that without importing them, and the packages do the same with their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def imported(name: str) -> ModuleType:
    """Return one of our modules, imported on first use.

    Raises:
        ModuleNotFoundError: Something that its package requires is not installed; the error's text
            says how to install it.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        package = name.partition(".")[0]
        raise ModuleNotFoundError(
            f"{package} needs {missing.name}, which is not installed: "
            f"pip install {package.replace('_', '-')}",
            name=missing.name,
        ) from None


class OnDemand:
    """Stands for the module `name`: its attributes are the module's."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(imported(self._name), attribute)


def attribute_of(package: str, modules: Mapping[str, str], name: str) -> Any:
    """Return a package's `name` from the module that has it, importing that module if need be.

    Raises:
        AttributeError: None of `modules` has it.
        ModuleNotFoundError: Something that the package requires is not installed.
    """
    if name not in modules:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    return getattr(imported(f"{package}.{modules[name]}"), name)
