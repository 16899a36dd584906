"""Reading recordings: what is sent for each, what becomes of replies, and nothing is paid twice."""

import asyncio
import hashlib
import json

import pytest

from core_302 import AuthenticationError, ConnectionLostError, InvalidInputError
from core_302.reading import (
    AudioReadingOptions,
    KeyedCache,
    ReadingReport,
    Source,
    aread_recordings,
    read_recordings,
)
from tests.recordings import mp3, wav
from tests.scripted_server import Close, reply
from tests.sent import sent

PATH = "/302/v1/audio/transcriptions"
PARTS = [
    {"text": "Hi.", "start": 0, "end": 2, "speaker": "A"},
    {"text": "So.", "start": 2, "end": 4, "speaker": "A"},
    {"text": "No.", "start": 4, "end": 5, "speaker": "B"},
]
WORDS = [
    {"word": "No.", "start": 4, "end": 5},
    {"word": "Hi.", "start": 0, "end": 2},
    {"word": "So.", "start": 2, "end": 4},
    {"word": "when"},
]
SAID = {"text": "Hi. So. No.", "language": "english", "duration": 5}
HEARD = reply(200, {**SAID, "segments": PARTS}, headers={"request-id": "r1"})


@pytest.fixture
def read(connect, server):
    """Return a function that reads everything with the client at hand."""

    def all_recordings(given, *, report=None, **how):
        face = connect(server.url, max_retries=0, trusted_hosts=(f"localhost:{server.port}",))
        options = AudioReadingOptions(**how)
        if face.kind == "sync":
            return list(read_recordings(face.client, given, options, report=report))

        async def collect():
            run = aread_recordings(face.client, given, options, report=report)
            try:
                return [one async for one in run]
            finally:
                await face.client.aclose()

        return asyncio.run(collect())

    return all_recordings


def memory():
    kept = {}
    return KeyedCache(kept.get, kept.__setitem__)


def test_a_recording_is_posted_itself_and_comes_back_as_text(server, read):
    server.answer(HEARD)
    report = ReadingReport(unit="file")
    (one,) = read(Source("calls/a.wav", content=mp3(), metadata={"deal": 7}), report=report)
    assert sent(server.seen[0]) == (
        "POST",
        PATH,
        {},
        [
            ("file", "file.mp3", "audio/mpeg", mp3()),
            ("model", None, None, b"whisper-1"),
            ("response_format", None, None, b"verbose_json"),
        ],
    )
    (piece,) = one.pieces
    assert piece.text == "Hi. So. No."
    told = piece.described()
    assert json.loads(told.pop("segments")) == [
        {"text": p["text"], "start": p["start"], "end": p["end"], "speaker": p["speaker"]}
        for p in PARTS
    ]
    assert told == {
        "deal": 7,
        "source": "calls/a.wav",
        "kind": "file",
        "speakers": "A,B",
        "language": "english",
        "duration": 5.0,
        "model": "whisper-1",
        "file_type": "audio/mpeg",
        "bytes": len(mp3()),
        "digest": hashlib.sha256(mp3()).hexdigest(),
        "cost_ids": "r1",
        "cached": False,
    }
    assert str(report).startswith("Files: 1 read, 0 from the cache, 0 failed")


def test_passages_and_segments_are_documents_with_their_times_speaker_and_words(server, read):
    server.answer(reply(200, {**SAID, "segments": PARTS, "words": WORDS}))
    cache = memory()
    (one,) = read(mp3(), split_by="passage", words=True, cache=cache)
    first, second = one.pieces
    assert (first.text, second.text) == ("Hi. So.", "No.")
    told = first.described()
    assert (told["kind"], told["start"], told["end"], told["speaker"]) == ("passage", 0.0, 4.0, "A")
    assert [word["text"] for word in json.loads(told["words"])] == ["Hi.", "So."]
    assert "segments" not in told
    (again,) = read(mp3(), split_by="segment", words=True, cache=cache)
    assert [piece.text for piece in again.pieces] == ["Hi.", "So.", "No."]
    assert again.cached
    (short,) = read(mp3(), split_by="passage", passage_length=3, words=True, cache=cache)
    assert len(short.pieces) == 3
    (whole,) = read(mp3(), words=True, cache=cache)
    assert [w["text"] for w in json.loads(whole.pieces[0].described()["words"])] == [
        *("No.", "Hi.", "So.", "when")
    ]
    assert len(server.seen) == 1
    assert len({piece.id for r in (one, again, whole) for piece in r.pieces}) == 6


