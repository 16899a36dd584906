"""An LLM of LlamaIndex, asked and read in the terms of the rows.

What counts is what agents and memory see: the message, and what the response has beside it. For the
token counts and the finish reason the raw reply counts as well, since LlamaIndex looks there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, ThinkingBlock
from llama_index.core.tools import FunctionTool
from pydantic import BaseModel

from tests.fidelity.observation import Observation, texts_in

MESSAGES = [ChatMessage(role="user", content="Hello")]


def f(x: int = 0) -> int:
    """Do it."""
    return x


TOOLS = [FunctionTool.from_defaults(f)]
WITH_TOOLS: dict[str, Any] = {
    "tools": TOOLS,
    "chat_history": MESSAGES,
    "allow_parallel_tool_calls": True,
}


def invoke(model: Any, *, tools: bool) -> ChatResponse:
    """Ask for a whole answer."""
    found: ChatResponse = model.chat_with_tools(**WITH_TOOLS) if tools else model.chat(MESSAGES)
    return found


async def ainvoke(model: Any, *, tools: bool) -> ChatResponse:
    """Ask for a whole answer."""
    call = model.achat_with_tools(**WITH_TOOLS) if tools else model.achat(MESSAGES)
    found: ChatResponse = await call
    return found


def stream(model: Any, *, tools: bool) -> Iterator[Any]:
    """Ask for an answer in pieces."""
    return iter(
        model.stream_chat_with_tools(**WITH_TOOLS) if tools else model.stream_chat(MESSAGES)
    )


async def astream(model: Any, *, tools: bool) -> AsyncIterator[Any]:
    """Ask for an answer in pieces."""
    call = model.astream_chat_with_tools(**WITH_TOOLS) if tools else model.astream_chat(MESSAGES)
    async for chunk in await call:
        yield chunk


def added_up(chunks: Sequence[Any]) -> ChatResponse:
    """Return the answer that the pieces make: agents keep the last one, which has it all."""
    last: ChatResponse = chunks[-1]
    thoughts = "".join(one.additional_kwargs.get("thinking_delta") or "" for one in chunks)
    told = {**last.additional_kwargs, "thinking_delta": thoughts}
    return last.model_copy(update={"additional_kwargs": told})


def text_of(chunks: Sequence[Any]) -> str:
    """Return the text of the pieces before an error."""
    return "".join(chunk.delta or "" for chunk in chunks)


def read(model: Any, response: ChatResponse, seen: Observation) -> None:
    """Note what `response` holds; its tool calls are those that an agent would run."""
    message = response.message
    seen.text = message.content or ""
    thoughts = [block.content or "" for block in message.blocks if isinstance(block, ThinkingBlock)]
    seen.reasoning = "".join(thoughts) or response.additional_kwargs.get("thinking_delta") or ""
    held = [block.model_dump(mode="json") for block in message.blocks]
    beside = [message.additional_kwargs, response.additional_kwargs]
    seen.links = {text for text in texts_in([held, *map(_plain, beside)]) if text[:4] == "http"}
    seen.usage = _usage(response)
    seen.finish_reason = _finish_reason(response)
    calls = model.get_tool_calls_from_response(response, error_on_no_tool_call=False)
    seen.tool_calls = [(call.tool_name, call.tool_kwargs) for call in calls]


def recognised(error: BaseException) -> bool:
    """LlamaIndex has no family of errors of its own."""
    return False


def _usage(response: ChatResponse) -> Mapping[str, Any] | None:
    found: Any = response.additional_kwargs
    if found.get("prompt_tokens") is None:
        found = _plain(_plain(response.raw or {}).get("usage") or {})
    if found.get("prompt_tokens") is None:
        return None
    names = {"prompt_tokens": "input", "completion_tokens": "output", "total_tokens": "total"}
    return {f"{ours}_tokens": found.get(theirs) for theirs, ours in names.items()}


def _finish_reason(response: ChatResponse) -> str | None:
    if response.additional_kwargs.get("finish_reason"):
        return str(response.additional_kwargs["finish_reason"])
    choices = _plain(response.raw or {}).get("choices") or [{}]
    reason = _plain(choices[0]).get("finish_reason")
    return None if reason is None else str(reason)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    return value if isinstance(value, Mapping) else {}
