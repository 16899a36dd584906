"""Sounds of an answer: what they are, by their first bytes."""

from __future__ import annotations

import base64

ENOUGH_BASE64 = 64  # characters; 48 bytes tell every format

# A sound without any of these is raw samples, as in streams.
SOUNDS = (
    (b"RIFF", "audio/wav"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
)
RAW_SOUND = "audio/pcm"


def sound_type(data: str) -> str:
    """Return the media type of a sound given as base64."""
    start = start_of(data)
    return next((kind for sign, kind in SOUNDS if start.startswith(sign)), RAW_SOUND)


def start_of(data: str) -> bytes:
    """Return the first bytes of base64 text; none of one that is broken."""
    try:
        return base64.b64decode(data[:ENOUGH_BASE64])
    except ValueError:
        return b""
