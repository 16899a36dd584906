"""transcribe: what is said in a recording, by its link or the name of a file that may be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, Field

from core_302.audio_types import is_audio, seconds_at_most
from core_302.endpoints.transcriptions import PLAIN_FORMATS, Segment, Transcript, passages
from core_302.errors import InvalidInputError
from core_302.flow import Flow
from core_302.flows.transcription import (
    LARGEST_AUDIO,
    LARGEST_IN_WORDS,
    audio_of,
    transcribe,
)
from core_302.options.transcription import (
    SpokenLanguage,
    TranscriptionFields,
    TranscriptionOptions,
)
from core_302.tools.capability import LINKS, Capability, Price, ToolResult, arguments_class
from core_302.tools.context import File, ToolContext
from core_302.tools.settings import TranscriptionSettings
from core_302.tools.untrusted_text import one_line

MINUTE = 60.0  # seconds
LONGEST_PASSAGE = 30.0  # seconds that one line tells
MOST_SHOWN = 48 * 1024  # bytes of UTF-8 of a transcript that one answer shows
LONGEST_NAME = 200  # characters of a recording's name that an answer repeats
PLAIN = "text/plain"
NOUN = f"audio file of at most {LARGEST_IN_WORDS}"


def _arguments(settings: TranscriptionSettings, files: bool) -> type[BaseModel]:  # noqa: FBT001
    named = f"{LINKS}, or the name of an audio file that was given or made here"
    about = f"The recording: {named if files else LINKS}."
    spoken = "The language that is spoken, such as en. Leave out unless it is known."
    fields: dict[str, Any] = {"audio": (Annotated[str, Field(description=about)], ...)}
    if settings.language is None:
        kind = Annotated[SpokenLanguage | None, Field(description=spoken)]
        fields["language"] = (kind, None)
    return arguments_class("Transcribe", fields)


def _flow(
    context: ToolContext, settings: TranscriptionSettings, arguments: Mapping[str, Any]
) -> Flow[ToolResult]:
    name = arguments["audio"].strip()
    content = yield from _recording(context, name)
    how = _how(settings, arguments.get("language"))
    minutes = max(1.0, seconds_at_most(content) / MINUTE)
    job = transcribe(content, how)
    assumed = minutes * settings.assumed_price_of_minute
    done, cost = yield from context.charged(job, assumed, lambda done: [done.request_id])
    return (yield from _result(context, name, how, done, cost))


def _recording(context: ToolContext, name: str) -> Flow[bytes]:
    """Return the bytes of a recording that a model has named.

    Raises:
        InvalidInputError: It may not be read, or is no audio. Nothing was sent.
    """
    given = yield from context.given_file(
        name, "audio", is_audio, noun=NOUN, most_bytes=LARGEST_AUDIO
    )
    try:
        return (yield from audio_of(given))
    except InvalidInputError as error:
        raise InvalidInputError(f"audio: {error.message} Nothing was sent.") from None


def _how(settings: TranscriptionSettings, language: str | None) -> TranscriptionOptions:
    """Return the operator's options, with the language that a model names if there is none."""
    own = {name: getattr(settings, name) for name in TranscriptionFields.model_fields}
    return TranscriptionOptions(**{**own, "language": own["language"] or language})


def _result(
    context: ToolContext,
    name: str,
    how: TranscriptionFields,
    done: Transcript,
    cost: float | None,
) -> Flow[ToolResult]:
    said = transcript_in_lines(done, subtitles=how.transcript_format in PLAIN_FORMATS)
    shown = said.encode("utf-8", "replace")[:MOST_SHOWN].decode(errors="ignore")
    kept: File | None = None
    if len(shown) < len(said) and context.output_dir is not None:
        content = said.encode("utf-8", "replace")
        kept = yield from context.kept_bytes(content, PLAIN, f"{_last(name)} transcript")
    lines = [_head(name, how.model, done), "", shown or "(Nobody speaks.)"]
    if len(shown) < len(said):
        lines += ["", _rest(kept, len(said) - len(shown))]
    report = {
        "kind": "transcript",
        "model": how.model,
        "source": name[:LONGEST_NAME],
        "text": done.text,
        "language": done.language,
        "duration": done.duration,
        "segments": [asdict(part) for part in done.segments],
        "words": [asdict(word) for word in done.words],
        "request_id": done.request_id,
        "task_id": None,
        "cost": cost,
        "files": [] if kept is None else [kept],
    }
    return ToolResult("\n".join(lines), report)


def transcript_in_lines(done: Transcript, *, subtitles: bool = False) -> str:
    """Return a transcript for a model: passages with their times, and who speaks.

    Args:
        done: The transcript. Without parts, its text is one line: a break in it is not said.
        subtitles: Whether its text has lines of its own.
    """
    if done.segments:
        return "\n".join(map(_line, passages(done.segments, LONGEST_PASSAGE)))
    return done.text if subtitles else one_line(done.text, len(done.text))


def _line(part: Segment) -> str:
    speaker = f"{one_line(part.speaker)}: " if part.speaker else ""
    return f"{_time(part.start)}{speaker}{one_line(part.text, MOST_SHOWN)}"


def _time(seconds: float | None) -> str:
    """Return a time as `[1:02:03]`, `[2:03]`; nothing for one that is not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"[{hours}:{minutes:02}:{rest:02}] " if hours else f"[{minutes}:{rest:02}] "


def _head(name: str, model: str, done: Transcript) -> str:
    facts = [f"{_last(name)}, heard by {model}"]
    if done.language:
        facts.append(f"language {done.language}")
    if done.duration is not None:
        facts.append(f"{done.duration:.1f} seconds")
    return f"{one_line(', '.join(facts), 2 * LONGEST_NAME)}:"


def _rest(kept: File | None, left: int) -> str:
    if kept is not None and kept["path"] is not None:
        return f"({left} more characters: the whole is saved as {one_line(kept['path'])}.)"
    problem = "" if kept is None else f" It was not saved: {one_line(kept['problem'] or '')}"
    return f"({left} more characters, which are not shown.{problem})"


def _last(name: str) -> str:
    """Return the last step of a path; of a link, all but its query; of data, that it is some."""
    if name[:5].lower() == "data:":
        return "The recording"
    plain = name.partition("?")[0] if "://" in name else name.replace("\\", "/").rpartition("/")[2]
    return plain[:LONGEST_NAME]


TRANSCRIBE = Capability(
    name="transcribe",
    description=(
        "Transcribe audio: write down what is said in a recording, by its link or name, with times "
        "and speakers where they are known. It goes to 302.AI."
    ),
    price=Price(
        note="Each minute costs a little money.",
        documented="whisper-1: 0.006 PTC a minute",
        source="302.AI's product page of whisper-1",
        date="2026-11-26",
        assumed=0.006,
    ),
    settings=TranscriptionSettings,
    arguments=_arguments,
    flow=_flow,
)
