"""The core's answers as LlamaIndex's responses, complete or streamed. Nothing received is dropped.

Each chunk of a stream carries the complete message so far, in blocks of its own; the last one has
the response's metadata, since agents keep only that one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    AudioBlock,
    ChatMessage,
    ChatResponse,
    CitationBlock,
    ImageBlock,
    MessageRole,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
)

from core_302.endpoints.chat_delta import ChatDelta, delta_of
from core_302.endpoints.chat_reply import About, Completion
from core_302.endpoints.provider_details import KEPT_AS
from core_302.endpoints.sources import Citation
from core_302.endpoints.tool_calls import ToolCall
from core_302.image_parts import split_data_uri
from core_302.media_types import sound_type
from core_302.messages.accumulator import AnswerAccumulator
from core_302.messages.citations import placed_in_text, unplaced
from core_302.messages.parts import AUDIO_FORMATS
from core_302.messages.think_tags import split_completion
from llama_index_302.response_metadata import about_reply, logprobs_of, raw_of_stream, written_usage

LIKELY_TYPE = "image/png"  # what the gateway's image endpoints make unless told otherwise
PLACES = ("start_index", "end_index")  # where in the text a source is cited


def to_response(
    completion: Completion, *, model: str = "", split_think: bool = False
) -> ChatResponse:
    """Return a complete response as LlamaIndex's: its first answer, and the others beside it.

    `model` is the requested one.
    """
    if split_think:
        completion = split_completion(completion)
    first, *others = completion.choices
    about = completion.about
    kept = about_reply(about, first.finish_reason)
    if others:
        kept["other_answers"] = [
            AnswerAccumulator([delta_of(other)]).plain(other.index) for other in others
        ]
    return ChatResponse(
        message=_whole_message(AnswerAccumulator([delta_of(first)]), about, model),
        raw={**completion.raw, "usage": written_usage(about.usage)},
        logprobs=logprobs_of(first.logprobs),
        additional_kwargs=kept,
    )


class ResponseWriter:
    """Writes the deltas of one stream as LlamaIndex's responses.

    A stream of LlamaIndex is one message: of several answers (`n`) the first is streamed, and the
    others come complete in the last response's `additional_kwargs["other_answers"]`.
    """

    def __init__(self, *, model: str = "") -> None:
        self._model = model
        self._so_far = AnswerAccumulator()
        self._blocks = _SoFar()
        self._others: dict[int, list[ChatDelta]] = {}
        self._is_plain = True  # nothing but text has come

    def write(self, delta: ChatDelta) -> list[ChatResponse]:
        """Return the responses of a delta: none, its content, the last one, or both."""
        if self._is_plain:
            if delta.text and not delta.index and delta.plain_text() is not None:
                return [self._plain_chunk(delta.text)]
            self._is_plain = False
        responses: list[ChatResponse] = []
        if delta.index:
            self._others.setdefault(delta.index, []).append(delta)
        else:
            self._so_far.add(delta)
            self._blocks.note(self._so_far, delta)
            if delta.text or delta.refusal or delta.reasoning or delta.tool_calls or delta.images:
                responses.append(self._chunk(delta))
        if delta.about is not None:
            responses.append(self._last(delta.about))
        return responses

    # This runs for each token of most answers.
    def _plain_chunk(self, text: str) -> ChatResponse:
        """Return the same as `_chunk`, of text behind nothing but text."""
        self._so_far.add_text(text)
        message = ChatMessage(role=MessageRole.ASSISTANT, content=self._so_far.text)
        return ChatResponse(message=message, delta=text)

    def _chunk(self, delta: ChatDelta) -> ChatResponse:
        return ChatResponse(
            message=_message_so_far(self._so_far, self._blocks),
            delta=delta.text or delta.refusal,
            logprobs=logprobs_of(delta.logprobs),
            additional_kwargs={"thinking_delta": delta.reasoning} if delta.reasoning else {},
        )

    def _last(self, about: About) -> ChatResponse:
        kept = about_reply(about, self._so_far.finish_reason)
        if self._others:
            kept["other_answers"] = [
                AnswerAccumulator(chunks).plain(index)
                for index, chunks in sorted(self._others.items())
            ]
        return ChatResponse(
            message=_whole_message(self._so_far, about, self._model),
            delta="",
            raw=raw_of_stream(about, self._so_far.finish_reason),
            additional_kwargs=kept,
        )


class _SoFar:
    """The images and calls of a stream so far, in LlamaIndex's forms.

    Every piece of a stream carries them all. So only those that it changes are made anew: each
    message has a list of its own, and a block that is whole is one object in all of them.
    """

    def __init__(self) -> None:
        self.images: list[ImageBlock | TextBlock] = []
        self.calls: list[ToolCallBlock] = []
        self.kept: list[dict[str, Any]] = []

    def note(self, answer: AnswerAccumulator, piece: ChatDelta) -> None:
        """Make anew what the last piece of `answer` has changed."""
        self.images += [image(link) for link in piece.images]
        for place in {answer.place_of(call): None for call in piece.tool_calls}:
            call = answer.call_at(place)
            # What stood at its place, if anything did, gives way.
            self.calls[place : place + 1] = [_call(call, whole=False)]
            self.kept[place : place + 1] = [_kept_call(call)]


def _message_so_far(answer: AnswerAccumulator, so_far: _SoFar) -> ChatMessage:
    """Return the message of a piece of a stream."""
    blocks = _said(answer, None, alone=not (so_far.calls or so_far.images))
    kept = _kept(answer, list(so_far.kept))
    message = ChatMessage(role=MessageRole.ASSISTANT, blocks=blocks, additional_kwargs=kept)
    # Not given to the constructor, which checks every block of every piece once more.
    message.blocks.extend(so_far.images)
    message.blocks.extend(so_far.calls)
    return message


def _whole_message(answer: AnswerAccumulator, about: About, model: str) -> ChatMessage:
    """Return the message of an answer that has come to its end."""
    calls = answer.tool_calls
    thought = about.usage.reasoning_tokens if about.usage else 0
    alone = not (calls or answer.images or answer.audio)
    blocks = _said(answer, thought or None, alone=alone)
    blocks += _citations(answer.annotations, about.citations)
    blocks += [image(link) for link in answer.images]
    if answer.audio and answer.audio.data:
        kind = sound_type(answer.audio.data).rpartition("/")[2]
        # As base64: LlamaIndex would decode bytes that happen to look like it.
        data = answer.audio.data.encode("ascii")
        blocks.append(AudioBlock(audio=data, format=AUDIO_FORMATS.get(kind, kind)))
    blocks += [_call(call, whole=True) for call in calls]
    kept = _kept(answer, [_kept_call(call) for call in calls])
    if answer.provider_details:
        kept[KEPT_AS] = {"model": model or about.model, **answer.provider_details}
    return ChatMessage(role=MessageRole.ASSISTANT, blocks=blocks, additional_kwargs=kept)


def _said(answer: AnswerAccumulator, thought: int | None, *, alone: bool) -> list[Any]:
    """Return the blocks of the reasoning and the text; if they stand `alone`, at least one."""
    blocks: list[Any] = []
    if answer.reasoning:
        blocks.append(ThinkingBlock(content=answer.reasoning, num_tokens=thought))
    # A refusal is what the model says where it says nothing else: an agent must not return "".
    text = answer.text or answer.refusal
    if text or alone:
        blocks.append(TextBlock(text=text))
    return blocks


def _kept(answer: AnswerAccumulator, calls: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what has no block, and the calls where LlamaIndex's streaming programs look for them.

    Nothing is called "images" here: LlamaIndex takes that for files to open.
    """
    values: dict[str, Any] = {
        "refusal": answer.refusal,
        "annotations": [dict(note) for note in answer.annotations],
        "transcript": answer.audio.transcript if answer.audio else "",
        "tool_calls": calls,
    }
    return {name: value for name, value in values.items() if value}


