"""LangChain's standard content blocks of an answer: reasoning, cited text, images, tool calls.

`message.content_blocks` calls this for every message whose provider is "ai302". A chunk gets blocks
whose `index` names the block that they continue, so that merged chunks, and the live events of
`stream_events`, have one block for each part of the answer.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, cast

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.block_translators import register_translator
from langchain_core.messages.content import ContentBlock

from core_302.image_parts import split_data_uri
from core_302.media_types import sound_type
from core_302.messages.citations import unplaced

PROVIDER = "ai302"

CONTENT_KWARGS = {"reasoning_content", "refusal", "images", "audio"}

Block = dict[str, Any]


def register() -> None:
    """Let LangChain find this module for messages of this provider."""
    register_translator(PROVIDER, blocks_of, blocks_of_chunk)


def blocks_of(message: AIMessage) -> list[ContentBlock]:
    """Return the blocks of a complete answer."""
    calls: list[Block] = [
        {"type": "tool_call", "id": call["id"], "name": call["name"], "args": call["args"]}
        for call in message.tool_calls
    ]
    broken: list[Block] = [
        {**bad, "type": "invalid_tool_call"} for bad in message.invalid_tool_calls
    ]
    found = [block for _, block in _named_blocks(message, _citations(message))]
    return cast("list[ContentBlock]", [*found, *calls, *broken])


def blocks_of_chunk(chunk: AIMessageChunk) -> list[ContentBlock]:
    """Return the blocks of a chunk, or, for all chunks merged, those of the complete answer."""
    kept = CONTENT_KWARGS & chunk.additional_kwargs.keys()
    if chunk.chunk_position == "last" and (chunk.content or chunk.tool_call_chunks or kept):
        return blocks_of(chunk)
    # The sources come with the last chunk, which has no other blocks.
    notes = _citations(chunk) if chunk.chunk_position == "last" else []
    found = [{**block, "index": f"lc_{name}"} for name, block in _named_blocks(chunk, notes)]
    calls = [
        {
            "type": "tool_call_chunk",
            "id": call["id"],
            "name": call["name"],
            "args": call["args"],
            "index": f"lc_call_{place if call['index'] is None else call['index']}",
        }
        for place, call in enumerate(chunk.tool_call_chunks)
    ]
    return cast("list[ContentBlock]", [*found, *calls])


def _named_blocks(message: AIMessage, notes: list[Block]) -> Iterator[tuple[str, Block]]:
    """Yield all blocks but tool calls, each with a name that is the same in every chunk."""
    kept = message.additional_kwargs
    if kept.get("reasoning_content"):
        yield "reasoning", {"type": "reasoning", "reasoning": kept["reasoning_content"]}
    yield from _texts(message, notes)
    if kept.get("refusal"):
        refusal = {"type": "refusal", "refusal": kept["refusal"]}
        yield "refusal", {"type": "non_standard", "value": refusal}
    for link in kept.get("images", ()):
        # An image comes complete, in one chunk; its own content is its name.
        yield f"image_{zlib.crc32(link.encode()):08x}", image(link)
    if isinstance(kept.get("audio"), Mapping):
        yield "audio", _sound(kept["audio"])


def _texts(message: AIMessage, notes: list[Block]) -> Iterator[tuple[str, Block]]:
    if not isinstance(message.content, str):
        # Blocks that a program wrote into a message of ours are left unchanged.
        for place, block in enumerate(message.content):
            own: Block = {"type": "text", "text": block} if isinstance(block, str) else block
            yield f"own_{place}", own
        return
    if message.content or notes:
        text: Block = {"type": "text", "text": message.content}
        yield "text", {**text, "annotations": notes} if notes else text


def _citations(message: AIMessage) -> list[Block]:
    """Return the sources as annotations: those with a place in the text first."""
    placed = message.additional_kwargs.get("annotations", ())
    notes = [_annotation(note) for note in placed]
    others = unplaced(message.response_metadata.get("citations", ()), placed)
    return notes + [_citation(source) for source in others]


def _citation(source: Mapping[str, Any]) -> Block:
    extras = {name: source[name] for name in ("date", "source") if source.get(name)}
    return _without_none(
        {
            "type": "citation",
            "url": source["url"],
            "title": source.get("title"),
            "cited_text": source.get("snippet"),
            "extras": extras or None,
        }
    )


def _annotation(note: Mapping[str, Any]) -> Block:
    source = note.get("url_citation")
    if not isinstance(source, Mapping):
        return {"type": "non_standard_annotation", "value": dict(note)}
    return _without_none(
        {
            "type": "citation",
            "url": source.get("url"),
            "title": source.get("title"),
            "start_index": source.get("start_index"),
            "end_index": source.get("end_index"),
            "cited_text": source.get("content"),
        }
    )


def image(link: str) -> Block:
    """Return the block of an image, given as a link or a data URI."""
    inline = split_data_uri(link)
    if inline is None:
        return {"type": "image", "url": link}
    media_type, data = inline
    return {"type": "image", "base64": data, "mime_type": media_type or "image/png"}


def _sound(audio: Mapping[str, Any]) -> Block:
    data = audio.get("data", "")
    block: Block = {"type": "audio", "base64": data, "mime_type": sound_type(data)}
    if audio.get("id"):
        block["id"] = audio["id"]
    if audio.get("transcript"):
        block["extras"] = {"transcript": audio["transcript"]}
    return block


def _without_none(block: Block) -> Block:
    return {name: value for name, value in block.items() if value is not None}
