"""Reading one recording: its transcript, from the cache or the gateway, as a flow.

The cache key of an answer covers everything that changes it: the recording's bytes, also of a link,
and everything that is asked of the model. What becomes of the answer, the whole or parts of it,
does not: the same transcript serves all.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

from core_302.endpoints.transcriptions import Segment, Transcript, passages
from core_302.errors import AI302Error
from core_302.flow import Blocking, Flow, Limit
from core_302.flows.cost import cost_of
from core_302.flows.transcription import LARGEST_AUDIO, audio_of, check_audio, transcribe
from core_302.options.transcription import format_for
from core_302.reading.audio_options import AudioReadingOptions
from core_302.reading.cache import ReadingCache
from core_302.reading.claim import AnswerClaim, paid_once
from core_302.reading.sources import Source

ASKED = ("model", "language", "prompt", "temperature", "words")


@dataclass(frozen=True)
class AudioPiece:
    """A recording, or one passage or segment of it.

    Attributes:
        text: What is said.
        kind: `file`, `passage` or `segment`.
        place: Its number among the pieces of its recording, from 1.
        part: Its times and who speaks; of a whole recording, without them.
        words: Its words with their times, if they were asked for.
        recording: What is known of the whole recording.
    """

    text: str
    kind: str
    place: int
    part: Segment
    words: Sequence[Segment]
    recording: AudioReading

    @property
    def id(self) -> str:
        """The same for the same piece of the same source, as long as its bytes are the same."""
        told = (self.recording.source, self.kind, str(self.place), self.recording.digest or "")
        return hashlib.sha256("\n".join(told).encode("utf-8", "replace")).hexdigest()

    def described(self) -> dict[str, Any]:
        """Return everything but the text, in plain values, for a framework's metadata."""
        told: dict[str, Any] = {"source": self.recording.source, "kind": self.kind}
        if self.kind != "file":
            part = self.part
            told |= {"start": part.start, "end": part.end, "speaker": part.speaker}
        else:
            done = self.recording.transcript
            told["speakers"] = ",".join(done.speakers) or None
            told["segments"] = _packed_parts(done.segments)
        told["words"] = _packed_parts(self.words)
        told |= self.recording.described()
        known = {name: value for name, value in told.items() if value is not None}
        return {**self.recording.metadata, **known}


@dataclass(frozen=True)
class AudioReading:
    """A recording that was read.

    Attributes:
        source: The name of the file, link or bytes.
        transcript: What is said in it.
        model: The model that listened.
        media_type: Such as `audio/mpeg`.
        digest: SHA-256 of its bytes.
        size: Its bytes.
        cost: In PTC, if it was looked up; else None.
        cached: Whether it came from the cache: then nothing was billed now.
        error: Why it could not be read, with `on_error="keep"`.
        split_by: What becomes a piece: see `AudioReadingOptions`.
        passage_length: The longest passage, in seconds.
        metadata: What the caller knows of the source.
    """

    source: str
    transcript: Transcript = field(default_factory=lambda: Transcript(""))
    model: str | None = None
    media_type: str | None = None
    digest: str | None = None
    size: int = 0
    cost: float | None = None
    cached: bool = False
    error: AI302Error | None = None
    split_by: str = "file"
    passage_length: float = 60.0
    metadata: Mapping[str, Any] = field(default_factory=dict)

    free: ClassVar[bool] = False
    """A recording is always heard."""
    cut: ClassVar[bool] = False
    """Nothing tells whether a transcript is whole."""
    input_tokens: ClassVar[int] = 0
    """The gateway's records have them."""
    output_tokens: ClassVar[int] = 0
    """Likewise."""

    @property
    def empty(self) -> bool:
        """Whether nobody speaks in it."""
        return self.error is None and not self.transcript.text.strip()

    @property
    def pieces(self) -> list[AudioPiece]:
        """What becomes a document of its own; one for the whole, where no times are known."""
        parts: Sequence[Segment] = () if self.split_by == "file" else self.transcript.segments
        if self.split_by == "passage":
            parts = tuple(passages(parts, self.passage_length))
        done = self.transcript
        if not parts:
            return [AudioPiece(done.text, "file", 1, Segment(""), done.words, self)]
        words = _WordsByTime(done.words)
        return [
            AudioPiece(part.text, self.split_by, place, part, words.within(part), self)
            for place, part in enumerate(parts, 1)
        ]

    def described(self) -> dict[str, Any]:
        """Return what is known of the whole recording, in plain values."""
        done = self.transcript
        return {
            "language": done.language,
            "duration": done.duration,
            "model": self.model,
            "file_type": self.media_type,
            "bytes": self.size,
            "digest": self.digest,
            "cost_ids": done.request_id,
            "cost": self.cost,
            "cached": self.cached,
            "empty": True if self.empty else None,
            "error": None if self.error is None else str(self.error),
        }

    def packed(self) -> str:
        """Return what the cache keeps of it, as JSON."""
        told = {"transcript": asdict(self.transcript), "cost": self.cost}
        return json.dumps(told, ensure_ascii=False)

    def unpacked(self, text: str) -> AudioReading:
        """Return this recording with what the cache has kept of it."""
        kept = json.loads(text)
        told = kept["transcript"]
        for name in ("segments", "words"):
            told[name] = tuple(Segment(**part) for part in told[name])
        return replace(self, transcript=Transcript(**told), cost=kept["cost"])


