"""The chat models that are compared, each set up as its users would point it at a gateway.

Options that are off by default but help with a gateway are switched on (`stream_usage`, the limit
of a chunk's silence). Classes are imported by name, because each lives in its own environment.
"""

from __future__ import annotations

import math
from typing import Any

from tests.fidelity.asking import KEY, Make
from tests.fidelity.contender import (
    OURS,
    OURS_FOR_LLAMA_INDEX,
    Contender,
    class_of,
    of_llama_index,
)
from tests.fidelity.row import Row


def _openai(url: str, row: Row) -> Any:
    limits = {"timeout": row.timeout, "stream_chunk_timeout": row.timeout} if row.timeout else {}
    return class_of("langchain_openai", "ChatOpenAI")(
        model="m1",
        base_url=f"{url}/v1",
        api_key=KEY,
        max_retries=row.max_retries,
        stream_usage=True,
        **limits,
    )


def _deepseek(url: str, row: Row) -> Any:
    limits = {"timeout": row.timeout, "stream_chunk_timeout": row.timeout} if row.timeout else {}
    return class_of("langchain_deepseek", "ChatDeepSeek")(
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
    return class_of("langchain_openrouter", "ChatOpenRouter")(
        model="m1", base_url=f"{url}/v1", api_key=KEY, max_retries=row.max_retries, **limits
    )


def _mistral(url: str, row: Row) -> Any:
    # Its time limit is a whole number of seconds.
    limits = {"timeout": math.ceil(row.timeout)} if row.timeout else {}
    return class_of("langchain_mistralai", "ChatMistralAI")(
        model="m1", base_url=f"{url}/v1", api_key=KEY, max_retries=row.max_retries, **limits
    )


RIVALS = (
    Contender("ChatOpenAI", "langchain-openai", _openai),
    Contender("ChatOpenRouter", "langchain-openrouter", _openrouter),
    Contender("ChatDeepSeek", "langchain-deepseek", _deepseek),
    Contender("ChatMistralAI", "langchain-mistralai", _mistral),
)


def _of_the_openai_family(module: str, name: str) -> Make:
    def make(url: str, row: Row) -> Any:
        # Without these two, it asks for completions, and refuses to be given tools.
        settings = {"is_chat_model": True, "is_function_calling_model": True}
        return of_llama_index(f"llama_index.llms.{module}", name, f"{url}/v1", row, **settings)

    return make


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
