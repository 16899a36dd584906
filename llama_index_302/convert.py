"""LlamaIndex's messages to the wire. Pure functions: nothing is read from a disk or fetched.

Inputs are never changed, and nothing is dropped silently: a block that cannot be sent is an error
that names its place. Links go as links. Files were read before, in `local_files.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llama_index.core.base.llms.types import (
    AudioBlock,
    CachePoint,
    ChatMessage,
    CitableBlock,
    CitationBlock,
    DocumentBlock,
    ImageBlock,
    MessageRole,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    VideoBlock,
)

from core_302.catalogue import USUAL_REASONING_BACK, ReasoningBack
from core_302.endpoints.provider_details import KEPT_AS, with_details
from core_302.errors import InvalidInputError
from core_302.image_parts import can_be_sent, image_part, image_part_of_data
from core_302.messages.parts import (
    SHOWN_BY_MODEL,
    Part,
    Shown,
    audio_part,
    call_part,
    file_part,
    text_part,
    tool_message,
    video_part,
)
from core_302.messages.reasoning_back import goes_back
from core_302.messages.tool_results import mended

# Other vendors' roles for the model's own turn, as LlamaIndex knows them.
ASSISTANTS = (MessageRole.ASSISTANT, MessageRole.CHATBOT, MessageRole.MODEL)


def to_wire(
    messages: Sequence[ChatMessage],
    reasoning_back: ReasoningBack = USUAL_REASONING_BACK,
    model: str = "",
) -> list[dict[str, Any]]:
    """Return the conversation in wire form; reasoning goes back to `model` as it wants it.

    The wire lets a tool and a model answer in text only. So the images of their messages are
    moved to a user message after the last of them.

    Raises:
        InvalidInputError: A message holds something that cannot be sent; the error's text names it.
    """
    wire: list[dict[str, Any]] = []
    shown = Shown()
    for place, message in enumerate(messages):
        where = f"messages[{place}]"
        if message.role == MessageRole.TOOL:
            call_id = str(message.additional_kwargs.get("tool_call_id") or "")
            wire.append(tool_message(_content(message, where), call_id, shown))
            continue
        shown.show(wire)
        if message.role in ASSISTANTS:
            turn = _assistant(message, where, shown, reasoning_back)
            kept = message.additional_kwargs.get(KEPT_AS)
            wire.append(with_details(turn, kept, model, reasoning_back))
        else:
            wire.append(_other(message, where))
    shown.show(wire)
    return mended(wire, model=model, reasoning_back=reasoning_back)


def _other(message: ChatMessage, where: str) -> dict[str, Any]:
    wire: dict[str, Any] = {"role": message.role.value, "content": _content(message, where)}
    if message.additional_kwargs.get("name"):
        wire["name"] = message.additional_kwargs["name"]
    return wire


def _assistant(
    message: ChatMessage, where: str, shown: Shown, reasoning_back: ReasoningBack
) -> dict[str, Any]:
    """Write the model's own turn: its text, its calls, and its reasoning where it is wanted."""
    own = (ThinkingBlock, ToolCallBlock, CitationBlock, AudioBlock)
    if any(map(_is_no_image, message.blocks)):
        # An "image" of an answer that is not an image must not end the conversation.
        blocks = [block for block in message.blocks if not _is_no_image(block)]
        message = message.model_copy(update={"blocks": blocks})
    content = _content(message, where, skip=own)
    if isinstance(content, list):
        shown.keep(SHOWN_BY_MODEL, [part for part in content if part["type"] != "text"])
        content = "".join(part["text"] for part in content if part["type"] == "text")
    wire: dict[str, Any] = {"role": "assistant", "content": content}
    calls = [
        call_part(block.tool_name, block.tool_kwargs, block.tool_call_id, where)
        for block in message.blocks
        if isinstance(block, ToolCallBlock)
    ] or _older_calls(message, where)
    if calls:
        wire |= {"tool_calls": calls, "content": content or None}
    if goes_back(reasoning_back, calls_tools=bool(calls)):
        thinking = [b.content for b in message.blocks if isinstance(b, ThinkingBlock)]
        if reasoning := "".join(text for text in thinking if text):
            wire["reasoning_content"] = reasoning
    return wire


