"""Spoken answers of a chat: a tone for each word, as WAV. It can be played, not understood."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from emulator_302.sound.tones import spoken

EXPIRES_AT = 1_750_003_600  # a fixed second: replies to equal requests are equal


def speech_of(text: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the audio of an answer, in the shape of the wire's `audio`."""
    voice = str((body.get("audio") or {}).get("voice", "alloy"))
    digest = hashlib.sha256(f"{voice}{text}".encode()).hexdigest()[:12]
    return {
        "id": f"audio_{digest}",
        "data": base64.b64encode(spoken(text)).decode(),
        "transcript": text,
        "expires_at": EXPIRES_AT,
    }
