"""Chat completions: how to read a streamed answer.

Rules that it keeps: text, reasoning and deltas of tool calls leave as they come; a stream's
metadata (finish reason, usage, model, sources) leaves once, at the end, however often it was sent;
nothing leaves twice, though some vendors repeat the complete message at the end; every delta of a
tool call leaves under its call's own number, however the vendor numbered it; and a stream that
stops before `[DONE]` or a finish reason, or reports an error, is an error, never a shorter answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from core_302.endpoints.chat_delta import ChatDelta, deltas_of
from core_302.endpoints.chat_reply import About, about_of, read_completion
from core_302.endpoints.choice_accumulator import ChoiceAccumulator
from core_302.endpoints.parsing import check_number, malformed
from core_302.endpoints.sources import (
    SOURCE_FIELDS,
    Citations,
    citations_in,
    citations_of,
    merge_citations,
)
from core_302.endpoints.split_surrogates import SplitSurrogates, keep_split_surrogates
from core_302.endpoints.tool_names import NO_NAMES, OwnNames, with_own_names
from core_302.endpoints.usage import OTHER_HOLDERS, Usage, usage_in
from core_302.error_replies.from_reply import api_error, error_in, error_in_choice
from core_302.error_replies.vendor_envelopes import ENVELOPE_FIELDS
from core_302.errors import (
    AI302Error,
    ApiError,
    ConnectionLostError,
    GatewayError,
    MalformedReplyError,
    ReplyTooLargeError,
    StreamInterruptedError,
)
from core_302.http import Reply
from core_302.json_text import read_json, without_lone_surrogates
from core_302.sse import BYTE_ORDER_MARK, ServerSentEvent, SseDecoder

STARTS_OF_EVENTS = (b"data:", b"event:", b"id:", b"retry:", b":")
LONGEST_START = 1024  # bytes before which the first event of a stream has surely begun
# What an event may hold beside its choices and its token counts; hardly any event does.
RARE_FIELDS = ENVELOPE_FIELDS | SOURCE_FIELDS | frozenset(OTHER_HOLDERS)
ABOUT_FIELDS = frozenset({"id", "model", "created", "system_fingerprint", "service_tier"})


class ChatStream:
    """Turns the bytes of a streamed response into `ChatDelta`s: `feed` it, then `finish` once."""

    def __init__(self, reply: Reply, own_names: OwnNames = NO_NAMES) -> None:
        self._reply = reply
        self._own_names = own_names
        self._decoder = SseDecoder()
        self._answers: dict[int, ChoiceAccumulator] = {}
        self._citations = Citations()
        self._usage: Usage | None = None
        self._about: About | None = None
        self._unknown = ABOUT_FIELDS  # metadata that has not come yet
        self._watched = RARE_FIELDS | ABOUT_FIELDS | {"choices"}  # the first event counts too
        self._surrogates: SplitSurrogates | None = None  # once a surrogate pair may have been cut
        self._failure: ApiError | None = None
        self.done = False
        """True once `[DONE]` was read: what follows is not content."""

    @property
    def partial_text(self) -> str:
        """The text so far."""
        text = "".join(answer.text for answer in self._answers.values())
        return text if self._surrogates is None else without_lone_surrogates(text)

    def feed(self, chunk: bytes) -> Iterator[ChatDelta]:
        """Yield the deltas that `chunk` completes; what came before an error is yielded first.

        Raises:
            ApiError: The stream holds an error, in any of the forms that the gateway has.
            MalformedReplyError: An event is not a JSON object, or its content is not text.
            ReplyTooLargeError: An event is longer than the limit.
        """
        deltas, error = self.read(chunk)
        yield from deltas
        if error is not None:
            raise error

    def read(self, chunk: bytes) -> tuple[list[ChatDelta], AI302Error | None]:
        """Return the deltas that `chunk` completes, and the error that stands behind them.

        The same as `feed` at once: this runs for each token, and generators cost more.
        """
        try:
            events = self._decoder.feed(chunk)
        except ReplyTooLargeError as error:
            return [], error
        return self._read_all(events)

    def finish(self) -> Iterator[ChatDelta]:
        """Yield the last deltas: each answer's finish reason, and the response's metadata.

        Raises:
            StreamInterruptedError: The stream stopped too early, or inside a tool call's arguments.
            MalformedReplyError: It held no answer at all.
        """
        deltas, error = self._read_all(self._decoder.flush())
        yield from deltas
        if isinstance(error, MalformedReplyError):
            raise self._interrupted("in the middle of an event") from error
        if error is not None:
            raise error
        if self._about is None or (self.done and not self._answers):
            raise self._marked(malformed("a stream with an answer in it", self._reply))
        if not self.done and not any(a.finish_reason for a in self._answers.values()):
            raise self._interrupted("before [DONE] and without a finish reason")
        for answer in self._answers.values():
            self._check_calls(answer)
        yield from self._summary()

    def read_whole(self, reply: Reply) -> Iterator[ChatDelta]:
        """Yield the deltas of a response that is not labelled as a stream.

        It is a complete answer, which some servers send although a stream was requested, or a
        stream that a proxy has labelled otherwise; its first bytes decide.

        Raises:
            ApiError: The response is an error, although the status is 200.
            MalformedReplyError: It is neither. The error's text shows how it begins.
        """
        start = reply.body[:LONGEST_START].removeprefix(BYTE_ORDER_MARK).lstrip()
        if start.startswith(STARTS_OF_EVENTS):
            yield from self.feed(reply.body)
            yield from self.finish()
        else:
            completion = with_own_names(read_completion(reply), self._own_names)
            for choice in completion.choices:
                self._check_names(call.arguments for call in choice.tool_calls if not call.name)
            yield from deltas_of(completion)

    def interrupted(self, error: AI302Error) -> AI302Error:
        """Return `error`, which ends the stream, with the text so far."""
        if isinstance(error, ConnectionLostError):
            error = StreamInterruptedError(f"The stream broke off. {error.message}")
        error.attempts = error.attempts or 1
        return self._marked(error)

    def _summary(self) -> list[ChatDelta]:
        answers = self._answers.values()
        cited = [
            merge_citations(one.citations.all(), citations_of(one.annotations)) for one in answers
        ]
        citations = merge_citations(self._citations.all(), *cited)
        usage = self._usage or next((one.usage for one in answers if one.usage), None)
        ends = [answer.end() for _, answer in sorted(self._answers.items())]
        if self._surrogates is not None:
            ends = [self._surrogates.end(end) for end in ends]
        about = self._about or About()
        ends[-1].about = replace(about, usage=usage, citations=citations)
        return ends

    def _check_calls(self, answer: ChoiceAccumulator) -> None:
        """Raise if the tool calls of an answer are incomplete."""
        if name := answer.calls.unfinished():
            raise self._interrupted(
                f"inside the arguments of a call to {name!r} (finish reason "
                f"{answer.finish_reason!r}; for 'length', raise max_tokens)"
            )
        self._check_names(answer.calls.nameless())

    def _check_names(self, nameless: Iterable[str]) -> None:
        """Raise if a call has no name: a delta cannot carry a call that cannot be run."""
        for arguments in nameless:
            raise self._marked(
                MalformedReplyError(
                    f"The stream called a tool without a name, with {arguments[:200]}"
                )
            )

    def _read_all(self, events: list[ServerSentEvent]) -> tuple[list[ChatDelta], AI302Error | None]:
        deltas: list[ChatDelta] = []
        for event in events:
            if self.done:
                break
            data = event.data.strip()
            if data == b"[DONE]":
                self.done = True
            elif data:
                try:
                    deltas += self._read_chunk(self._parse(event, data))
                except AI302Error as error:
                    return deltas, self._marked(error)
                if self._failure is not None:
                    return deltas, self._marked(self._failure)
        return deltas, None

    def _parse(self, event: ServerSentEvent, data: bytes) -> dict[str, Any]:
        try:
            chunk = read_json(data, self._keep_split_surrogates)
        except ValueError as cause:
            if event.name == "error":
                raise self._marked(self._error_of(data.decode("utf-8", "replace"))) from None
            shown = data[:200].decode("utf-8", "replace")
            error = MalformedReplyError(f"An event of the stream is not JSON: {shown}")
            raise self._marked(error) from cause
        if event.name == "error":
            raise self._marked(error_in(chunk, self._reply) or self._error_of(chunk))
        if not isinstance(chunk, dict):
            shown = data[:200].decode("utf-8", "replace")
            raise self._marked(MalformedReplyError(f"An event is not a JSON object: {shown}"))
        return chunk

    # This runs for each token: see `ChoiceAccumulator.read`.
    def _read_chunk(self, chunk: dict[str, Any]) -> list[ChatDelta]:
        choices = chunk.get("choices")
        if not (choices and self._watched.isdisjoint(chunk)):
            self._read_rare(chunk)
        if chunk.get("usage") is not None:
            # Vendors send it once, alone, or with every chunk as a running total: the last holds.
            self._usage = usage_in(chunk) or self._usage
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
        answer = self._answers.get(index)
        if answer is None:
            check_number(len(self._answers) + 1, "answers")
            answer = self._answers[index] = ChoiceAccumulator(index, self._own_names)
        delta = answer.read(choice)
        if self._surrogates is not None:
            delta = self._surrogates.join(delta)
        if self._failure is None:
            self._failure = error_in_choice(choice, self._reply)
        return delta

    def _read_rare(self, chunk: dict[str, Any]) -> None:
        """Read what hardly any event has: an error, sources, metadata."""
        if not (chunk.get("choices") and RARE_FIELDS.isdisjoint(chunk)):
            self._failure = error_in(chunk, self._reply)
            self._usage = usage_in(chunk) or self._usage
            self._citations.add(citations_in(chunk))
        if self._about is None:
            self._about = About(request_id=self._reply.request_id)
            self._watched -= {"choices"}
        # Many servers repeat a field of null with every event.
        if new := [name for name in self._unknown if chunk.get(name)]:
            said = about_of(chunk, None)
            known = {name: value for name in new if (value := getattr(said, name))}
            self._about = replace(self._about, **known)
            self._unknown -= known.keys()
            self._watched -= known.keys()

    def _keep_split_surrogates(self, value: Any) -> Any:
        """Read an event that holds, or may hold, lone surrogates: they are joined from here on."""
        self._surrogates = self._surrogates or SplitSurrogates()
        return keep_split_surrogates(value)

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
