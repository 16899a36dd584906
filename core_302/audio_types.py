"""Kinds of audio, by a file's first bytes: what a file is called proves nothing.

A recording is sent as `file` with the ending of its kind: the gateway judges it by that, and a
file's own name may tell more than its owner wants to.
"""

from __future__ import annotations

from core_302.file_types import FileType
from core_302.media_types import media_type_of

MEDIA_TYPES = {
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".webm": "audio/webm",
    ".aac": "audio/aac",
}
KINDS = "mp3, wav, m4a, mp4, flac, ogg, webm or aac"
# What such files are called, too: what counts in a folder.
ENDINGS = frozenset({*MEDIA_TYPES, ".mpga", ".oga", ".opus"})

EBML = b"\x1a\x45\xdf\xa3"
HEADER = 64  # bytes, in which a WebM file says that it is one
ID3_VERSIONS = b"\x02\x03\x04"
ID3_HEADER = 10  # bytes; the last four have their upper bit clear
BOUND = 0x80
SPOKEN_BRANDS = (b"M4A", b"M4B")  # of MP4: audio alone
NO_BRANDS = (b"qt  ",)  # QuickTime, which is none of the kinds above

LEAST_RATE = 4_000  # bytes a second: speech that is packed well has more
MOST_RATE = 1_000_000  # bytes a second of a WAV file: more is nonsense
FORMAT_CHUNK = b"fmt "
RATE_AT = 16  # bytes from the name of that chunk to its bytes a second
LONGEST_START = 4_096  # bytes of a WAV file in which that chunk is looked for


def audio_type(content: bytes) -> FileType | None:
    """Return what kind of audio a file is, by its first bytes; None if it is none."""
    ending = _ending(content[:HEADER])
    return None if ending is None else FileType(ending, MEDIA_TYPES[ending])


def is_audio(content: bytes) -> bool:
    """Return whether a file's first bytes are those of a recording."""
    return audio_type(content) is not None


def seconds_at_most(content: bytes) -> float:
    """Return how long a recording lasts at most, roughly, in seconds. A WAV file says it itself.

    For a budget, before anything is sent: speech may be packed so well that a minute has 240 kB.
    """
    start = content[:LONGEST_START]
    rate = LEAST_RATE
    if start.startswith(b"RIFF") and (place := start.find(FORMAT_CHUNK)) >= 0:
        rate = int.from_bytes(start[place + RATE_AT : place + RATE_AT + 4], "little")
    return len(content) / min(max(rate, LEAST_RATE), MOST_RATE)


def _ending(start: bytes) -> str | None:
    if start.startswith(b"RIFF"):
        return ".wav" if start[8:12] == b"WAVE" else None
    if start.startswith(b"fLaC"):
        return ".flac"
    if start.startswith(b"OggS"):
        return ".ogg"
    if start.startswith(EBML):
        return ".webm" if b"webm" in start else None
    if start[4:8] == b"ftyp":
        return _ending_of_mp4(start)
    if start.startswith(b"ID3"):
        return ".mp3" if _is_id3(start) else None
    return _ending_of_frames(start)


def _ending_of_mp4(start: bytes) -> str | None:
    brand = start[8:12]
    if brand.startswith(SPOKEN_BRANDS):
        return ".m4a"
    return None if brand in NO_BRANDS or media_type_of(start) else ".mp4"


def _is_id3(start: bytes) -> bool:
    """Tell whether a file begins with the tags of an MP3, and not with a text about them."""
    sizes = start[6:ID3_HEADER]
    known = len(start) >= ID3_HEADER and start[3] in ID3_VERSIONS
    return known and all(size < BOUND for size in sizes)


def _ending_of_frames(start: bytes) -> str | None:
    """Judge by the header of a first frame: eleven bits that are set, then version and layer."""
    if len(start) < 3 or start[0] != 0xFF:  # noqa: PLR2004 - the frame's own bits
        return None
    if start[1] & 0xF6 == 0xF0:  # noqa: PLR2004 - ADTS: layer 0
        return ".aac"
    layer_3 = start[1] & 0xE6 == 0xE2 and start[1] & 0x18 != 0x08  # noqa: PLR2004
    has_rate = start[2] & 0xF0 != 0xF0 and start[2] & 0x0C != 0x0C  # noqa: PLR2004
    return ".mp3" if layer_3 and has_rate else None
