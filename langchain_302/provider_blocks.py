"""Content blocks of other vendors, as blocks that LangChain itself knows. Pure functions.

A history may have been written by any provider's model, and a program may write any provider's
form. `convert.py` calls this module for blocks that it does not know itself.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from core_302.errors import InvalidInputError

Block = dict[str, Any]

# What of a model's own turn is sent back as its content. Reasoning, tool calls and the traces of
# the vendor's own tools are not content: reasoning and calls have fields of their own, traces have
# none.
SAID = frozenset({"text", "output_text", "input_text", "text-plain", "refusal"})
SHOWN = frozenset({"image", "image_url", "image_generation_call", "media"})


def said_by_model(content: str | list[Any]) -> list[str | Block]:
    """Return the blocks of a model's own turn that are its text."""
    blocks = [content] if isinstance(content, str) else content
    said: list[str | Block] = []
    for block in blocks:
        if isinstance(block, str) or block.get("type") in SAID:
            said.append(block)
        elif not said and _refusal(block):  # ours; it stands for the text where there is none
            said.append({"type": "refusal", "refusal": _refusal(block)})
    return said


def shown_by_model(content: str | list[Any]) -> list[Block]:
    """Return the images of a model's own turn that can be shown again.

    An image that only its vendor can find, by an id, is left out.
    """
    blocks = [] if isinstance(content, str) else content
    shown: list[Block] = []
    for block in blocks:
        if isinstance(block, str) or block.get("type") not in SHOWN:
            continue
        if block["type"] == "image_generation_call":  # OpenAI's tool, run by OpenAI
            block = {"type": "image", "base64": block.get("result")}  # noqa: PLW2901
        if any(block.get(name) for name in ("image_url", "url", "base64", "data", "source")):
            shown.append(block)
    return shown


def _refusal(block: Mapping[str, Any]) -> str:
    value = block.get("value")
    is_ours = block.get("type") == "non_standard" and isinstance(value, Mapping)
    return str(value.get("refusal") or "") if is_ours and isinstance(value, Mapping) else ""


def as_known(block: Mapping[str, Any], where: str) -> list[Block] | None:
    """Return a vendor's block as LangChain's blocks; None for an unknown one.

    Raises:
        InvalidInputError: Its text cannot be read.
    """
    kind = block.get("type")
    if kind == "text-plain":
        return [{"type": "text", "text": _plain_text(block, where)}]
    if kind == "media":  # Gemini
        media_type = str(block.get("mime_type") or "")
        family = media_type.partition("/")[0]
        known = family if family in ("image", "audio", "video") else "file"
        found = {"url": block.get("file_uri"), "base64": block.get("data")}
        return [{"type": known, "mime_type": media_type, **found}]
    if kind == "document":
        return _document(block, where)
    if kind == "search_result":
        titled = "\n".join(str(block[name]) for name in ("title", "source") if block.get(name))
        return [{"type": "text", "text": titled}, *_nested(block.get("content"))]
    if kind == "json":
        text = json.dumps(block.get("json"), ensure_ascii=False, default=str)
        return [{"type": "text", "text": text}]
    if kind == "custom_tool_call_output":
        return _nested(block.get("output"))
    return None


def _document(block: Mapping[str, Any], where: str) -> list[Block]:
    """Read Anthropic's document: a file, a text, or blocks of its own."""
    source = block.get("source")
    source = source if isinstance(source, Mapping) else {}
    if source.get("type") == "content":
        return _nested(source.get("content"))
    if source.get("type") == "text":
        return [{"type": "text", "text": str(source.get("data") or "")}]
    if source.get("file_id"):
        raise InvalidInputError(f"{where}: 302.AI keeps no files; send a link or the data.")
    return [
        {
            "type": "file",
            "base64": source.get("data"),
            "url": source.get("url"),
            "mime_type": source.get("media_type") or "application/pdf",
            "filename": block.get("title"),
        }
    ]


def _nested(content: Any) -> list[Block]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [dict(block) for block in content] if isinstance(content, list) else []


def _plain_text(block: Mapping[str, Any], where: str) -> str:
    if block.get("text") is not None:
        return str(block["text"])
    try:
        return base64.b64decode(block["base64"], validate=True).decode()
    except (KeyError, TypeError, binascii.Error, UnicodeDecodeError) as error:
        raise InvalidInputError(
            f"{where} contains no text: put it in its 'text', or in 'base64' as UTF-8. A link is "
            "not opened here; `file_parse=True` lets the gateway read links in the messages."
        ) from error
