"""Media types by a file's first bytes: images and their sizes, audio. Nothing is decoded."""

from __future__ import annotations

import base64
import struct

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
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
)
WEBP_HEADER = 30  # bytes
JPEG_MARKER = 0xFF
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # the frames among the markers

# Audio without any of these is raw samples, as in streams.
SOUNDS = (
    (b"RIFF", "audio/wav"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
)
RAW_SOUND = "audio/pcm"


def media_type_of(start: bytes) -> str | None:
    """Return the media type of an image by its first bytes, or None if it is not an image."""
    for offset, signature, media_type in SIGNATURES:
        if start[offset : offset + len(signature)] == signature:
            return media_type
    return None


def size_of(content: bytes) -> tuple[int, int] | None:
    """Return an image's width and height in pixels, by its header alone, or None if unknown.

    Nothing is decoded: an image can be a decompression bomb. Formats: png, gif, jpeg, webp, bmp.
    """
    media_type = media_type_of(content)
    try:
        if media_type == "image/png":
            return _pair(">II", content, 16)
        if media_type == "image/gif":
            return _pair("<HH", content, 6)
        if media_type == "image/bmp":
            width, height = _pair("<ii", content, 18)
            return width, abs(height)
        if media_type == "image/webp":
            return _webp_size(content)
        if media_type == "image/jpeg":
            return _jpeg_size(content)
    except (struct.error, IndexError):
        return None  # cut off in its header
    return None


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


def _pair(form: str, content: bytes, place: int) -> tuple[int, int]:
    first, second = struct.unpack_from(form, content, place)
    return int(first), int(second)


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """Read the first chunk of a WebP file (RFC 9649, 2.5 to 2.7)."""
    kind = content[12:16]
    if len(content) < WEBP_HEADER:
        return None
    if kind == b"VP8X":
        wide, high = content[24:27], content[27:30]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = _pair("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Go from marker to marker up to the start of the frame (ITU T.81, B.2)."""
    place = 2
    while content[place] == JPEG_MARKER:
        marker = content[place + 1]
        if marker in JPEG_FRAMES:
            height, width = _pair(">HH", content, place + 5)
            return width, height
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return None
