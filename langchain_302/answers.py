"""The core's answers as LangChain's messages, complete or streamed. Nothing received is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, InvalidToolCall
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata
from langchain_core.messages.tool import (
    ToolCall,
    invalid_tool_call,
    tool_call,
    tool_call_chunk,
)
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_reply import About, Audio, Choice, Completion
from core_302.endpoints.provider_details import KEPT_AS
from core_302.endpoints.tool_calls import ToolCall as CoreToolCall
from core_302.endpoints.usage import Usage
from core_302.messages.accumulator import AnswerAccumulator
from core_302.messages.think_tags import split_completion
from langchain_302.blocks import PROVIDER


def to_result(completion: Completion, *, model: str = "", split_think: bool = False) -> ChatResult:
    """Return a complete response as LangChain's result; `model` is the requested one.

    Several answers (`n`) share one token count, which is in the first message: LangChain's own
    counters read it there, and a sum over all messages counts nothing twice.
    """
    if split_think:
        completion = split_completion(completion)
    about = completion.about
    usage = to_usage(about.usage) if about.usage else None
    generations = [
        ChatGeneration(
            message=_answer(choice, about, None if place else usage, model),
            generation_info={"finish_reason": choice.finish_reason},
        )
        for place, choice in enumerate(completion.choices)
    ]
    return ChatResult(generations=generations, llm_output=_llm_output(about, usage))


class ChunkWriter:
    """Writes the deltas of one stream as LangChain's chunks.

    The response's metadata goes into the last chunk, which holds nothing else. A stream of
    LangChain is one message: of several answers (`n`) the first is streamed, and the others come
    complete in the last chunk's `response_metadata["other_answers"]`.
    """

    def __init__(self, *, model: str = "") -> None:
        self._model = model
        self._others: dict[int, list[ChatDelta]] = {}
        self._refusal: list[str] = []  # leaves whole: live events would show its last piece only
        self._end = ChatDelta()

    def write(self, delta: ChatDelta) -> list[ChatGenerationChunk]:
        """Return the chunks of a piece: none, its content, the last chunk, or both."""
        chunks = self._take(delta)
        if delta.about is not None:
            if self._refusal:
                chunks.append(_content_chunk(ChatDelta(refusal="".join(self._refusal))))
            chunks.append(self._last_chunk(delta.about))
        return chunks

    def _take(self, delta: ChatDelta) -> list[ChatGenerationChunk]:
        """Return what a delta holds of the first answer; keep the rest for the end."""
        if delta.index:
            self._others.setdefault(delta.index, []).append(delta)
            return []
        if delta.refusal:
            self._refusal.append(delta.refusal)
            delta = replace(delta, refusal="")
        if delta.finish_reason or delta.annotations or delta.provider_details:
            self._end = delta
            delta = replace(delta, annotations=(), provider_details=None)
        return [_content_chunk(delta)] if delta.has_content else []

    def _last_chunk(self, about: About) -> ChatGenerationChunk:
        reason = self._end.finish_reason
        metadata = {"model_provider": PROVIDER, **_metadata(about)}
        if reason is not None:
            metadata["finish_reason"] = reason
        if self._others:
            metadata["other_answers"] = [
                AnswerAccumulator(chunks).plain(index)
                for index, chunks in sorted(self._others.items())
            ]
        message = AIMessageChunk(
            content="",
            additional_kwargs=self._last_kwargs(about),
            response_metadata=metadata,
            usage_metadata=to_usage(about.usage) if about.usage else None,
            chunk_position="last",
        )
        info = {"finish_reason": reason} if reason else None
        return ChatGenerationChunk(message=message, generation_info=info)

    def _last_kwargs(self, about: About) -> dict[str, Any]:
        """Return what is sent once, at the end: merging chunks would double a signature."""
        details = self._end.provider_details
        last = Choice(0, annotations=self._end.annotations, provider_details=details)
        return _kwargs(last, self._model or about.model)


def _content_chunk(delta: ChatDelta) -> ChatGenerationChunk:
    metadata: dict[str, Any] = {"model_provider": PROVIDER}
    if delta.logprobs is not None:
        metadata["logprobs"] = dict(delta.logprobs)
    rare: dict[str, Any] = {}  # each field that is passed is validated, even if it is empty
    if kept := _kwargs(delta):
        rare["additional_kwargs"] = kept
    if delta.tool_calls:
        rare["tool_call_chunks"] = [
            tool_call_chunk(name=c.name, args=c.arguments, id=c.id, index=c.index)
            for c in delta.tool_calls
        ]
    message = AIMessageChunk(content=delta.text, response_metadata=metadata, **rare)
    return ChatGenerationChunk(message=message)


def to_usage(usage: Usage) -> UsageMetadata:
    """Return token counts as LangChain names them; details that are 0 are left out."""
    found = UsageMetadata(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens,
    )
    inputs: InputTokenDetails = {
        "cache_read": usage.cached_tokens,
        "cache_creation": usage.cache_creation_tokens,
        "audio": usage.input_audio_tokens,
    }
    outputs: OutputTokenDetails = {
        "reasoning": usage.reasoning_tokens,
        "audio": usage.output_audio_tokens,
    }
    if any(inputs.values()):
        found["input_token_details"] = _nonzero(inputs)
    if any(outputs.values()):
        found["output_token_details"] = _nonzero(outputs)
    return found


def _nonzero(details: Any) -> Any:
    return {name: tokens for name, tokens in details.items() if tokens}


def _answer(choice: Choice, about: About, usage: UsageMetadata | None, model: str) -> AIMessage:
    calls, broken = _calls(choice.tool_calls)
    metadata = {
        "model_provider": PROVIDER,
        "finish_reason": choice.finish_reason,
        **_metadata(about),
    }
    if choice.logprobs is not None:
        metadata["logprobs"] = dict(choice.logprobs)
    kept = _kwargs(choice, model or about.model)
    rare = {"tool_calls": calls, "invalid_tool_calls": broken, "additional_kwargs": kept}
    return AIMessage(
        content=choice.text,
        usage_metadata=usage,
        response_metadata=metadata,
        **{name: value for name, value in rare.items() if value},
    )


def _calls(calls: Sequence[CoreToolCall]) -> tuple[list[ToolCall], list[InvalidToolCall]]:
    """Split tool calls into those that can be run and those that are broken, or have no name."""
    good: list[ToolCall] = []
    broken: list[InvalidToolCall] = []
    for call in calls:
        try:
            good.append(tool_call(name=call.known_name(), args=call.read_arguments(), id=call.id))
        except ValueError as error:
            broken.append(
                invalid_tool_call(name=call.name, args=call.arguments, id=call.id, error=str(error))
            )
    return good, broken


def _metadata(about: About) -> dict[str, Any]:
    values: dict[str, Any] = {
        "model_name": about.model,
        "id": about.id,
        "created": about.created,
        "request_id": about.request_id,
        "system_fingerprint": about.system_fingerprint,
        "service_tier": about.service_tier,
    }
    if about.citations:
        values["citations"] = [{"url": c.url, "title": c.title, **c.more} for c in about.citations]
    return {name: value for name, value in values.items() if value is not None}


def _kwargs(said: Choice | ChatDelta, model: str | None = None) -> dict[str, Any]:
    """Return what LangChain keeps beside the text; most deltas have none of it."""
    values: dict[str, Any] = {}
    if said.reasoning:
        values["reasoning_content"] = said.reasoning
    if said.refusal:
        values["refusal"] = said.refusal
    if said.annotations:
        values["annotations"] = [dict(note) for note in said.annotations]
    if said.images:
        values["images"] = list(said.images)
    if said.audio:
        values["audio"] = _audio(said.audio)
    if said.provider_details:
        values[KEPT_AS] = {"model": model, **said.provider_details}
    return values


def _audio(audio: Audio) -> dict[str, Any]:
    values = {
        "id": audio.id,
        "data": audio.data,
        "transcript": audio.transcript,
        "expires_at": audio.expires_at,
    }
    return {name: value for name, value in values.items() if value is not None}


def _llm_output(about: About, usage: UsageMetadata | None) -> dict[str, Any]:
    output: dict[str, Any] = {"model_name": about.model, "model_provider": PROVIDER}
    if usage:
        output["token_usage"] = usage
    return output
