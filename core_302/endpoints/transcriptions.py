"""Speech into text: how it is asked for, and how the transcript is read in each of its formats.

Sources: 302.AI's SDK (`ai302-transcription-model.ts`, `ai302-transcription-api.ts`), which posts a
form, and 302.AI's command-line tool, cli-302ai 1.0.5 (`api/stt.py`), which posts JSON with a link
or a data URI. The form alone is known with every field, so it is what is sent. Words with the
speaker in each are ElevenLabs' own form, which 302.AI's documents show. A call is paid, and never
repeated once it was sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core_302.endpoints.parsing import any_object, items, malformed, number, text_or_none
from core_302.error_replies.from_reply import error_in
from core_302.file_types import FileType
from core_302.http import FormPart, Reply, Request
from core_302.json_text import read_json
from core_302.options.transcription import TranscriptionFields, format_for

TRANSCRIPTIONS_PATH = "/302/v1/audio/transcriptions"
WHAT = "a transcript"
LARGEST_TRANSCRIPT = 64 * 1024 * 1024  # bytes of a reply; a word with its time has about 60
SPEAKERS = ("speaker", "speaker_id")
NO_WORDS = ("spacing", "audio_event")  # of ElevenLabs: spaces, laughter
LONGEST_NAME = 200  # characters of a speaker or a language
PLAIN_FORMATS = ("text", "srt", "vtt")
PLAIN_TYPES = ("text/plain", "text/vtt", "text/srt", "application/x-subrip")
NO_TEXTS = ("text/html", "text/event-stream")


@dataclass(frozen=True)
class Segment:
    """A part of what was said, or one word of it.

    Attributes:
        text: Its words.
        start: When it begins, in seconds; None if it is not known.
        end: When it ends, likewise.
        speaker: Who says it, as the model calls them, such as `A`; None if it is not known.
    """

    text: str
    start: float | None = None
    end: float | None = None
    speaker: str | None = None


@dataclass(frozen=True)
class Transcript:
    """What was said in a recording.

    Attributes:
        text: All of it; for `srt` and `vtt`, the subtitles as they came. Empty if nobody speaks.
        segments: Its parts with their times, if the format has them.
        words: Its words, likewise.
        language: The language, as the model calls it (`english`, `en`), or None.
        duration: The length of the recording in seconds, or None.
        request_id: The gateway's id of the call, by which `client.record` returns its cost.
    """

    text: str
    segments: tuple[Segment, ...] = ()
    words: tuple[Segment, ...] = ()
    language: str | None = None
    duration: float | None = None
    request_id: str | None = None

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, in the order in which they begin."""
        heard = (part.speaker for part in (*self.segments, *self.words))
        return tuple(dict.fromkeys(speaker for speaker in heard if speaker is not None))


def passages(segments: Sequence[Segment], longest: float) -> Iterator[Segment]:
    """Yield segments joined to passages of one speaker, each at most `longest` seconds long.

    A segment that is longer, or whose times are not known, stays alone.
    """
    group: list[Segment] = []
    for part in segments:
        if group and not _goes_on(group[0], part, longest):
            yield _joined(group)
            group = []
        group.append(part)
    if group:
        yield _joined(group)


def _goes_on(first: Segment, part: Segment, longest: float) -> bool:
    if first.start is None or part.end is None or first.speaker != part.speaker:
        return False
    return part.end - first.start <= longest


def _joined(group: Sequence[Segment]) -> Segment:
    text = " ".join(part.text for part in group)
    return Segment(text, group[0].start, group[-1].end, group[0].speaker)


def transcription_request(content: bytes, kind: FileType, how: TranscriptionFields) -> Request:
    """Build the request for a transcript.

    Args:
        content: The recording.
        kind: What it is.
        how: By which model, in which format.
    """
    fields: dict[str, Any] = {
        "model": how.model,
        "response_format": format_for(how),
        "language": how.language,
        "prompt": how.prompt,
        "temperature": how.temperature,
    }
    if how.words:
        fields["timestamp_granularities"] = ["word", "segment"]
    fields |= how.extra_body
    file = FormPart("file", content, kind.filename, kind.media_type)
    return Request(
        "POST",
        TRANSCRIPTIONS_PATH,
        form=(file, *_parts(fields)),
        model=how.model,
        repeatable=False,
        most_bytes=LARGEST_TRANSCRIPT,
    )


def _parts(fields: Mapping[str, Any]) -> Iterator[FormPart]:
    """Yield fields as the SDK writes them: one of several values is repeated as `name[]`."""
    for name, value in fields.items():
        several = isinstance(value, (list, tuple))
        for one in value if several else [value]:
            if one is not None:
                yield FormPart(f"{name}[]" if several else name, _as_text(one))


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_transcription(reply: Reply, *, plain: bool = False) -> Transcript:
    """Read a transcript in any of its formats: what came tells which.

    Args:
        reply: The response.
        plain: Whether plain text was asked for: then a text is one, whatever it is labelled.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: There is no transcript.
    """
    is_json = reply.media_type.endswith("json")
    try:
        found = read_json(reply.body)
    except ValueError:
        found = None
    if isinstance(found, str):
        return Transcript(found, request_id=reply.request_id)
    if isinstance(found, Mapping) or (is_json and not plain):
        return _in_object(reply)
    if reply.media_type in NO_TEXTS or not (plain or reply.media_type in PLAIN_TYPES):
        raise malformed(WHAT, reply)
    text = reply.body.decode("utf-8-sig", "replace")
    return Transcript(text.strip(), request_id=reply.request_id)


def _in_object(reply: Reply) -> Transcript:
    raw = any_object(reply, WHAT)
    if (failure := error_in(raw, reply)) is not None:
        raise failure
    inner = raw.get("data")
    level = raw if "text" in raw or not isinstance(inner, Mapping) else inner
    segments = tuple(_segments(level.get("segments")))
    words = tuple(_words(level.get("words")))
    text = level.get("text")
    if not isinstance(text, str):
        if text is not None or not ("text" in level or segments):
            raise malformed(WHAT, reply)
        text = " ".join(part.text for part in segments)
    said = text_or_none(level.get("language")) or text_or_none(level.get("language_code"))
    return Transcript(
        text.strip(),
        segments,
        words,
        None if said is None else said[:LONGEST_NAME],
        _seconds(level.get("duration")),
        reply.request_id,
    )


def _segments(given: Any) -> Iterator[Segment]:
    for entry in items(given):
        if isinstance(entry, Mapping) and (text := _text(entry.get("text"))):
            yield _part(entry, text)


def _words(given: Any) -> Iterator[Segment]:
    for entry in items(given):
        if not isinstance(entry, Mapping) or entry.get("type") in NO_WORDS:
            continue
        if text := _text(entry.get("word")) or _text(entry.get("text")):
            yield _part(entry, text)


def _part(entry: Mapping[str, Any], text: str) -> Segment:
    speaker = next((name for key in SPEAKERS if (name := _name(entry.get(key)))), None)
    return Segment(text, _seconds(entry.get("start")), _seconds(entry.get("end")), speaker)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _name(value: Any) -> str | None:
    """Return who speaks: a name, or a number from 0."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value)[:LONGEST_NAME] or None


def _seconds(value: Any) -> float | None:
    found = number(value)
    return None if found is None or found < 0 else found
