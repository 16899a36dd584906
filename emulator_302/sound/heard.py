"""What can be known of a sound without understanding it: its kind, its length, the text it carries.

The length of a WAV or FLAC file stands in its header; of an MP3 it follows from its bit rate; of
any other kind it is estimated, and said to be.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator_302.sound.tones import HEADER, chunks_of, text_in

BYTES_PER_SECOND = 16_000  # of a sound whose length is not known: 128 kbit/s
SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (8, b"WAVE", "wav"),
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"\x1a\x45\xdf\xa3", "webm"),
    (4, b"ftyp", "m4a"),
    (0, b"ID3", "mp3"),
    (0, b"\xff\xf1", "aac"),
    (0, b"\xff\xf9", "aac"),
    (0, b"\xff\xfb", "mp3"),
    (0, b"\xff\xf3", "mp3"),
    (0, b"\xff\xf2", "mp3"),
)
BYTE_RATE = slice(8, 12)  # of the chunk `fmt `
FLAC_RATE = slice(18, 21)  # of the file; its upper 20 bits are samples a second
FLAC_LENGTH = slice(21, 26)  # its lower 36 bits are samples
ID3_HEAD = 10  # bytes
# Kilobits a second by the number in a frame's header: MPEG 1 layer III, and the lower rates.
RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
MPEG_1 = 0x08  # the bit of a frame's header that says so


@dataclass(frozen=True)
class Sound:
    """What is known of a sound.

    Attributes:
        kind: Such as `wav`.
        seconds: Its length.
        exact: Whether the length is certain.
        text: The text that it carries, if it was made here.
    """

    kind: str
    seconds: float
    exact: bool
    text: str | None = None

    @property
    def sentence(self) -> str:
        """What is said of a sound that carries no text: the truth."""
        about = "" if self.exact else "about "
        return f"The emulator understands no speech: {about}{self.seconds:.1f} s of {self.kind}."


def heard(data: bytes) -> Sound | None:
    """Return what is known of a sound; None if it is none."""
    found = (kind for place, sign, kind in SIGNS if data[place : place + len(sign)] == sign)
    kind = next(found, None)
    if kind is None:
        return None
    seconds = _seconds(data, kind)
    exact = seconds is not None
    text = text_in(data) if kind == "wav" else None
    return Sound(kind, len(data) / BYTES_PER_SECOND if seconds is None else seconds, exact, text)


def _seconds(data: bytes, kind: str) -> float | None:
    if kind == "wav":
        return _seconds_of_wav(data)
    if kind == "flac":
        rate = int.from_bytes(data[FLAC_RATE], "big") >> 4
        samples = int.from_bytes(data[FLAC_LENGTH], "big") & (1 << 36) - 1
        return samples / rate if rate else None
    return _seconds_of_mp3(data) if kind == "mp3" else None


def _seconds_of_wav(data: bytes) -> float | None:
    chunks = dict(chunks_of(data, HEADER))
    rate = int.from_bytes(chunks.get(b"fmt ", b"")[BYTE_RATE], "little")
    return len(chunks.get(b"data", b"")) / rate if rate else None


def _seconds_of_mp3(data: bytes) -> float | None:
    """Return the length of an MP3 whose frames all have the bit rate of the first."""
    place = 0
    if data.startswith(b"ID3"):
        size = 0
        for byte in data[6:ID3_HEAD]:  # seven bits each
            size = size << 7 | byte & 0x7F
        place = ID3_HEAD + size
    frame = data[place : place + 3]
    if len(frame) < 3 or frame[0] != 0xFF:  # noqa: PLR2004 - a frame begins with eleven bits
        return None
    rates = RATES_1 if frame[1] & MPEG_1 else RATES_2
    rate = rates[frame[2] >> 4] * 1000
    return (len(data) - place) * 8 / rate if rate else None
