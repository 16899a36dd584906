"""Transcripts: a text with the times of its words, in each of the formats of the endpoint.

Words follow each other in equal steps, as the tones do. A line that begins with a name and a colon
is a turn of that speaker, who is called A, B, C, as OpenAI does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from emulator_302.http.usage import count

SENTENCE = re.compile(r"[^.!?\n]*[^.!?\s][^.!?\n]*[.!?]*")
TURN = re.compile(r"\s*([^\s:][^:\n]{0,30}):\s+(\S.*)")
LANGUAGE = "english"  # it is not found out
TOKENS_PER_SECOND = 10


@dataclass(frozen=True)
class Part:
    """A sentence, or a word."""

    text: str
    start: float
    end: float
    speaker: str = "A"


@dataclass(frozen=True)
class Spoken:
    """What was said in a sound.

    Attributes:
        text: All of it.
        seconds: The length of the sound.
        segments: Its sentences.
        words: Its words.
    """

    text: str
    seconds: float
    segments: Sequence[Part]
    words: Sequence[Part]


def timed(text: str, seconds: float) -> Spoken:
    """Return a text with the times that its words have in a sound of that length."""
    step = seconds / max(1, len(text.split()))
    labels: dict[str, str] = {}
    segments: list[Part] = []
    words: list[Part] = []
    for line in text.splitlines():
        turn = TURN.fullmatch(line)
        speaker = "A"
        if turn:
            speaker = labels.setdefault(turn[1], ascii_uppercase[len(labels) % 26])
        for sentence in SENTENCE.findall(line):
            begun = len(words)
            for word in sentence.split():
                at = len(words) * step
                words.append(Part(word, round(at, 3), round(at + step, 3), speaker))
            start, end = round(begun * step, 3), round(len(words) * step, 3)
            segments.append(Part(sentence.strip(), start, end, speaker))
    return Spoken(text, round(seconds, 3), segments, words)


def untold(sentence: str, seconds: float) -> Spoken:
    """Return what is said of a sound that carries no text."""
    length = round(seconds, 3)
    return Spoken(sentence, length, [Part(sentence, 0.0, length)], [])


def as_json(said: Spoken) -> dict[str, Any]:
    """Return the text alone, with what it cost."""
    given, written = round(said.seconds * TOKENS_PER_SECOND), count(said.text)
    details = {"text_tokens": 0, "audio_tokens": given}
    usage = {"type": "tokens", "input_tokens": given, "input_token_details": details}
    return {
        "text": said.text,
        "usage": {**usage, "output_tokens": written, "total_tokens": given + written},
    }


def as_verbose(said: Spoken, language: str | None, granularities: Sequence[str]) -> dict[str, Any]:
    """Return the text with its segments, and with its words if they are asked for."""
    told: dict[str, Any] = {
        "task": "transcribe",
        "language": language or LANGUAGE,
        "duration": said.seconds,
        "text": said.text,
    }
    if "word" in granularities:
        told["words"] = [{"word": w.text, "start": w.start, "end": w.end} for w in said.words]
    if "segment" in granularities:
        told["segments"] = [_segment(place, part) for place, part in enumerate(said.segments)]
    return {**told, "usage": {"type": "duration", "seconds": math.ceil(said.seconds)}}


def as_diarized(said: Spoken) -> dict[str, Any]:
    """Return the text with who says what."""
    segments = [
        {
            "type": "transcript.text.segment",
            "id": f"seg_{place:03}",
            "start": part.start,
            "end": part.end,
            "text": part.text,
            "speaker": part.speaker,
        }
        for place, part in enumerate(said.segments)
    ]
    return {"task": "transcribe", "duration": said.seconds, **as_json(said), "segments": segments}


def as_srt(said: Spoken) -> str:
    """Return the text as SubRip subtitles."""
    return "\n".join(
        f"{place}\n{_clock(part.start, ',')} --> {_clock(part.end, ',')}\n{part.text}\n"
        for place, part in enumerate(said.segments, 1)
    )


def as_vtt(said: Spoken) -> str:
    """Return the text as WebVTT subtitles."""
    return "\n".join(["WEBVTT", "", *_cues(said.segments)])


def _cues(segments: Sequence[Part]) -> Iterator[str]:
    for part in segments:
        yield f"{_clock(part.start, '.')} --> {_clock(part.end, '.')}\n{part.text}\n"


def _segment(place: int, part: Part) -> dict[str, Any]:
    return {
        "id": place,
        "seek": 0,
        "start": part.start,
        "end": part.end,
        "text": part.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": -0.1,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }


def _clock(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}{point}{thousandths:03}"
