"""Recordings of every kind for tests, made by hand: how a file of each begins, and real WAVs."""

import base64
import io
import struct
import wave


def wav(seconds=1.0, rate=8000):
    """Return a real WAV file of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(b"\0\0" * int(rate * seconds))
    return file.getvalue()


def flac(seconds=2, rate=8000):
    """Return the header of a FLAC file, which says its length, and nothing that could be heard."""
    samples = (rate << 44 | 0 << 41 | 15 << 36 | seconds * rate).to_bytes(8, "big")
    facts = struct.pack(">HH", 4096, 4096) + bytes(6) + samples + bytes(16)
    return b"fLaC" + b"\x80\0\0\x22" + facts


def mp3(seconds=1, *, tagged=True):
    """Return frames of 128 kbit/s, with tags before them."""
    tags = b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) if tagged else b""
    return tags + b"\xff\xfb\x90\x00" + bytes(seconds * 16_000 - 4)


RECORDINGS = {
    ".wav": wav(),
    ".mp3": mp3(),
    ".m4a": b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(64),
    ".mp4": b"\0\0\0\x20ftypisom\0\0\0\0" + bytes(64),
    ".flac": flac(),
    ".ogg": b"OggS\0\x02" + bytes(64),
    ".webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(64),
    ".aac": b"\xff\xf1\x50\x80" + bytes(64),
}


def data_uri(content, media_type="audio/wav"):
    """Return a recording as a data URI."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
