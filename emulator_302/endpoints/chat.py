"""Chat completions in the gateway's own shape, as a response and as a stream.

Real captures carry `delta` beside `message` in a response, an `index` in every tool call, and
`usage: null` on the chunks of a stream; so do these.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from emulator_302.endpoints.speech import speech_of
from emulator_302.http.usage import CHARACTERS_PER_TOKEN, PromptCache, count, usage
from emulator_302.http.validate import Model
from emulator_302.rule_model.answer import Answer

FINGERPRINT = "emulator-302"
CREATED = 1_750_000_000  # a fixed second: replies to equal requests are equal
ARGUMENT_CHUNK = 8  # characters of a tool call's arguments in one chunk


@dataclass(frozen=True)
class Written:
    """One finished answer: cut by `stop` and `max_tokens`, with its token counts."""

    text: str
    reasoning: str
    calls: tuple[dict[str, Any], ...]
    finish: str
    audio: dict[str, Any] | None = None

    @property
    def tokens(self) -> int:
        """How many tokens the answer has."""
        spent = sum(count(json.dumps(call, ensure_ascii=False)) for call in self.calls)
        return count(self.text) + self.reasoning_tokens + spent

    @property
    def reasoning_tokens(self) -> int:
        """How many of them are reasoning."""
        return count(self.reasoning)


@dataclass(frozen=True)
class Completion:
    """The response to one request, before it is written as JSON or as a stream."""

    id: str
    model: str
    answers: tuple[Written, ...]
    usage: dict[str, Any]
    citations: tuple[str, ...]
    logprobs: bool


def complete(said: Answer, body: Mapping[str, Any], model: Model, cache: PromptCache) -> Completion:
    """Return the completion that gives an answer: cut, counted, with its ids."""
    number = int(body.get("n", 1))
    # Two scripted answers to one request are two completions.
    given = json.dumps([body, said.text, said.tool_calls], sort_keys=True, default=str)
    digest = hashlib.sha256(given.encode()).hexdigest()
    answers = tuple(_written(said, body, place, digest) for place in range(number))
    return Completion(
        id=f"chatcmpl-emulator-{digest[:16]}",
        model=model.id,
        answers=answers,
        usage=usage(
            body,
            written=sum(one.tokens for one in answers),
            reasoning=sum(one.reasoning_tokens for one in answers),
            audio=sum(count(one.audio["transcript"]) for one in answers if one.audio),
            cache=cache,
        ),
        citations=said.citations,
        logprobs=bool(body.get("logprobs")),
    )


def has_images(body: Mapping[str, Any]) -> bool:
    """Return whether any message of the request holds an image."""
    contents = [message.get("content") for message in body["messages"]]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return any(isinstance(part, dict) and part.get("type") == "image_url" for part in parts)


def response_of(completion: Completion) -> dict[str, Any]:
    """Return the response that is not a stream."""
    choices = []
    for index, written in enumerate(completion.answers):
        message: dict[str, Any] = {"role": "assistant", "content": written.text or None}
        if written.reasoning:
            message["reasoning_content"] = written.reasoning
        if written.audio:
            message["audio"] = written.audio
        if written.calls:
            message["tool_calls"] = [
                {"index": place, **call} for place, call in enumerate(written.calls)
            ]
        choice = {"index": index, "delta": message, "message": message}
        choice["finish_reason"] = written.finish
        if completion.logprobs:
            choice["logprobs"] = _logprobs(written.text)
        choices.append(choice)
    reply = {**_head(completion, "chat.completion"), "choices": choices}
    reply["usage"] = completion.usage
    if completion.citations:
        reply["citations"] = list(completion.citations)
    return reply


def chunks_of(completion: Completion, *, with_usage: bool) -> Iterator[dict[str, Any]]:
    """Yield the chunks of the stream, without `[DONE]`."""
    head = _head(completion, "chat.completion.chunk")
    for index, written in enumerate(completion.answers):
        for delta in _deltas(written):
            event = {**head, "choices": [_choice(index, delta)], "usage": None}
            if completion.logprobs and delta.get("content"):
                event["choices"][0]["logprobs"] = _logprobs(delta["content"])
            if completion.citations:
                event["citations"] = list(completion.citations)
            yield event
        yield {**head, "choices": [_choice(index, {}, written.finish)], "usage": None}
    if with_usage:
        yield {**head, "choices": [], "usage": completion.usage}


def _head(completion: Completion, kind: str) -> dict[str, Any]:
    return {
        "id": completion.id,
        "object": kind,
        "created": CREATED,
        "model": completion.model,
        "system_fingerprint": FINGERPRINT,
    }


def _choice(index: int, delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}


def _deltas(written: Written) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": "", "refusal": None}
    for word in re.findall(r"\s*\S+\s*$|\s*\S+", written.reasoning):
        yield {"reasoning_content": word}
    for word in re.findall(r"\s*\S+\s*$|\s*\S+|\s+$", written.text):
        yield {"content": word}
    if written.audio:
        yield {"audio": written.audio}
    for place, call in enumerate(written.calls):
        function = {"name": call["function"]["name"], "arguments": ""}
        first = {"index": place, "id": call["id"], "type": "function", "function": function}
        yield {"tool_calls": [first]}
        arguments = call["function"]["arguments"]
        for start in range(0, len(arguments), ARGUMENT_CHUNK):
            part = arguments[start : start + ARGUMENT_CHUNK]
            yield {"tool_calls": [{"index": place, "function": {"arguments": part}}]}


def _written(said: Answer, body: Mapping[str, Any], place: int, digest: str) -> Written:
    text = said.text if place == 0 else f"{said.text} (answer {place + 1})"
    calls = tuple(
        _call(name, arguments, f"{digest} {place} {number}")
        for number, (name, arguments) in enumerate(said.tool_calls)
    )
    finish = "tool_calls" if calls else "stop"
    stops = body.get("stop", ())
    for stop in (stops,) if isinstance(stops, str) else stops:
        if stop and stop in text:
            text = text[: text.index(stop)]
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    if limit is not None and not calls and count(text) > limit:
        text, finish = text[: limit * CHARACTERS_PER_TOKEN], "length"
    audio = speech_of(text, body) if text and "audio" in body.get("modalities", ()) else None
    # A spoken answer has its words in the audio's transcript, and no text.
    return Written("" if audio else text, said.reasoning, calls, finish, audio)


def _call(name: str, arguments: Mapping[str, Any] | str, where: str) -> dict[str, Any]:
    """Return a tool call, with an id that no other call of the conversation has."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    digest = hashlib.sha256(f"{where}{name}{text}".encode()).hexdigest()[:12]
    function = {"name": name, "arguments": text}
    return {"id": f"call_{digest}", "type": "function", "function": function}


def _logprobs(text: str) -> dict[str, Any]:
    tokens = re.findall(r"\s*\S+\s*$|\s*\S+", text)
    return {
        "content": [
            {"token": token, "logprob": -0.1, "bytes": list(token.encode()), "top_logprobs": []}
            for token in tokens
        ]
    }
