"""Hearing: a sound that was made here gives its text back; any other is described, honestly.

A file comes in a form, or as a link or a data URI in JSON; only the emulator's own links are read.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from emulator_302.drawing.image_backend import port_of
from emulator_302.http.billing import Ledger
from emulator_302.http.fields import Kind, checked, text, wrong
from emulator_302.http.files import Files
from emulator_302.http.forms import Upload, is_form
from emulator_302.http.refusals import UnknownModel, request_id
from emulator_302.sound.heard import Sound, heard
from emulator_302.sound.transcripts import (
    Spoken,
    as_diarized,
    as_json,
    as_srt,
    as_verbose,
    as_vtt,
    timed,
    untold,
)

PLAIN = ("text", "srt", "vtt")
ALL = ("json", *PLAIN, "verbose_json")
# By model: whose it is, its formats, and PTC for a minute, which is invented but for the first.
MODELS: Mapping[str, tuple[str, tuple[str, ...], float]] = {
    "whisper-1": ("openai", ALL, 0.006),
    "gpt-4o-transcribe": ("openai", ("json",), 0.006),
    "gpt-4o-mini-transcribe": ("openai", ("json",), 0.003),
    "gpt-4o-transcribe-diarize": ("openai", ("json", "text", "diarized_json"), 0.006),
    "recognize": ("doubao", ALL, 0.004),
    "scribe_v1_experimental": ("elevenlabs", ALL, 0.006),
    "scribe_v1": ("elevenlabs", ALL, 0.006),
    "sensevoice": ("siliconflow", ("json", "text"), 0.002),
}
LARGEST = 50 * 1024 * 1024  # bytes
LONGEST_WHOLE = 30.0  # seconds that a model that knows speakers takes in one piece
DIARIZED = "diarized_json"
CHUNKS = "chunking_strategy"
GRANULARITIES = ("word", "segment")
MINUTE = 60.0  # seconds


def _file(value: Any) -> bool:
    return isinstance(value, (str, Upload))


def _number(value: Any) -> bool:
    try:
        return 0 <= float(value) <= 1
    except (TypeError, ValueError):
        return False


def _granularities(value: Any) -> bool:
    return all(one in GRANULARITIES for one in (value if isinstance(value, list) else [value]))


FIELDS: Mapping[str, Kind] = {
    "file": _file,
    "model": text,
    "response_format": text,
    "language": text,
    "prompt": text,
    "temperature": _number,
    "timestamp_granularities[]": _granularities,
    "timestamp_granularities": _granularities,
    "include[]": lambda _: True,
    CHUNKS: lambda _: True,
}


@dataclass(frozen=True)
class TranscriptionEndpoints:
    """The endpoints that hear."""

    files: Files
    ledger: Ledger

    async def models(self, request: Request, _: Any) -> Response:
        """Answer `GET /302/v1/audio/transcriptions`: the models, free."""
        del request
        listed = [
            {"model": name, "provider": provider, "response_format_list": [*formats]}
            for name, (provider, formats, _) in MODELS.items()
        ]
        return JSONResponse({"success": True, "model_list": listed})

    async def transcribe(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/v1/audio/transcriptions`."""
        given = checked(body, FIELDS, ("file", "model"), form=is_form(request))
        if given["model"] not in MODELS:
            raise UnknownModel(given["model"], next(iter(MODELS)))
        _, formats, price = MODELS[given["model"]]
        wanted = given.get("response_format", "json")
        if wanted not in formats:
            raise wrong(f"response_format: {given['model']} answers in {', '.join(formats)}")
        data = self._data(given["file"], request)
        sound = await asyncio.to_thread(heard, data)
        if sound is None:
            raise wrong("file is no sound that is known here")
        if DIARIZED in formats and sound.seconds > LONGEST_WHOLE and CHUNKS not in given:
            raise wrong(f"{CHUNKS} is required for a sound of more than 30 seconds")
        granularities = _granularities_in(given, wanted)
        self.ledger.charge(request_id(request), given["model"], price * sound.seconds / MINUTE)
        said = await asyncio.to_thread(_said, sound)
        return _reply(said, wanted, given.get("language"), granularities)

    def _data(self, given: str | Upload, request: Request) -> bytes:
        if isinstance(given, Upload):
            data: bytes | None = given.data
        elif given.startswith("data:"):
            data = _unpacked(given)
        else:
            data = self.files.behind(given, port_of(request))
        if data is None:
            raise wrong("file is a file of the form, a data URI, or a link of the emulator's own")
        if not 0 < len(data) <= LARGEST:
            raise wrong(f"file has 1 to {LARGEST} bytes")
        return data


def _said(sound: Sound) -> Spoken:
    if sound.text is None:
        return untold(sound.sentence, sound.seconds)
    return timed(sound.text, sound.seconds)


def _granularities_in(given: Mapping[str, Any], wanted: str) -> list[str]:
    found = given.get("timestamp_granularities[]", given.get("timestamp_granularities"))
    if found is None:
        return ["segment"]
    if wanted != "verbose_json":
        raise wrong("timestamp_granularities needs response_format verbose_json")
    return found if isinstance(found, list) else [found]


def _reply(said: Spoken, wanted: str, language: str | None, granularities: list[str]) -> Response:
    if wanted in PLAIN:
        plain = {"text": lambda one: one.text + "\n", "srt": as_srt, "vtt": as_vtt}
        return PlainTextResponse(plain[wanted](said))
    if wanted == "json":
        return JSONResponse(as_json(said))
    if wanted == DIARIZED:
        return JSONResponse(as_diarized(said))
    return JSONResponse(as_verbose(said, language, granularities))


def _unpacked(uri: str) -> bytes | None:
    try:
        return base64.b64decode(uri.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        return None
