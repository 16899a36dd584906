"""Modules that are imported when something of them is first used.

A chat program draws no pictures and embeds no texts. So the clients, which offer everything, name
the modules for that without importing them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class OnDemand:
    """Stands for the module `name`: its attributes are the module's."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
