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

from core_302.endpoints.chat_delta import ChatDelta
from core_302.endpoints.chat_reply import About, Choice, Completion, ToolCall
from core_302.endpoints.provider_details import KEPT_AS
from core_302.endpoints.sources import Citation
from core_302.image_parts import split_data_uri
from core_302.media_types import sound_type
from core_302.messages.accumulator import AnswerAccumulator
from core_302.messages.citations import placed_in_text, unplaced
from core_302.messages.parts import AUDIO_FORMATS
from core_302.messages.think_tags import ThinkStream, split_completion
from llama_index_302.response_metadata import about_reply, logprobs_of, raw_of_stream, written_usage

LIKELY_TYPE = "image/png"  # the default of the gateway's image endpoints
NOTHING_YET = About()  # a stream's metadata before its end
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
        kept["other_answers"] = [_accumulated(other).plain(other.index) for other in others]
    return ChatResponse(
        message=_whole_message(_accumulated(first), about, model),
        raw={**completion.raw, "usage": written_usage(about.usage)},
        logprobs=logprobs_of(first.logprobs),
        additional_kwargs=kept,
    )


class ResponseWriter:
    """Writes the deltas of one stream as LlamaIndex's responses.

    A stream of LlamaIndex is one message: of several answers (`n`) the first is streamed, and the
    others come complete in the last response's `additional_kwargs["other_answers"]`.
    """

    def __init__(self, *, model: str = "", split_think: bool = False) -> None:
        self._model = model
        self._think = ThinkStream() if split_think else None
        self._so_far = AnswerAccumulator()
        self._others: dict[int, list[ChatDelta]] = {}

    def write(self, delta: ChatDelta) -> list[ChatResponse]:
        """Return the responses of a delta: none, its content, the last one, or both."""
        responses: list[ChatResponse] = []
        if self._think:
            delta = self._think.split(delta)
        if delta.index:
            self._others.setdefault(delta.index, []).append(delta)
        else:
            self._so_far.add(delta)
            if delta.text or delta.refusal or delta.reasoning or delta.tool_calls or delta.images:
                responses.append(self._chunk(delta))
        if delta.about is not None:
            responses.append(self._last(delta.about))
        return responses

    def _chunk(self, delta: ChatDelta) -> ChatResponse:
        return ChatResponse(
            message=_message(self._so_far, NOTHING_YET, whole=False),
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


def _accumulated(choice: Choice) -> AnswerAccumulator:
    """Return a complete answer in the form of an accumulated one."""
    whole = AnswerAccumulator()
    same = ("text", "reasoning", "annotations", "audio", "finish_reason", "provider_details")
    for name in same:
        setattr(whole, name, getattr(choice, name))
    whole.refusal = choice.refusal or ""
    whole.images = list(choice.images)
    whole.tool_calls = list(choice.tool_calls)
    return whole


def _whole_message(answer: AnswerAccumulator, about: About, model: str) -> ChatMessage:
    """Return the message of a finished answer."""
    message = _message(answer, about, whole=True)
    if answer.provider_details:
        made_by = {"model": model or about.model}
        message.additional_kwargs[KEPT_AS] = {**made_by, **answer.provider_details}
    return message


def _message(answer: AnswerAccumulator, about: About, *, whole: bool) -> ChatMessage:
    reasoning_tokens = about.usage.reasoning_tokens if about.usage else 0
    blocks: list[Any] = []
    if answer.reasoning:
        blocks.append(ThinkingBlock(content=answer.reasoning, num_tokens=reasoning_tokens or None))
    calls = [_call(call, whole=whole) for call in answer.tool_calls]
    # A refusal is the text where there is no other: an agent must not return "".
    text = answer.text or answer.refusal
    if text or not (calls or answer.images or answer.audio):
        blocks.append(TextBlock(text=text))
    if whole:
        blocks += _citations(answer.annotations, about.citations)
    blocks += [image(link) for link in answer.images]
    if answer.audio and answer.audio.data:
        kind = sound_type(answer.audio.data).rpartition("/")[2]
        # As base64: LlamaIndex would decode bytes that happen to look like it.
        data = answer.audio.data.encode("ascii")
        blocks.append(AudioBlock(audio=data, format=AUDIO_FORMATS.get(kind, kind)))
    kept = _kept(answer)
    return ChatMessage(role=MessageRole.ASSISTANT, blocks=[*blocks, *calls], additional_kwargs=kept)


def _kept(answer: AnswerAccumulator) -> dict[str, Any]:
    """Return what has no block, and the calls where LlamaIndex's streaming programs look for them.

    Nothing is called "images" here: LlamaIndex takes that for files to open.
    """
    values: dict[str, Any] = {
        "refusal": answer.refusal,
        "annotations": [dict(note) for note in answer.annotations],
        "transcript": answer.audio.transcript if answer.audio else "",
        "tool_calls": [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in answer.tool_calls
        ],
    }
    return {name: value for name, value in values.items() if value}


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
