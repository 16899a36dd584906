"""Speech into text: the form that is sent, and transcripts in every form that they may have."""

import json

import pytest
from pydantic import ValidationError

from core_302 import ApiError, MalformedReplyError, TranscriptionOptions
from core_302.endpoints.transcriptions import (
    Segment,
    Transcript,
    passages,
    read_transcription,
    transcription_request,
)
from core_302.file_types import FileType
from core_302.http import Reply

MP3 = FileType(".mp3", "audio/mpeg")
ID = {"request-id": "r-1"}


def reply(body, media_type="application/json"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(200, {**ID, "content-type": media_type}, content)


def parts(**how):
    request = transcription_request(b"sound", MP3, TranscriptionOptions(**how))
    return [(part.name, part.content) for part in request.form]


def test_a_form_has_the_file_under_a_name_that_tells_nothing():
    request = transcription_request(b"sound", MP3, TranscriptionOptions())
    file, *others = request.form
    assert (file.filename, file.media_type, file.content) == ("file.mp3", "audio/mpeg", b"sound")
    assert [(part.name, part.content) for part in others] == [
        ("model", "whisper-1"),
        ("response_format", "verbose_json"),
    ]
    assert (request.repeatable, request.model) == (False, "whisper-1")


def test_everything_that_is_asked_for_is_spelled_as_the_sdk_does():
    how = {"language": " en ", "prompt": "Larkhaven", "temperature": 0.2, "words": True}
    assert parts(**how)[1:] == [
        ("model", "whisper-1"),
        ("response_format", "verbose_json"),
        ("language", "en"),
        ("prompt", "Larkhaven"),
        ("temperature", "0.2"),
        ("timestamp_granularities[]", "word"),
        ("timestamp_granularities[]", "segment"),
    ]


def test_further_fields_win_and_none_takes_one_out():
    more = {"response_format": None, "chunking_strategy": {"type": "server_vad"}, "include": ["a"]}
    assert parts(extra_body=more)[1:] == [
        ("model", "whisper-1"),
        ("chunking_strategy", '{"type": "server_vad"}'),
        ("include[]", "a"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "English, please"},
        {"language": "en\nmodel"},
        {"temperature": 2},
        {"transcript_format": "xml"},
        {"model": ""},
        {"extra_body": {"file": "/etc/passwd"}},
    ],
)
def test_what_cannot_be_sent_is_refused_when_it_is_said(wrong):
    with pytest.raises(ValidationError):
        TranscriptionOptions(**wrong)


def test_a_verbose_transcript_has_language_length_segments_and_words():
    body = {
        "task": "transcribe",
        "language": "english",
        "duration": "2.5",  # OpenAI's reference calls it a string
        "text": " Good morning. ",
        "segments": [
            {"id": 0, "start": 0, "end": 1.2, "text": " Good", "tokens": [1]},
            {"id": 1, "start": 1.2, "end": 2.5, "text": " morning."},
        ],
        "words": [{"word": "Good", "start": 0.0, "end": 0.5}],
    }
    assert read_transcription(reply(body)) == Transcript(
        "Good morning.",
        (Segment("Good", 0.0, 1.2), Segment("morning.", 1.2, 2.5)),
        (Segment("Good", 0.0, 0.5),),
        "english",
        2.5,
        "r-1",
    )


def test_a_diarized_transcript_knows_who_speaks():
    body = {
        "text": "Hi. Hello.",
        "segments": [
            {"speaker": "A", "text": "Hi.", "start": 0.0, "end": 0.5, "id": "seg_1"},
            {"speaker": "B", "text": "Hello.", "start": 0.5, "end": 1.0, "id": "seg_2"},
            {"speaker": "A", "text": "So.", "start": 1.0, "end": 1.5, "id": "seg_3"},
        ],
    }
    found = read_transcription(reply(body))
    assert found.speakers == ("A", "B")
    assert [part.speaker for part in found.segments] == ["A", "B", "A"]