def _kept_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _call(call: ToolCall, *, whole: bool) -> ToolCallBlock:
    arguments: dict[str, Any] | str = call.arguments
    if whole:
        try:
            arguments = call.read_arguments()
        except ValueError:
            arguments = call.arguments  # `tool_selections` says what is wrong with it
    return ToolCallBlock(tool_call_id=call.id, tool_name=call.name, tool_kwargs=arguments)


def _citations(
    notes: Sequence[Mapping[str, Any]], sources: Sequence[Citation]
) -> list[CitationBlock]:
    """Return the sources: those with a place in the text first, and each once."""
    others = [
        {"url": source.url, "title": source.title, "content": source.snippet} for source in sources
    ]
    placed = [note for note in placed_in_text(notes) if note.get("url")]
    return [
        CitationBlock(
            cited_content=TextBlock(text=str(note.get("content") or "")),
            source=str(note["url"]),
            title=str(note.get("title") or ""),
            additional_location_info={  # it accepts numbers only
                name: note[name] for name in PLACES if isinstance(note.get(name), int)
            },
        )
        for note in [*placed, *unplaced(others, notes)]
    ]


def image(link: str, media_type: str | None = None) -> ImageBlock | TextBlock:
    """Return the block of an image that came as a link or a data URI, with its media type.

    LlamaIndex guesses the type from the ending of the link, which signed links do not have.
    Anything that is not an address stays as text.
    """
    inline = split_data_uri(link)
    try:
        if inline is not None:
            inline_type, data = inline
            return ImageBlock(image=data.encode("ascii", "replace"), image_mimetype=inline_type)
        shown = ImageBlock(url=link, image_mimetype=media_type)
    except ValueError:
        return TextBlock(text=link)
    return shown if shown.image_mimetype else ImageBlock(url=link, image_mimetype=LIKELY_TYPE)
