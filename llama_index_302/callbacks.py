"""LlamaIndex's callbacks around a method, with the method's types.

LlamaIndex's own decorators are typed as `Callable`: to mypy, whatever they return is `Any`, and a
wrong argument to `AI302.chat` or a wrong use of its answer passes. This module keeps the types.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback

_Method = TypeVar("_Method", bound=Callable[..., Any])


def traced_chat(method: _Method) -> _Method:
    """Notify LlamaIndex's callbacks of each call of a method that takes messages."""
    return cast("_Method", llm_chat_callback()(method))


def traced_completion(method: _Method) -> _Method:
    """Notify LlamaIndex's callbacks of each call of a method that takes a text."""
    return cast("_Method", llm_completion_callback()(method))
