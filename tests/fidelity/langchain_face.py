"""A chat model of LangChain, asked and read in the terms of the rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from langchain_core import exceptions as langchain
from langchain_core.messages import BaseMessage

from tests.fidelity.observation import Observation, texts_in

QUESTION = "Hello"
TOOL = {
    "type": "function",
    "function": {
        "name": "f",
        "description": "Does it.",
        "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}},
    },
}


def invoke(model: Any, *, tools: bool) -> BaseMessage:
    """Ask for a whole answer."""
    message: BaseMessage = _bound(model, tools=tools).invoke(QUESTION)
    return message


async def ainvoke(model: Any, *, tools: bool) -> BaseMessage:
    """Ask for a whole answer."""
    message: BaseMessage = await _bound(model, tools=tools).ainvoke(QUESTION)
    return message


def stream(model: Any, *, tools: bool) -> Iterator[Any]:
    """Ask for an answer in pieces."""
    return iter(_bound(model, tools=tools).stream(QUESTION))


async def astream(model: Any, *, tools: bool) -> AsyncIterator[Any]:
    """Ask for an answer in pieces."""
    async for chunk in _bound(model, tools=tools).astream(QUESTION):
        yield chunk


def added_up(chunks: Sequence[Any]) -> BaseMessage:
    """Return the answer that the pieces make."""
    total: BaseMessage = chunks[0]
    for chunk in chunks[1:]:
        total += chunk
    return total


def text_of(chunks: Sequence[Any]) -> str:
    """Return the text of the pieces before an error."""
    return "".join(str(chunk.text) for chunk in chunks)


def read(model: Any, message: BaseMessage, seen: Observation) -> None:
    """Note what `message` holds."""
    seen.text = str(message.text)
    seen.reasoning = _reasoning(message)
    seen.tool_calls = [(call["name"], call["args"]) for call in getattr(message, "tool_calls", [])]
    seen.invalid_tool_calls = [
        (call["name"], call["args"]) for call in getattr(message, "invalid_tool_calls", [])
    ]
    content = message.content if isinstance(message.content, list) else []
    held = [content, message.additional_kwargs, message.response_metadata]
    seen.links = {text for text in texts_in(held) if text.startswith("http")}
    seen.usage = getattr(message, "usage_metadata", None)
    seen.finish_reason = message.response_metadata.get("finish_reason")


def recognised(error: BaseException) -> bool:
    """Tell whether the error is of LangChain's own family."""
    return isinstance(error, langchain.ModelError)


def _bound(model: Any, *, tools: bool) -> Any:
    return model.bind_tools([TOOL]) if tools else model


def _reasoning(message: BaseMessage) -> str:
    for name in ("reasoning_content", "reasoning"):
        kept = message.additional_kwargs.get(name)
        if isinstance(kept, str) and kept:
            return kept
    thoughts = (
        block.get("reasoning", "") for block in message.content_blocks if isinstance(block, Mapping)
    )
    return "".join(str(thought) for thought in thoughts)