class _WordsByTime:
    """The words of a transcript, to be found by the times of its parts."""

    def __init__(self, words: Sequence[Segment]) -> None:
        known = [(word.start, place) for place, word in enumerate(words) if word.start is not None]
        known.sort()
        self._starts = [start for start, _ in known]
        self._words = [words[place] for _, place in known]

    def within(self, part: Segment) -> Sequence[Segment]:
        """Return the words that begin in a part; none, if its times are not known."""
        if part.start is None or part.end is None:
            return ()
        first = bisect_left(self._starts, part.start)
        return self._words[first : bisect_left(self._starts, part.end, first)]


def _packed_parts(parts: Sequence[Segment]) -> str | None:
    """Return parts as JSON, which any store takes; None for none of them."""
    if not parts:
        return None
    known = [{n: v for n, v in asdict(part).items() if v is not None} for part in parts]
    return json.dumps(known, ensure_ascii=False)


def read_audio(
    source: Source, how: AudioReadingOptions, cache: ReadingCache | None
) -> Flow[AudioReading]:
    """Read one recording: from the cache, or from the gateway, and then into the cache.

    Raises:
        AI302Error: It cannot be sent or read; the error's text names the source.
    """
    try:
        yield Limit("job")
        given: bytes | str = yield Blocking(partial(_given, source))
        content = yield from audio_of(given)
        digest: str = yield Blocking(lambda: hashlib.sha256(content).hexdigest())
        recording = AudioReading(
            source.name,
            model=how.model,
            media_type=check_audio(content).media_type,
            digest=digest,
            size=len(content),
            split_by=how.split_by,
            passage_length=how.passage_length,
            metadata=source.metadata,
        )
        asked = _asked(recording, content, how)
        if cache is None:
            return (yield from asked)
        claim = AnswerClaim(cache, key_of(recording, how))
        kept, cached = yield from paid_once(claim, _packed(asked), "job")
        return replace(recording.unpacked(kept), cached=cached)
    except AI302Error as error:
        error.args = (f"{source.name}: {error.message}",)
        raise


def key_of(recording: AudioReading, how: AudioReadingOptions) -> str:
    """Return the key of an answer."""
    told = ["audio", recording.digest, format_for(how), *(getattr(how, name) for name in ASKED)]
    told.append(dict(how.extra_body))
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _given(source: Source) -> bytes | str:
    """Return a link, or the bytes of a file.

    Raises:
        InvalidInputError: It cannot be read.
    """
    if source.problem is not None:
        raise source.problem
    return source.link if source.link is not None else source.read(LARGEST_AUDIO + 1)


def _packed(asked: Flow[AudioReading]) -> Flow[str]:
    return (yield from asked).packed()


def _asked(recording: AudioReading, content: bytes, how: AudioReadingOptions) -> Flow[AudioReading]:
    if how.rate_limiter is not None:
        yield Blocking(how.rate_limiter.acquire)
        yield Limit("job")  # not counted against this recording's limit
    done = yield from transcribe(content, how)
    cost = None
    if how.look_up_cost and done.request_id:
        cost = yield from cost_of([done.request_id])
    return replace(recording, transcript=done, cost=cost)
