"""Contender: a chat model that the rows are put to, and the two of this project.

Each is set up as its users would point it at a gateway, and imported by name: rivals live in
environments of their own, where this project's packages are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tests.fidelity.asking import KEY, Make
from tests.fidelity.row import Row


@dataclass(frozen=True)
class Contender:
    """One chat model.

    Attributes:
        name: Its class.
        package: What has to be installed for it, also its import path with `_` for `-`.
        make: Makes it for one row.
        framework: Whose it is: `langchain` or `llama_index`.
    """

    name: str
    package: str
    make: Make
    framework: str = "langchain"

    @property
    def ours(self) -> bool:
        """Whether it is this project's."""
        return self.package in {"langchain-302", "llama-index-302"}


def class_of(module: str, name: str) -> Any:
    """Return a class of a module that is imported now."""
    return getattr(import_module(module), name)


def of_llama_index(module: str, name: str, url: str, row: Row, **settings: Any) -> Any:
    """Make an LLM of LlamaIndex for a row."""
    limits = {"timeout": row.timeout} if row.timeout else {}
    kind = class_of(module, name)
    return kind(
        model="m1", api_base=url, api_key=KEY, max_retries=row.max_retries, **limits, **settings
    )


def _ai302(url: str, row: Row) -> Any:
    return class_of("langchain_302", "ChatAI302")(
        model="m1", base_url=url, api_key=KEY, max_retries=row.max_retries, timeout=row.timeout
    )


def _ai302_llm(url: str, row: Row) -> Any:
    return of_llama_index("llama_index_302", "AI302", url, row)


OURS = Contender("ChatAI302", "langchain-302", _ai302)
OURS_FOR_LLAMA_INDEX = Contender("AI302", "llama-index-302", _ai302_llm, "llama_index")
