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


OURS = Contender("ChatAI302", "langchain-302", _ai302)
RIVALS = (
    Contender("ChatOpenAI", "langchain-openai", _openai),
    Contender("ChatOpenRouter", "langchain-openrouter", _openrouter),
    Contender("ChatDeepSeek", "langchain-deepseek", _deepseek),
    Contender("ChatMistralAI", "langchain-mistralai", _mistral),
)


def _llama_index(module: str, name: str, url: str, row: Row, **settings: Any) -> Any:
    limits = {"timeout": row.timeout} if row.timeout else {}
    kind = _class(module, name)
    return kind(
        model="m1", api_base=url, api_key=KEY, max_retries=row.max_retries, **limits, **settings
    )


def _ai302_llm(url: str, row: Row) -> Any:
    return _llama_index("llama_index_302", "AI302", url, row)


def _of_the_openai_family(module: str, name: str) -> Make:
    def make(url: str, row: Row) -> Any:
        # Without these two, it asks for completions, and refuses to be given tools.
        settings = {"is_chat_model": True, "is_function_calling_model": True}
        return _llama_index(f"llama_index.llms.{module}", name, f"{url}/v1", row, **settings)

    return make


OURS_FOR_LLAMA_INDEX = Contender("AI302", "llama-index-302", _ai302_llm, "llama_index")
LLAMA_INDEX_RIVALS = tuple(
    Contender(
        name,
        f"llama-index-llms-{package}",
        _of_the_openai_family(package.replace("-", "_"), name),
        "llama_index",
    )
    for name, package in (
        ("OpenAILike", "openai-like"),
        ("OpenRouter", "openrouter"),
        ("DeepSeek", "deepseek"),
    )
)
FOR_LANGCHAIN = (OURS, *RIVALS)
FOR_LLAMA_INDEX = (OURS_FOR_LLAMA_INDEX, *LLAMA_INDEX_RIVALS)
CONTENDERS = {contender.name: contender for contender in (*FOR_LANGCHAIN, *FOR_LLAMA_INDEX)}
