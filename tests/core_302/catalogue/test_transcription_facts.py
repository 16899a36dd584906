"""Facts about models that turn speech into text: each with its source; they advise, no more."""

import re

from core_302.catalogue import transcription_model_facts, transcription_models
from core_302.endpoints.transcriptions import transcription_request
from core_302.file_types import FileType
from core_302.options.transcription import (
    DEFAULT_TRANSCRIPTION_MODEL,
    TranscriptionOptions,
    format_for,
)


def format_of(**how):
    return format_for(TranscriptionOptions(**how))


def test_every_listed_model_has_a_source_and_a_date():
    assert DEFAULT_TRANSCRIPTION_MODEL in transcription_models()
    for name in transcription_models():
        facts = transcription_model_facts(name)
        assert "json" in facts.formats
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", facts.source.dated)
        assert (facts.ends is None) == (facts.ends_source is None)
    assert transcription_model_facts("whisper-9") is None


def test_what_is_known_is_told_in_sentences():
    assert transcription_model_facts("sensevoice").advice == (
        "302.AI's own tool lists sensevoice with json or text (2026-11-26)."
    )
    told = transcription_model_facts("gpt-4o-transcribe-diarize").advice
    assert "Its vendor ends it on 2027-02-26." in told
    assert 'asks for extra_body={"chunking_strategy": "auto"}' in told


def test_the_format_that_tells_the_most_is_asked_for():
    assert format_of() == "verbose_json"
    assert format_of(model="gpt-4o-transcribe") == "json"
    assert format_of(model="gpt-4o-transcribe-diarize") == "diarized_json"
    assert format_of(model="sensevoice") == "json"
    assert format_of(model="newer-1") == "json"


def test_what_a_caller_asks_for_is_sent_whatever_is_known():
    assert format_of(model="sensevoice", transcript_format="srt") == "srt"
    assert format_of(model="gpt-4o-transcribe", words=True) == "verbose_json"
    how = TranscriptionOptions(model="sensevoice", transcript_format="vtt")
    request = transcription_request(b"x", FileType(".mp3", "audio/mpeg"), how)
    assert ("response_format", "vtt") in [(part.name, part.content) for part in request.form]
