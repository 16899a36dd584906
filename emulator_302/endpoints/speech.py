"""Spoken answers: a tone for each word, as WAV. It can be played and measured, not understood."""

from __future__ import annotations

import base64
import hashlib
import io
import math
import struct
import wave
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

RATE = 8000  # samples a second
SECONDS_PER_WORD = 0.1
LOUDNESS = 8000  # of 32767
LOWEST, STEP = 220, 20  # hertz
EXPIRES_AT = 1_750_003_600  # a fixed second: replies to equal requests are equal


def spoken(text: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sound of an answer, in the shape of the wire's `audio`."""
    voice = str((body.get("audio") or {}).get("voice", "alloy"))
    digest = hashlib.sha256(f"{voice}{text}".encode()).hexdigest()[:12]
    samples = b"".join(_tone(len(word)) for word in text.split())
    content = io.BytesIO()
    with wave.open(content, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(samples)
    return {
        "id": f"audio_{digest}",
        "data": base64.b64encode(content.getvalue()).decode(),
        "transcript": text,
        "expires_at": EXPIRES_AT,
    }


@lru_cache(maxsize=64)
def _tone(letters: int) -> bytes:
    hertz = LOWEST + STEP * letters
    wave_of = (
        math.sin(2 * math.pi * hertz * n / RATE) for n in range(int(RATE * SECONDS_PER_WORD))
    )
    return b"".join(struct.pack("<h", int(LOUDNESS * height)) for height in wave_of)