def test_without_times_the_whole_is_one_document(server, read):
    untimed = {"text": "Hi.", "segments": [{"text": "Hi."}], "words": [{"word": "Hi."}]}
    server.answer(reply(200, {"text": "Hi."}), reply(200, untimed))
    (one,) = read(mp3(), split_by="passage")
    assert [(piece.kind, piece.text) for piece in one.pieces] == [("file", "Hi.")]
    (one,) = read(mp3(), split_by="segment")
    assert one.pieces[0].described().keys() & {"start", "end", "words", "speaker"} == set()


def test_a_link_is_fetched_here_and_the_same_bytes_are_paid_once(server, read):
    server.answer(reply(200, wav()), HEARD, reply(200, wav()))
    cache, link = memory(), f"http://localhost:{server.port}/a.mp3"
    (one,) = read(link, cache=cache)
    (again,) = read(link, cache=cache)
    assert [seen.method for seen in server.seen] == ["GET", "POST", "GET"]
    assert (one.media_type, one.cached, again.cached) == ("audio/wav", False, True)
    assert again.transcript == one.transcript


@pytest.mark.parametrize(
    "other",
    [
        {"model": "scribe_v2"},
        {"language": "de"},
        {"prompt": "x"},
        {"temperature": 0.1},
        {"words": True},
        {"transcript_format": "json"},
        {"extra_body": {"a": 1}},
    ],
)
def test_whatever_changes_the_answer_is_in_its_key(server, read, other):
    server.answer(HEARD)
    cache = memory()
    read(mp3(), cache=cache)
    read(mp3(), cache=cache, **other)
    assert len(server.seen) == 2


def test_a_folder_counts_by_endings_and_each_failure_is_a_line_of_the_report(
    server, read, tmp_path
):
    (tmp_path / "a.mp3").write_bytes(mp3())
    (tmp_path / "b.WAV").write_bytes(wav())
    (tmp_path / "c.mp3").write_bytes(b"I am a text.")
    (tmp_path / "d.txt").write_bytes(b"not looked at")
    server.answer(HEARD)
    report = ReadingReport(unit="file")
    found = read(tmp_path, on_error="skip", concurrency=1, report=report)
    assert [one.media_type for one in found] == ["audio/mpeg", "audio/wav"]
    (failure,) = report.failures
    assert failure.reason.startswith(f"{tmp_path / 'c.mp3'}: it is no audio (mp3, wav")
    *_, kept = read(tmp_path, on_error="keep", concurrency=1)
    (piece,) = kept.pieces
    assert (piece.text, "it is no audio" in piece.described()["error"]) == ("", True)
    assert not kept.empty
    (tmp_path / "none").mkdir()
    with pytest.raises(InvalidInputError, match=r"it contains no recording \(\.aac, "):
        read(tmp_path / "none")


def test_silence_is_empty_and_counted(server, read):
    server.answer(reply(200, {"text": ""}))
    report = ReadingReport(unit="file")
    (one,) = read(wav(), report=report)
    assert (one.empty, one.pieces[0].described()["empty"], report.empty) == (True, True, 1)


def test_what_it_cost_is_looked_up_if_that_is_wanted(server, read):
    server.answer(HEARD, reply(200, {"data": {"cost": 0.5}}), reply(200, {"text": "Hi."}))
    report = ReadingReport(unit="file")
    (one,) = read(wav(), look_up_cost=True, report=report)
    assert (one.cost, report.cost) == (0.5, 0.5)
    (one,) = read(mp3(), look_up_cost=True)  # a reply without an id has no record
    assert one.cost is None
    assert len(server.seen) == 3


def test_a_call_whose_answer_is_lost_is_not_sent_again_and_the_next_run_may(server, read):
    cache = memory()
    server.answer(Close())
    with pytest.raises(ConnectionLostError, match="It was not sent again"):
        read(wav(), cache=cache)
    server.answer(HEARD)
    assert read(wav(), cache=cache)[0].cached is False
    assert len(server.seen) == 2


def test_a_refused_key_ends_the_run(server, read):
    server.answer(reply(401, {"error": {"message": "bad key"}}))
    with pytest.raises(AuthenticationError, match=r"bytes:.*bad key"):
        read([wav(n) for n in (0.1, 0.2, 0.3, 0.4, 0.5)], on_error="skip", concurrency=1)
    assert len(server.seen) <= 2, "what had been begun"


class Turns:
    """Counts the turns that are taken."""

    taken = 0

    def acquire(self):
        self.taken += 1


def test_what_is_asked_for_waits_its_turn_and_what_is_kept_does_not(server, read):
    server.answer(HEARD)
    turns, cache = Turns(), memory()
    for _ in range(2):
        read(wav(), cache=cache, rate_limiter=turns)
    assert turns.taken == 1


def test_a_file_that_is_gone_is_named(read, tmp_path):
    with pytest.raises(InvalidInputError, match=r"gone\.mp3: it cannot be read: No such file"):
        read(tmp_path / "gone.mp3")