def test_elevenlabs_words_have_their_speaker_and_no_spaces():
    body = {
        "language_code": "eng",
        "text": "The first",
        "words": [
            {"text": "The", "start": 0.1, "end": 0.2, "type": "word", "speaker_id": "speaker_0"},
            {"text": " ", "start": 0.2, "end": 0.2, "type": "spacing", "speaker_id": None},
            {"text": "first", "start": 0.2, "end": 0.6, "type": "word", "speaker_id": 1},
            {"text": "(laughs)", "start": 0.6, "end": 0.9, "type": "audio_event"},
        ],
    }
    found = read_transcription(reply(body))
    assert found.words == (Segment("The", 0.1, 0.2, "speaker_0"), Segment("first", 0.2, 0.6, "1"))
    assert (found.speakers, found.language) == (("speaker_0", "1"), "eng")


@pytest.mark.parametrize(
    ("body", "media_type", "text"),
    [
        ({"text": "Hi.", "usage": {"total_tokens": 3}}, "application/json", "Hi."),
        ({"data": {"text": "Hi."}}, "application/json", "Hi."),
        ({"text": ""}, "application/json", ""),
        ({"text": None}, "application/json", ""),
        ({"segments": [{"text": "Hi."}, {"text": "So."}]}, "application/json", "Hi. So."),
        ({"text": "Hi.", "segments": None, "words": "x"}, "application/json", "Hi."),
        ({"text": "Hi.", "segments": [1, {"text": ""}], "words": [2, {}]}, "text/plain", "Hi."),
        ("Hi.", "application/json", "Hi."),
        (b"Hi.\n", "text/plain", "Hi."),
        (b"1\n00:00:00,000 --> 00:00:01,000\nHi.\n", "text/plain; charset=utf-8", None),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\nHi.", "text/vtt", None),
        (b"\n", "text/plain", ""),
        (b"[noise]", "text/plain", "[noise]"),
    ],
)
def test_a_transcript_is_read_in_every_form(body, media_type, text):
    found = read_transcription(reply(body, media_type))
    assert found.text == (body.decode().strip() if text is None else text)
    assert (found.words, found.request_id) == ((), "r-1")


def test_times_that_are_none_are_not_known():
    entry = {"text": "Hi.", "start": -1, "end": "NaN", "speaker": True}
    found = read_transcription(reply({"text": "Hi.", "segments": [entry], "duration": []}))
    assert found.segments == (Segment("Hi."),)
    assert (found.duration, found.speakers) == (None, ())


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", "application/json"),
        (b"", "application/octet-stream"),
        (b"[]", "application/json"),
        (b"<html>Bad gateway", "text/html"),
        (b"data: {}", "text/event-stream"),
        (b"Hi.", "application/json"),
        (b"Hi.", ""),
        ({}, "application/json"),
        ({"text": 7}, "application/json"),
        ({"task_id": "t-1"}, "text/plain"),
    ],
)
def test_what_is_no_transcript_is_told(body, media_type):
    with pytest.raises(MalformedReplyError, match="is not a transcript") as caught:
        read_transcription(reply(body, media_type))
    assert caught.value.request_id == "r-1"


@pytest.mark.parametrize("media_type", ["application/json", "", "application/octet-stream"])
def test_a_plain_text_that_was_asked_for_is_one_whatever_it_is_labelled(media_type):
    assert read_transcription(reply(b"Hi.\n", media_type), plain=True).text == "Hi."
    assert read_transcription(reply({"text": "Hi."}, media_type), plain=True).text == "Hi."
    with pytest.raises(MalformedReplyError):
        read_transcription(reply(b"<html>", "text/html"), plain=True)


@pytest.mark.parametrize("media_type", ["application/json", "text/plain"])
def test_an_error_under_200_is_an_error_in_every_format(media_type):
    with pytest.raises(ApiError, match="too long"):
        read_transcription(reply({"error": {"message": "too long", "code": "x"}}, media_type))


def test_passages_are_of_one_speaker_and_not_too_long():
    said = [
        Segment("a", 0, 4, "A"),
        Segment("b", 4, 8, "A"),
        Segment("c", 8, 12, "A"),
        Segment("d", 12, 13, "B"),
        Segment("e", 13, 99, "B"),
        Segment("f", None, None, "B"),
        Segment("g", None, None, "B"),
    ]
    assert [*passages(said, 10)] == [
        Segment("a b", 0, 8, "A"),
        Segment("c", 8, 12, "A"),
        Segment("d", 12, 13, "B"),
        Segment("e", 13, 99, "B"),
        Segment("f", None, None, "B"),
        Segment("g", None, None, "B"),
    ]
    assert [*passages([], 10)] == []
