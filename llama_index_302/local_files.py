"""Files that a program's own blocks name by path, read before the blocks are converted.

A path in a block comes from the program that made it: a model's arguments never get here; they go
through `core_302.tools.file_store`. An image is read only if its first bytes say that it is one,
so that a conversation from elsewhere cannot send another file of this machine as an image.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import IOBase
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import (
    AudioBlock,
    ChatMessage,
    CitableBlock,
    DocumentBlock,
    ImageBlock,
    VideoBlock,
)

from core_302.errors import InvalidInputError
from core_302.image_parts import LARGEST_INPUT
from core_302.media_types import media_type_of

UNNAMED = "input_document"  # what LlamaIndex calls a document that has no title
# The field of each block that holds its bytes.
DATA_FIELDS: dict[type, str] = {
    ImageBlock: "image",
    AudioBlock: "audio",
    VideoBlock: "video",
    DocumentBlock: "data",
}


def names_files(messages: Sequence[ChatMessage]) -> bool:
    """Return whether any block names a file, or is an open one."""
    return any(_is_unread(block) for message in messages for block in message.blocks)


def with_files_read(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Return the conversation with the bytes of its files in their blocks.

    Raises:
        InvalidInputError: A file cannot be read, is not an image where one is required, or is too
            long.
    """
    return [
        message.model_copy(
            update={
                "blocks": [
                    _read(block, f"messages[{place}].blocks[{number}]")
                    for number, block in enumerate(message.blocks)
                ]
            }
        )
        if any(map(_is_unread, message.blocks))
        else message
        for place, message in enumerate(messages)
    ]


def _is_unread(block: Any) -> bool:
    if isinstance(block, CitableBlock):
        return any(map(_is_unread, block.content))
    field = DATA_FIELDS.get(type(block))
    if field is None:
        return False
    data = getattr(block, field)
    return isinstance(data, IOBase) or (data is None and block.path is not None)


def _read(block: Any, where: str) -> Any:
    if not _is_unread(block):
        return block
    if isinstance(block, CitableBlock):
        return block.model_copy(
            update={"content": [_read(inner, where) for inner in block.content]}
        )
    field = DATA_FIELDS[type(block)]
    content = _bytes_of(getattr(block, field), block.path, where)
    if len(content) > LARGEST_INPUT:
        raise InvalidInputError(f"{where}: the file has more than {LARGEST_INPUT:,} bytes.")
    if isinstance(block, ImageBlock) and media_type_of(content) is None:
        raise InvalidInputError(f"{where}: the file is not an image, judging by its first bytes.")
    kept = block.model_dump(exclude={field, "path", "url", "block_type"}, exclude_none=True)
    if isinstance(block, DocumentBlock) and block.path and block.title == UNNAMED:
        kept["title"] = Path(block.path).name
    # As base64: LlamaIndex would decode bytes that happen to look like it.
    return type(block)(**{**kept, field: base64.b64encode(content)})


def _bytes_of(opened: Any, path: Any, where: str) -> bytes:
    try:
        if isinstance(opened, IOBase):
            opened.seek(0)
            return bytes(opened.read())
        with Path(path).open("rb") as file:
            return file.read(LARGEST_INPUT + 1)
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{where}: the file cannot be read: {error}.") from error