def _is_no_image(block: Any) -> bool:
    if not isinstance(block, ImageBlock) or not isinstance(block.image, bytes):
        return False
    return not can_be_sent(f"data:image/png;base64,{_base64(block.image, '')}")


def _older_calls(message: ChatMessage, where: str) -> list[Part]:
    """Return the tool calls of a message from before there were blocks for them."""
    calls = []
    for call in message.additional_kwargs.get("tool_calls") or ():
        plain = call if isinstance(call, Mapping) else call.model_dump()
        function = plain.get("function") or {}
        calls.append(
            call_part(function.get("name") or "", function.get("arguments"), plain.get("id"), where)
        )
    return calls


def _content(
    message: ChatMessage, where: str, *, skip: tuple[type, ...] = ()
) -> str | list[dict[str, Any]]:
    blocks = [block for block in message.blocks if not isinstance(block, skip)]
    if not blocks:
        return ""
    if len(blocks) == 1 and isinstance(blocks[0], TextBlock):
        return blocks[0].text
    parts: list[Part] = []
    for place, block in enumerate(message.blocks):
        if not isinstance(block, skip):
            _add(parts, block, f"{where}.blocks[{place}]")
    return parts


def _add(parts: list[Part], block: Any, where: str) -> None:
    """Add a block to the parts of a message; a cache point marks the part before it."""
    if isinstance(block, CachePoint):
        if not parts:
            raise InvalidInputError(f"{where}: a CachePoint needs a block before it, to mark.")
        control = block.cache_control
        parts[-1] = {**parts[-1], "cache_control": {"type": control.type, "ttl": control.ttl}}
    elif isinstance(block, CitableBlock):
        parts.append(text_part(f"{block.title} ({block.source}):"))
        for place, inner in enumerate(block.content):
            _add(parts, inner, f"{where}.content[{place}]")
    elif isinstance(block, CitationBlock):
        _add(parts, block.cited_content, f"{where}.cited_content")
        parts.append(text_part(f"(from {block.title or 'a source'}: {block.source})"))
    elif isinstance(block, ThinkingBlock):
        parts.append(text_part(block.content or ""))
    else:
        parts.append(_part(block, where))


def _part(block: Any, where: str) -> Part:
    if isinstance(block, TextBlock):
        return text_part(block.text)
    if isinstance(block, ImageBlock):
        if block.image is not None:
            data = _base64(block.image, where)
            kind = block.image_mimetype
            return image_part_of_data(data, where, media_type=kind, detail=block.detail)
        return image_part(_link(block, where), where, detail=block.detail)
    if isinstance(block, AudioBlock):
        sound = _base64(block.audio, where) if block.audio is not None else None
        return audio_part(sound, block.format or "", where)
    if isinstance(block, VideoBlock):
        return video_part(_address(block, block.video, block.video_mimetype or "video/mp4", where))
    if isinstance(block, DocumentBlock):
        kind = block.document_mimetype or "application/octet-stream"
        return file_part(_address(block, block.data, kind, where), block.title)
    raise InvalidInputError(f"{where} is a {type(block).__name__}, which cannot be sent here.")


def _address(block: Any, data: Any, media_type: str, where: str) -> str:
    if data is not None:
        return f"data:{media_type};base64,{_base64(data, where)}"
    return _link(block, where)


def _link(block: Any, where: str) -> str:
    if block.url is None:
        raise InvalidInputError(f"{where} has neither a link nor data.")
    return str(block.url)


def _base64(data: Any, where: str) -> str:
    """Return a block's data, which LlamaIndex keeps as base64."""
    if not isinstance(data, bytes):
        raise InvalidInputError(f"{where}: its data is a {type(data).__name__}, not bytes.")
    return data.decode("ascii", "replace")
