"""Chat completions: how to read an answer that comes piece by piece.

Rules that it keeps: text, reasoning and pieces of tool calls leave as they come; what a stream says
about itself (finish reason, usage, model, sources) leaves once, at the end, however often it was
said; every piece of a tool call leaves under its call's own number, however the vendor numbered it;
and a stream that stops before `[DONE]` or a finish reason is an error, never a shorter answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core_302.endpoints.chat_reply import (
    About,
    Audio,
    Choice,
    Citation,
    Completion,
    Usage,
    about_of,
    annotations_of,
    citations_in,
    citations_of,
    content_text,
    image_links,
    merge_citations,
    read_audio,
    read_completion,
    reasoning_text,
)
from core_302.endpoints.probabilities import read_logprobs
from core_302.endpoints.reading import malformed, text_or_none
from core_302.endpoints.tool_call_pieces import ToolCallAssembler, ToolCallDelta
from core_302.error_bodies import api_error, error_in
from core_302.errors import (
    AI302Error,
    ConnectionLostError,
    GatewayError,
    MalformedReplyError,
    StreamInterruptedError,
)
from core_302.http import Reply
from core_302.json_text import read_json
from core_302.sse import BYTE_ORDER_MARK, ServerSentEvent, SseDecoder

PLAIN_KEYS = frozenset({"role", "content"})  # what an ordinary piece has
STARTS_OF_EVENTS = (b"data:", b"event:", b"id:", b"retry:", b":")
LONGEST_START = 1024  # bytes before which the first event of a stream has surely begun


@dataclass(slots=True)  # not frozen, which costs seven times as much: one is made for each token
class ChatDelta:
    """A piece of an answer.

    Attributes:
        index: Which of the `n` answers it belongs to.
        text: New text.
        reasoning: New thoughts.
        refusal: New text of a refusal.
        tool_calls: New pieces of tool calls.
        logprobs: Log-probabilities of the new tokens.
        annotations: All annotations; on the last piece of each answer only, as some vendors repeat
            them with every chunk.
        images: New pictures, as links or data URIs.
        audio: What the answer says aloud, whole; on the last piece of each answer only.
        finish_reason: Why the answer ended; on the last piece of each answer only.
        about: What the whole reply says about itself; on the very last piece only.
    """

    index: int = 0
    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    tool_calls: tuple[ToolCallDelta, ...] = ()
    logprobs: Mapping[str, Any] | None = None
    annotations: tuple[Mapping[str, Any], ...] = ()
    images: tuple[str, ...] = ()
    audio: Audio | None = None
    finish_reason: str | None = None
    about: About | None = None

    @property
    def has_content(self) -> bool:
        """Whether it brings anything of the answer itself."""
        return bool(
            self.text
            or self.reasoning
            or self.tool_calls
            or self.refusal
            or self.images
            or self.logprobs is not None
            or self.audio is not None
        )


def deltas_of(completion: Completion) -> Iterator[ChatDelta]:
    """Yield a whole answer as the pieces of a stream; some servers send it when asked for one."""
    for choice in completion.choices:
        yield ChatDelta(
            index=choice.index,
            text=choice.text,
            reasoning=choice.reasoning,
            refusal=choice.refusal or "",
            tool_calls=tuple(
                ToolCallDelta(number, call.id, call.name, call.arguments)
                for number, call in enumerate(choice.tool_calls)
            ),
            logprobs=choice.logprobs,
            annotations=choice.annotations,
            images=choice.images,
            audio=choice.audio,
            finish_reason=choice.finish_reason,
            about=completion.about if choice is completion.choices[-1] else None,
        )


class ChatStream:
    """Turns the bytes of a streamed reply into `ChatDelta`s. Feed it; then call `finish` once."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._decoder = SseDecoder()
        self._text: list[str] = []
        self._calls: dict[int, ToolCallAssembler] = {}
        self._finish: dict[int, str | None] = {}
        self._notes: dict[int, list[Mapping[str, Any]]] = {}
        self._audio: dict[int, list[Mapping[str, Any]]] = {}
        self._citations: tuple[Citation, ...] = ()
        self._usage: Usage | None = None
        self._about: About | None = None
        self.done = False
        """True once `[DONE]` was read: what follows is no content."""

    @property
    def partial_text(self) -> str:
        """The text so far."""
        return "".join(self._text)

    def feed(self, chunk: bytes) -> Iterator[ChatDelta]:
        """Yield the pieces that `chunk` completes; what came before an error is yielded first.

        Raises:
            ApiError: The stream holds an error, in any of the forms that the gateway has.
            MalformedReplyError: An event is no JSON object.
            ReplyTooLargeError: An event is longer than the limit.
        """
        return self._read_all(self._decoder.feed(chunk))

    def finish(self) -> Iterator[ChatDelta]:
        """Yield the last pieces: each answer's finish reason, and what the reply says of itself.

        Raises:
            StreamInterruptedError: The stream stopped too early, or inside a tool call's arguments.
            MalformedReplyError: It brought no answer at all.
        """
        try:
            yield from self._read_all(self._decoder.flush())
        except MalformedReplyError as error:
            raise self._interrupted("in the middle of an event") from error
        if self._about is None or (self.done and not self._finish):
            raise self._marked(malformed("a stream with an answer in it", self._reply))
        if not self.done and not any(self._finish.values()):
            raise self._interrupted("before [DONE] and without a finish reason")
        for index, assembler in self._calls.items():
            if name := assembler.unfinished():
                reason = self._finish.get(index)
                raise self._interrupted(
                    f"inside the arguments of a call of {name!r} (finish reason {reason!r}; "
                    "for 'length', raise max_tokens)"
                )
        yield from self._summary()

    def read_whole(self, reply: Reply) -> Iterator[ChatDelta]:
        """Yield the pieces of a reply without the label of a stream.

        It is an answer in one piece, which some servers send when asked for a stream, or a stream
        that a proxy has labelled otherwise; its first bytes tell.

        Raises:
            ApiError: The reply is an error, although the status is 200.
            MalformedReplyError: It is neither. The text shows how it begins.
        """
        start = reply.body[:LONGEST_START].removeprefix(BYTE_ORDER_MARK).lstrip()
        if start.startswith(STARTS_OF_EVENTS):
            yield from self.feed(reply.body)
            yield from self.finish()
        else:
            yield from deltas_of(read_completion(reply))

    def interrupted(self, error: AI302Error) -> AI302Error:
        """Return what to raise when `error` ends the stream: with the text so far."""
        if isinstance(error, ConnectionLostError):
            error = StreamInterruptedError(f"The stream broke off. {error.message}")
        error.attempts = error.attempts or 1
        return self._marked(error)

    def _summary(self) -> list[ChatDelta]:
        indices = sorted(self._finish)
        about = replace(self._about or About(), usage=self._usage, citations=self._citations)
        return [
            ChatDelta(
                index,
                annotations=tuple(self._notes.get(index, ())),
                audio=read_audio(*self._audio.get(index, ())),
                finish_reason=self._finish[index],
                about=about if index == indices[-1] else None,
            )
            for index in indices
        ]

    def _read_all(self, events: list[ServerSentEvent]) -> Iterator[ChatDelta]:
        for event in events:
            if self.done:
                break
            data = event.data.strip()
            if data == b"[DONE]":
                self.done = True
            elif data:
                yield from self._read_chunk(self._parse(event, data))

    def _parse(self, event: ServerSentEvent, data: bytes) -> dict[str, Any]:
        try:
            chunk = read_json(data)
        except ValueError as cause:
            if event.name == "error":
                raise self._marked(self._error_of(data.decode("utf-8", "replace"))) from None
            shown = data[:200].decode("utf-8", "replace")
            error = MalformedReplyError(f"An event of the stream is not JSON: {shown}")
            raise self._marked(error) from cause
        if failure := error_in(chunk, self._reply):
            raise self._marked(failure)
        if event.name == "error":
            raise self._marked(self._error_of(chunk))
        if not isinstance(chunk, dict):
            shown = data[:200].decode("utf-8", "replace")
            raise self._marked(MalformedReplyError(f"An event is no JSON object: {shown}"))
        return chunk

    # This runs for each token. So it asks for `dict`, which is what JSON has: to ask for `Mapping`
    # takes several times as long.
    def _read_chunk(self, chunk: dict[str, Any]) -> list[ChatDelta]:
        if self._about is None or (self._about.model is None and chunk.get("model")):
            self._about = about_of(chunk, self._reply.request_id)
        if chunk.get("usage") is not None:
            # Vendors send it once, alone, or with every chunk as a running total: the last holds.
            self._usage = about_of(chunk, None).usage or self._usage
        if "citations" in chunk or "search_results" in chunk:
            self._citations = merge_citations(self._citations, citations_in(chunk))
        choices = chunk.get("choices")
        if not isinstance(choices, list):
            return []
        return [
            delta
            for choice in choices
            if isinstance(choice, dict) and (delta := self._read_choice(choice)) is not None
        ]

    def _read_choice(self, choice: dict[str, Any]) -> ChatDelta | None:
        index = choice.get("index")
        index = index if isinstance(index, int) else 0
        if not self._finish.get(index):
            self._finish[index] = text_or_none(choice.get("finish_reason"))
        message = choice.get("delta") or choice.get("message")
        if not isinstance(message, dict):
            return None
        content = message.get("content", "")
        delta = ChatDelta(index, content if isinstance(content, str) else content_text(content))
        if delta.text:
            self._text.append(delta.text)
        if (logprobs := choice.get("logprobs")) is not None:
            delta.logprobs = read_logprobs(logprobs)
        if not (message.keys() <= PLAIN_KEYS and isinstance(content, str)):
            self._read_rare(delta, message)
        return delta if delta.text or delta.has_content else None

    def _read_rare(self, delta: ChatDelta, message: dict[str, Any]) -> None:
        """Read what most pieces do not have; annotations and sound are kept until the end."""
        delta.reasoning = reasoning_text(message)
        delta.refusal = text_or_none(message.get("refusal")) or ""
        delta.tool_calls = self._tool_calls(delta.index, message.get("tool_calls"))
        delta.images = image_links(message)
        if message.get("annotations"):
            self._note(delta.index, annotations_of(message))
        if isinstance(message.get("audio"), Mapping):
            self._audio.setdefault(delta.index, []).append(message["audio"])

    def _note(self, index: int, found: Iterable[Mapping[str, Any]]) -> None:
        """Keep annotations, each once."""
        notes = self._notes.setdefault(index, [])
        notes += [note for note in found if note not in notes]
        cited = citations_of(Choice(index, annotations=tuple(notes)))
        self._citations = merge_citations(self._citations, cited)

    def _tool_calls(self, index: int, pieces: Any) -> tuple[ToolCallDelta, ...]:
        if not isinstance(pieces, list):
            return ()
        return self._calls.setdefault(index, ToolCallAssembler()).feed(pieces)

    def _error_of(self, body: Any) -> AI302Error:
        return api_error(body, self._reply, status=self._reply.status)

    def _interrupted(self, where: str) -> AI302Error:
        return self._marked(StreamInterruptedError(f"The stream ended {where}."))

    def _marked(self, error: AI302Error) -> AI302Error:
        error.partial_text = self.partial_text
        error.request_id = error.request_id or self._reply.request_id
        if isinstance(error, GatewayError) or error.partial_text:
            error.billed = "maybe"
        return error
