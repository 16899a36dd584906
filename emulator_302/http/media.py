"""Documents, audio and videos in a conversation: what can be found out without a model.

For a PDF, the text of its plain strings; for audio, its format and length; for anything else its
kind and size. Nothing is fetched, and nothing is invented.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import wave
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from emulator_302.rule_model.conversation import BadRequest, Message, last_user

KINDS = ("file", "input_audio", "video_url")
MOST_STREAM = 4 * 1024 * 1024  # bytes that one stream of a PDF may decompress to
MOST_LINES = 200
BYTES_PER_SECOND = 16_000  # of audio whose length is not in its header: 128 kbit/s
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
SHOWN = re.compile(rb"\[((?:[^\[\]\\]|\\.)*)\]\s*TJ|(\((?:[^()\\]|\\.)*\))\s*(?:Tj|'|\")")
STRING = re.compile(rb"\(((?:[^()\\]|\\.)*)\)", re.DOTALL)
ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\r?\n)")
ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def shows_media(messages: Sequence[Message]) -> bool:
    """Return whether the latest user message holds a document, audio or a video."""
    return bool(_parts(messages))


def media_lines(messages: Sequence[Message]) -> tuple[str, ...]:
    """Return what is known of the documents, audio and videos of the latest user message.

    Raises:
        BadRequest: One holds no data, or other data than its label says.
    """
    place = last_user(messages)
    lines: list[str] = []
    for number, part in _parts(messages):
        lines += _lines(part, f"messages[{place}].content[{number}]")
    return tuple(lines)


def inlined(body: Mapping[str, Any], published: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the request with each published address replaced by its content."""
    return {**body, "messages": [_with_data(message, published) for message in body["messages"]]}


def seconds_of(part: Mapping[str, Any]) -> float:
    """Return how many seconds of audio an `input_audio` part holds; 0 for what cannot be read."""
    audio = part.get("input_audio")
    data = _unpacked(audio.get("data") if isinstance(audio, Mapping) else None)
    if data is None:
        return 0.0
    try:
        with wave.open(io.BytesIO(data)) as reader:
            return float(reader.getnframes() / reader.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return len(data) / BYTES_PER_SECOND


def pdf_lines(data: bytes) -> list[str]:
    """Return the lines of text that a PDF draws with plain strings."""
    lines: list[str] = []
    for found in STREAM.finditer(data):
        for shown in SHOWN.finditer(inflated(found[1])):
            text = b"".join(map(plain_string, STRING.findall(shown[1] or shown[2])))
            line = text.decode("latin-1").strip()
            if line and line.isprintable():
                lines.append(line)
    return lines[:MOST_LINES]


def _with_data(message: Message, published: Mapping[str, bytes]) -> Message:
    if not isinstance(message.get("content"), list):
        return message
    parts = [_part_with_data(part, published) for part in message["content"]]
    return {**message, "content": parts}


def _part_with_data(part: Any, published: Mapping[str, bytes]) -> Any:
    shown = part.get(str(part.get("type"))) if isinstance(part, Mapping) else None
    if not isinstance(shown, Mapping):
        return part
    address = shown.get("url")
    if not isinstance(address, str) or address not in published:
        return part
    data = base64.b64encode(published[address]).decode()
    url = f"data:application/octet-stream;base64,{data}"
    return {**part, part["type"]: {**shown, "url": url}}


def _parts(messages: Sequence[Message]) -> list[tuple[int, Mapping[str, Any]]]:
    place = last_user(messages)
    content = messages[place].get("content") if place >= 0 else None
    return [
        (number, part)
        for number, part in enumerate(content if isinstance(content, list) else ())
        if isinstance(part, Mapping) and part.get("type") in KINDS
    ]


def _lines(part: Mapping[str, Any], where: str) -> list[str]:
    kind = str(part["type"])
    given = part.get(kind)
    if not isinstance(given, Mapping):
        raise BadRequest(f"Parameter error: {where}.{kind} is not an object")
    if kind == "input_audio":
        return [_audio(part, given, where)]
    address = given.get("file_data") or given.get("url")
    if not isinstance(address, str) or not address:
        raise BadRequest(f"Parameter error: {where} has no data and no address")
    name = str(given.get("filename") or kind.removesuffix("_url"))
    if not address.startswith("data:"):
        return [f"{name} at {address.partition('?')[0]}"]
    data = _unpacked(address)
    if data is None:
        raise BadRequest(f"Parameter error: {where} is not valid base64")
    if data.startswith(b"%PDF"):
        pages = max(1, len(re.findall(rb"/Type\s*/Page\b", data)))
        return pdf_lines(data) or [f"{name}, a PDF with {pages} page(s) and no plain text"]
    if kind == "file" and address.startswith("data:application/pdf"):
        raise BadRequest(f"Parameter error: {where} is not a PDF")
    return [f"{name}, {len(data)} bytes of {address[5:].partition(';')[0] or 'data'}"]


def _audio(part: Mapping[str, Any], given: Mapping[str, Any], where: str) -> str:
    if _unpacked(given.get("data")) is None:
        raise BadRequest(f"Parameter error: {where} is not valid base64")
    return f"Audio in the format {given.get('format')}, {seconds_of(part):.1f} seconds long"


def _unpacked(data: Any) -> bytes | None:
    if not isinstance(data, str) or not data:
        return None
    try:
        return base64.b64decode(data.rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        return None


def inflated(data: bytes) -> bytes:
    """Return a stream of a PDF, decompressed if it was compressed."""
    try:
        return zlib.decompressobj().decompress(data, MOST_STREAM)
    except zlib.error:
        return data  # a stream that is not compressed


def plain_string(string: bytes) -> bytes:
    """Return a string of a PDF without its escapes."""

    def plain(found: re.Match[bytes]) -> bytes:
        sign = found[1]
        if sign[:1].isdigit():
            return bytes([int(sign, 8) & 0xFF])
        return b"" if sign.endswith(b"\n") else ESCAPED.get(sign, sign)

    return ESCAPE.sub(plain, string)
