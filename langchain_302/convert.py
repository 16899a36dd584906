"""LangChain's messages to the wire. Pure functions.

Nothing given is changed. Nothing that a program wrote is dropped silently: a block that cannot be
sent is an error that names its place. Of a model's own turn, its text, images, calls and reasoning
go back; the wire has no field for the traces of its vendor's own tools.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from core_302.catalogue import USUAL_REASONING_BACK, ReasoningBack
from core_302.endpoints.provider_details import KEPT_AS, with_details
from core_302.errors import InvalidInputError
from core_302.image_parts import can_be_sent, image_part, image_part_of_data
from core_302.messages.parts import (
    SHOWN_BY_MODEL,
    Shown,
    audio_part,
    call_part,
    file_part,
    tool_message,
    video_part,
)
from core_302.messages.reasoning_back import goes_back
from langchain_302.blocks import PROVIDER
from langchain_302.provider_blocks import as_known, said_by_model, shown_by_model
from langchain_302.reasoning import reasoning_of

if TYPE_CHECKING:
    from typing import TypeGuard


def to_wire(
    messages: Sequence[BaseMessage],
    *,
    reasoning_back: ReasoningBack = USUAL_REASONING_BACK,
    model: str = "",
) -> list[dict[str, Any]]:
    """Return the conversation in wire form, as `model` wants it.

    Images in tool messages are moved to a user message after the last of them, because the chat
    wire lets a tool answer in text only; those of a model's own turn likewise.

    Raises:
        InvalidInputError: A message holds something that cannot be sent; the error's text names it.
    """
    wire: list[dict[str, Any]] = []
    shown = Shown()  # images that wait for the end of a turn of tools
    for place, message in enumerate(messages):
        for part in _parted(message):
            if not isinstance(part, ToolMessage):
                shown.show(wire)
            if isinstance(part, AIMessage):
                turn = _assistant(part, f"messages[{place}]", shown, reasoning_back)
                kept = part.additional_kwargs.get(KEPT_AS)
                wire.append(with_details(turn, kept, model, reasoning_back))
            else:
                wire.append(_message(part, f"messages[{place}]", shown))
    shown.show(wire)
    return wire


def _parted(message: BaseMessage) -> list[BaseMessage]:
    """Split a user's message from the tool results that it holds in Anthropic's form."""
    content = message.content
    if not isinstance(message, HumanMessage) or isinstance(content, str):
        return [message]
    results = [block for block in content if _is_result(block)]
    if not results:
        return [message]
    rest = [block for block in content if not _is_result(block)]
    messages = [
        ToolMessage(block.get("content") or "", tool_call_id=str(block.get("tool_use_id") or ""))
        for block in results
    ]
    return [*messages, message.model_copy(update={"content": rest})] if rest else [*messages]


def _is_result(block: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(block, dict) and block.get("type") == "tool_result"


def _message(message: BaseMessage, where: str, shown: Shown) -> dict[str, Any]:
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


def _assistant(
    message: AIMessage, where: str, shown: Shown, reasoning_back: ReasoningBack
) -> dict[str, Any]:
    kept = message.additional_kwargs
    said = _content(said_by_model(message.content), where)
    text = "".join(part["text"] for part in said)
    spoken = kept.get("audio")
    if not text and isinstance(spoken, Mapping):
        text = str(spoken.get("transcript", ""))  # only its vendor has the audio itself
    wire: dict[str, Any] = {"role": "assistant", "content": text or str(kept.get("refusal") or "")}
    if message.name:
        wire["name"] = message.name
    calls = [
        call_part(call["name"], call["args"], call["id"], where) for call in message.tool_calls
    ]
    calls += [
        call_part(bad["name"] or "", bad["args"] or "", bad["id"], where)
        for bad in message.invalid_tool_calls
    ]
    if calls:
        wire["tool_calls"] = calls
        wire["content"] = wire["content"] or None
    wanted = goes_back(reasoning_back, calls_tools=bool(calls))
    if wanted and (reasoning := reasoning_of(message)):
        wire["reasoning_content"] = reasoning
    # An "image" of an answer that is not an image must not end the conversation.
    linked = [{"type": "image", "url": a} for a in kept.get("images", ()) if can_be_sent(a)]
    drawn = shown_by_model(message.content)
    if message.response_metadata.get("model_provider") == PROVIDER:
        drawn = [block for block in drawn if can_be_sent(_address(block))]
    images = _content([*drawn, *linked], where)
    shown.keep(SHOWN_BY_MODEL, list({repr(part): part for part in images}.values()))
    return wire


def _address(block: Mapping[str, Any]) -> Any:
    """Return the address of an image's block that we have written ourselves."""
    data = block.get("base64")
    return f"data:image/png;base64,{data}" if data else block.get("url")


def _content(content: str | list[Any], where: str) -> Any:
    """Return text as it is, and blocks as parts; of a model's own turn, always parts."""
    if isinstance(content, str):
        return content
    parts: list[dict[str, Any]] = []
    for place, block in enumerate(content):
        if isinstance(block, str):
            parts.append({"type": "text", "text": block})
        else:
            parts += _parts(block, f"{where}.content[{place}]")
    return parts


def _parts(block: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    known = as_known(block, where)
    return [_part(block, where)] if known is None else [_part(inner, where) for inner in known]


def _part(block: Mapping[str, Any], where: str) -> dict[str, Any]:
    kind = block.get("type")
    if kind in ("text", "input_text", "output_text"):
        part: dict[str, Any] = {"type": "text", "text": str(block.get("text", ""))}
        if isinstance(block.get("cache_control"), Mapping):
            # Claude caches a prompt up to the parts that carry this mark.
            part["cache_control"] = dict(block["cache_control"])
        return part
    if kind == "refusal":
        return {"type": "text", "text": str(block.get("refusal", ""))}
    if kind in ("image_url", "input_image"):
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
        raise InvalidInputError(f"{where} has neither a link nor {kind} data.")
    if kind == "audio":
        return audio_part(data, media_type, where)
    address = f"data:{media_type};base64,{data}" if data else str(url)
    if kind == "video":
        return video_part(address)
    return file_part(address, block.get("filename") or (block.get("extras") or {}).get("filename"))
