"""A text as a WAV file: a tone for each word, and the text itself in the file's own information."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from functools import lru_cache

ABOUT = "The 302.AI emulator: tones, no speech; the comment has the text"
RATE = 8000  # samples a second
SAMPLE = 2  # bytes
SECONDS_PER_WORD = 0.1
LOUDNESS = 8000  # of 32767
LOWEST, STEP = 220, 20  # hertz
LONGEST_WORD = 40  # letters that raise the tone
PCM, CHANNELS = 1, 1
HEADER = 12  # bytes before the first chunk of a WAV file
CHUNK_HEAD = struct.Struct("<4sI")
MOST_CHUNKS = 1_000


def spoken(text: str, speed: float = 1.0) -> bytes:
    """Return a text as a WAV file.

    Args:
        text: It is kept in the file as its comment.
        speed: How many times as fast as usual.
    """
    samples = max(1, int(RATE * SECONDS_PER_WORD / speed))
    tones = b"".join(_tone(min(len(word), LONGEST_WORD), samples) for word in text.split())
    facts = b"INFO" + _chunk(b"ISFT", _terminated(ABOUT)) + _chunk(b"ICMT", _terminated(text))
    form = struct.pack("<HHIIHH", PCM, CHANNELS, RATE, RATE * SAMPLE, SAMPLE, SAMPLE * 8)
    chunks = _chunk(b"fmt ", form) + _chunk(b"LIST", facts) + _chunk(b"data", tones)
    return CHUNK_HEAD.pack(b"RIFF", len(chunks) + 4) + b"WAVE" + chunks


def text_in(wav: bytes) -> str | None:
    """Return the text that a WAV file carries, if it was made here; else None."""
    for name, facts in chunks_of(wav, HEADER):
        if name == b"LIST" and facts[:4] == b"INFO":
            known = dict(chunks_of(facts, 4))
            if known.get(b"ISFT", b"").rstrip(b"\0") == ABOUT.encode():
                return known.get(b"ICMT", b"").rstrip(b"\0").decode("utf-8", "replace")
    return None


def chunks_of(data: bytes, place: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of the chunks from `place` on; of a broken one, what is there."""
    for _ in range(MOST_CHUNKS):
        if place + CHUNK_HEAD.size > len(data):
            return
        name, size = CHUNK_HEAD.unpack_from(data, place)
        place += CHUNK_HEAD.size
        yield name, data[place : place + size]
        place += size + size % 2


def _chunk(name: bytes, content: bytes) -> bytes:
    return CHUNK_HEAD.pack(name, len(content)) + content + b"\0" * (len(content) % 2)


def _terminated(text: str) -> bytes:
    return text.encode("utf-8", "replace") + b"\0"


@lru_cache(maxsize=64)
def _tone(letters: int, samples: int) -> bytes:
    hertz = LOWEST + STEP * letters
    wave_of = (math.sin(2 * math.pi * hertz * n / RATE) for n in range(samples))
    return b"".join(struct.pack("<h", int(LOUDNESS * height)) for height in wave_of)
