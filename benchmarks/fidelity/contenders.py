"""The chat models that are compared, each set up as its users would point it at a gateway.

Options that are off by default but help with a gateway are switched on (`stream_usage`, the limit
of a chunk's silence). Classes are imported by name, because each lives in its own environment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from benchmarks.fidelity.asking import KEY, Make
from benchmarks.fidelity.row import Row


@dataclass(frozen=True)
class Contender:
    """One chat model.

    Attributes:
        name: Its class.
        package: What has to be installed for it, also its import path with `_` for `-`.
        make: Makes it for one row.
    """

    name: str
    package: str
    make: Make


def _class(module: str, name: str) -> Any:
    return getattr(import_module(module), name)


def _ai302(url: str, row: Row) -> Any:
    return _class("langchain_302", "ChatAI302")(
        model="m1", base_url=url, api_key=KEY, max_retries=row.max_retries, timeout=row.timeout
    )


def _openai(url: str, row: Row) -> Any:
    limits = {"timeout": row.timeout, "stream_chunk_timeout": row.timeout} if row.timeout else {}
    return _class("langchain_openai", "ChatOpenAI")(
        model="m1",
        base_url=f"{url}/v1",
        api_key=KEY,
        max_retries=row.max_retries,
        stream_usage=True,
        **limits,
    )


def _deepseek(url: str, row: Row) -> Any:
    limits = {"timeout": row.timeout, "stream_chunk_timeout": row.timeout} if row.timeout else {}
    return _class("langchain_deepseek", "ChatDeepSeek")(
        model="m1",
        api_base=f"{url}/v1",
        api_key=KEY,
        max_retries=row.max_retries,
        stream_usage=True,
        **limits,
    )


def _openrouter(url: str, row: Row) -> Any:
    # Its time limit is a whole number of milliseconds.
    limits = {"timeout": int(row.timeout * 1000)} if row.timeout else {}
    return _class("langchain_openrouter", "ChatOpenRouter")(
        model="m1", base_url=f"{url}/v1", api_key=KEY, max_retries=row.max_retries, **limits
    )


def _mistral(url: str, row: Row) -> Any:
    # Its time limit is a whole number of seconds.
    limits = {"timeout": math.ceil(row.timeout)} if row.timeout else {}
    return _class("langchain_mistralai", "ChatMistralAI")(
        model="m1", base_url=f"{url}/v1", api_key=KEY, max_retries=row.max_retries, **limits
    )


OURS = Contender("ChatAI302", "ai302", _ai302)
RIVALS = (
    Contender("ChatOpenAI", "langchain-openai", _openai),
    Contender("ChatOpenRouter", "langchain-openrouter", _openrouter),
    Contender("ChatDeepSeek", "langchain-deepseek", _deepseek),
    Contender("ChatMistralAI", "langchain-mistralai", _mistral),
)
CONTENDERS = {contender.name: contender for contender in (OURS, *RIVALS)}
