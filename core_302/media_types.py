"""Media types by a file's first bytes: images, sound, films, documents. Nothing is decoded."""

from __future__ import annotations

import base64

ENOUGH_BASE64 = 64  # characters; 48 bytes identify every format

# Formats by their first bytes ("magic"), from the file formats' own specifications.
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"II+\x00", "image/tiff"),  # BigTIFF
    (0, b"MM\x00+", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftyphevc", "image/heic"),  # several images
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypmsf1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
)

# Audio without any of these is raw samples, as in streams.
SOUNDS = (
    (b"RIFF", "audio/wav"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
)
# After the images, which begin with the same box.
OTHERS: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"\xff\xf2", "audio/mpeg"),
)
RAW_SOUND = "audio/pcm"


def media_type_of(start: bytes) -> str | None:
    """Return the media type of an image by its first bytes, or None if it is not an image."""
    for offset, signature, media_type in SIGNATURES:
        if start[offset : offset + len(signature)] == signature:
            return media_type
    return None


def file_type_of(start: bytes) -> str | None:
    """Return the media type of a file by its first bytes, or None if they tell nothing."""
    start = start[:ENOUGH_BASE64]
    if found := media_type_of(start):
        return found
    sounds = (kind for sign, kind in SOUNDS if start.startswith(sign))
    others = (kind for place, sign, kind in OTHERS if start[place:].startswith(sign))
    return next(sounds, None) or next(others, None)


def sound_type(data: str) -> str:
    """Return the media type of audio in base64."""
    start = start_of(data)
    return next((kind for sign, kind in SOUNDS if start.startswith(sign)), RAW_SOUND)


def start_of(data: str) -> bytes:
    """Return the first bytes of base64 text; none if it is broken."""
    try:
        return base64.b64decode(data[:ENOUGH_BASE64])
    except ValueError:
        return b""
