"""LangChain's messages to the wire. Pure functions.

Nothing given is changed, and nothing is dropped in silence: a block that cannot be sent is an error
that names its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from core_302.errors import InvalidInputError
from core_302.pictures import image_part, image_part_of_data
from core_302.wire_parts import audio_part, call_part, file_part, show, tool_message, video_part

# Blocks of a model's own turn that say how it came to its answer; they are not part of the text
# that goes back. Reasoning goes back beside it, and tool calls stand in `message.tool_calls`.
NOT_SENT_BACK = frozenset(
    {
        "reasoning",
        "thinking",
        "redacted_thinking",
        "tool_call",
        "tool_call_chunk",
        "invalid_tool_call",
        "tool_use",
        "input_json_delta",
        "function_call",
        "server_tool_call",
        "server_tool_call_chunk",
        "server_tool_result",
        "non_standard",
    }
)


def to_wire(messages: Sequence[BaseMessage]) -> list[dict[str, Any]]:
    """Return the conversation in wire form.

    Pictures in tool messages are moved to a user message after the last of them, because the chat
    wire lets a tool answer in text only.

    Raises:
        InvalidInputError: There is no message, or one holds what cannot be sent; the text names it.
    """
    if not messages:
        raise InvalidInputError("messages is empty: send at least one message.")
    wire: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []  # pictures of the tool messages since the last other message
    for place, message in enumerate(messages):
        where = f"messages[{place}]"
        if not isinstance(message, ToolMessage):
            show(shown, wire)
        wire.append(_message(message, where, shown))
    show(shown, wire)
    return wire


def _message(message: BaseMessage, where: str, shown: list[dict[str, Any]]) -> dict[str, Any]:
    if isinstance(message, AIMessage):
        return _assistant(message, where)
    if isinstance(message, ToolMessage):
        content = _content(message.content, where)
        return tool_message(content, message.tool_call_id, shown)
    wire: dict[str, Any] = {"role": _role(message, where)}
    wire["content"] = _content(message.content, where)
    if message.name:
        wire["name"] = message.name
    return wire


def _role(message: BaseMessage, where: str) -> str:
    if isinstance(message, ChatMessage):
        return message.role
    roles = ((HumanMessage, "user"), (SystemMessage, "system"), (FunctionMessage, "function"))
    for kind, role in roles:
        if isinstance(message, kind):
            if role == "system":
                return str(message.additional_kwargs.get("__openai_role__", role))
            return role
    raise InvalidInputError(f"{where} is a {type(message).__name__}, which cannot be sent.")


def _assistant(message: AIMessage, where: str) -> dict[str, Any]:
    text = _content(message.content, where, skip=NOT_SENT_BACK)
    if isinstance(text, list):
        text = "".join(part["text"] for part in text if part["type"] == "text")
    spoken = message.additional_kwargs.get("audio")
    if not text and isinstance(spoken, Mapping):
        text = str(spoken.get("transcript", ""))  # the sound itself is known to its vendor only
    wire: dict[str, Any] = {"role": "assistant", "content": text}
    if message.name:
        wire["name"] = message.name
    calls = [call_part(call["name"], call["args"], call["id"]) for call in message.tool_calls]
    calls += [
        call_part(bad["name"] or "", bad["args"] or "", bad["id"])
        for bad in message.invalid_tool_calls
    ]
    if calls:
        wire["tool_calls"] = calls
        wire["content"] = text or None
        if reasoning := reasoning_of(message):
            # Thinking models want their thoughts back within a turn of tool calls, and only there.
            wire["reasoning_content"] = reasoning
    return wire


def reasoning_of(message: AIMessage) -> str:
    """Return a model's thoughts, wherever its provider's message keeps them."""
    kept = message.additional_kwargs.get("reasoning_content")
    if isinstance(kept, str) and kept:
        return kept
    blocks = message.content if isinstance(message.content, list) else []
    thoughts = (
        block.get("reasoning") or block.get("thinking")
        for block in blocks
        if isinstance(block, dict) and block.get("type") in ("reasoning", "thinking")
    )
    return "".join(thought for thought in thoughts if isinstance(thought, str))


def _content(
    content: str | list[str | dict[str, Any]], where: str, *, skip: frozenset[str] = frozenset()
) -> str | list[dict[str, Any]]:
    if isinstance(content, str):
        return content
    parts: list[dict[str, Any]] = []
    for place, block in enumerate(content):
        if isinstance(block, str):
            parts.append({"type": "text", "text": block})
        elif block.get("type") not in skip:
            parts.append(_part(block, f"{where}.content[{place}]"))
    return parts


def _part(block: Mapping[str, Any], where: str) -> dict[str, Any]:
    kind = block.get("type")
    if kind in ("text", "input_text", "output_text"):
        part: dict[str, Any] = {"type": "text", "text": str(block.get("text", ""))}
        if isinstance(block.get("cache_control"), Mapping):
            # Claude remembers a prompt up to the parts that carry this mark.
            part["cache_control"] = dict(block["cache_control"])
        return part
    if kind == "text-plain":
        return {"type": "text", "text": str(block.get("text") or "")}
    if kind == "refusal":
        return {"type": "text", "text": str(block.get("refusal", ""))}
    if kind == "image_url":
        return _image_url(block, where)
    if kind == "image":
        return _image(block, where)
    if kind in ("audio", "file", "video"):
        return _media(block, str(kind), where)
    if kind in ("input_audio", "video_url", "file_url"):
        return dict(block)  # already in wire form
    raise InvalidInputError(
        f"{where} has the type {kind!r}, which cannot be sent. Known: text, image, image_url, "
        "audio, file, video."
    )


def _image_url(block: Mapping[str, Any], where: str) -> dict[str, Any]:
    image = block.get("image_url")
    if isinstance(image, Mapping):
        return image_part(image.get("url"), where, detail=image.get("detail"))
    return image_part(image, where)


def _image(block: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Read LangChain's image block, of either version, and Anthropic's."""
    source = block.get("source")
    if isinstance(source, Mapping):  # Anthropic: {"source": {"type": "base64" | "url", ...}}
        block = {
            "url": source.get("url"),
            "base64": source.get("data"),
            "mime_type": source.get("media_type"),
        }
    if block.get("file_id"):
        raise InvalidInputError(f"{where}: 302.AI keeps no files; send a link or the data.")
    data = block.get("base64") or block.get("data")
    detail = (block.get("extras") or {}).get("detail")
    if data:
        media_type = block.get("mime_type")
        return image_part_of_data(data, where, media_type=media_type, detail=detail)
    return image_part(block.get("url"), where, detail=detail)


def _media(block: Mapping[str, Any], kind: str, where: str) -> dict[str, Any]:
    """Write LangChain's audio, file and video blocks in the form that most vendors read."""
    if isinstance(block.get(kind), Mapping) or "input_audio" in block:
        return dict(block)  # already in wire form
    data, url = block.get("base64") or block.get("data"), block.get("url")
    media_type = block.get("mime_type") or ""
    if not data and not url:
        raise InvalidInputError(f"{where} has no link and no data of its {kind}.")
    if kind == "audio":
        return audio_part(data, media_type, where)
    address = f"data:{media_type};base64,{data}" if data else str(url)
    if kind == "video":
        return video_part(address)
    return file_part(address, block.get("filename") or (block.get("extras") or {}).get("filename"))
