"""Parts of a message in wire form, except images, for every framework's converter.

Pure functions. Images are in `image_parts.py`. Inputs are never changed, and nothing is fetched.
"""

from __future__ import annotations

import json
from typing import Any

from core_302.errors import InvalidInputError

# What most vendors call a format whose media type has another name.
AUDIO_FORMATS = {"mpeg": "mp3", "x-wav": "wav"}
SHOWN_BY_TOOLS = "Shown by the tool results above:"
SHOWN_BY_MODEL = "Shown by the answer above:"
SHOWN_NEXT = "(the result is shown in the next message)"

Part = dict[str, Any]


def text_part(text: str) -> Part:
    """Return a text part."""
    return {"type": "text", "text": text}


def audio_part(data: str | None, kind: str, where: str) -> Part:
    """Return an audio part.

    Args:
        data: The audio as base64, or None if there is only a link.
        kind: Its format or media type (`mp3`, `audio/mpeg`); empty means wav.
        where: The part's place, for errors.

    Raises:
        InvalidInputError: There is no data: the wire accepts no link here.
    """
    if not data:
        raise InvalidInputError(f"{where}: audio must be base64 data, not a link.")
    short = kind.rpartition("/")[2]
    sound = {"data": data, "format": AUDIO_FORMATS.get(short, short or "wav")}
    return {"type": "input_audio", "input_audio": sound}


def video_part(address: str) -> Part:
    """Return a video part: a link or a data URI."""
    return {"type": "video_url", "video_url": {"url": address}}


def file_part(address: str, name: str | None) -> Part:
    """Return a file part: a link or a data URI, and its name."""
    return {"type": "file", "file": {"filename": name or "file", "file_data": address}}


def call_part(name: str, arguments: Any, call_id: str | None, where: str) -> Part:
    """Return a tool call; arguments that are not a string are encoded as JSON.

    Raises:
        InvalidInputError: They cannot be encoded as JSON; the error's text names their place.
    """
    try:
        text = (
            arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"{where}: the arguments of its call to {name!r} cannot be encoded as JSON ({error}): "
            "use plain values."
        ) from error
    function = {"name": name, "arguments": text}
    return {"id": call_id or "", "type": "function", "function": function}


def tool_message(content: str | list[Part], call_id: str, shown: Shown) -> Part:
    """Return a tool's answer, which is text only on the wire; what else it has joins `shown`."""
    if isinstance(content, list):
        others = [part for part in content if part["type"] != "text"]
        shown.keep(SHOWN_BY_TOOLS, others)
        content = "\n".join(part["text"] for part in content if part["type"] == "text")
        if others and not content:
            content = SHOWN_NEXT
    return {"role": "tool", "tool_call_id": call_id, "content": content}


class Shown:
    """What tools and models have shown, and a user message will show: the wire wants it so."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._intros: set[str] = set()

    def keep(self, intro: str, parts: list[Part]) -> None:
        """Keep parts for the next `show`, under the words that say whose they are."""
        if not parts:
            return
        if intro not in self._intros:
            self._intros.add(intro)
            self._parts.append(text_part(intro))
        self._parts += parts

    def show(self, wire: list[Part]) -> None:
        """Add it as a user message, and forget it."""
        if self._parts:
            wire.append({"role": "user", "content": self._parts})
            self._parts, self._intros = [], set()
