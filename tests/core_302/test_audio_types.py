"""A recording is known by its bytes, never by its name; it is never judged too short."""

import pytest

from core_302.audio_types import ENDINGS, MEDIA_TYPES, audio_type, is_audio, seconds_at_most
from tests.recordings import RECORDINGS, flac, mp3, wav


@pytest.mark.parametrize(("ending", "content"), RECORDINGS.items(), ids=RECORDINGS)
def test_each_kind_of_audio_is_known_by_its_first_bytes(ending, content):
    kind = audio_type(content)
    assert (kind.ending, kind.media_type) == (ending, MEDIA_TYPES[ending])
    assert kind.filename == f"file{ending}"
    assert ending in ENDINGS
    assert is_audio(content)


@pytest.mark.parametrize(
    "frame",
    [b"\xff\xfb\x90\x00", b"\xff\xf3\x40\xc0", b"\xff\xf2\x40\xc0", b"\xff\xfa\x90\x00"],
)
def test_an_mp3_needs_no_tags(frame):
    assert audio_type(frame + bytes(100)).ending == ".mp3"
    assert audio_type(mp3(tagged=False)).ending == ".mp3"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"Hello, I am a text that calls itself a.mp3",
        b"ID3 is a format of tags",
        b"ID3\x04\0\0\xff\xff\xff\xff" + bytes(10),  # a size that no tag has
        b"ID3\x04",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"RIFF\0\0\0\0AVI LIST",
        b"\x1a\x45\xdf\xa3\x42\x82\x88matroska",
        b"\0\0\0\x18ftypheic",
        b"\0\0\0\x14ftypqt  ",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"\xff\xfe<\0h\0",  # a text in UTF-16
        b"\xff\xea\x90\x00",  # a version that there is not
        b"\xff\xfb\xf0\x00",  # a bit rate that there is not
        b"\xff\xfb\x9c\x00",  # a sample rate that there is not
        b"%PDF-1.7",
        b"<!doctype html>",
    ],
)
def test_what_is_no_audio_is_none(content):
    assert audio_type(content) is None
    assert not is_audio(content)


def test_a_wav_says_how_long_it_is_and_others_are_judged_too_long():
    assert seconds_at_most(wav(3.0)) == pytest.approx(3.0, abs=0.01)
    assert seconds_at_most(mp3(3)) > 3
    assert seconds_at_most(flac()) > 0
    assert seconds_at_most(b"") == 0


@pytest.mark.parametrize("rate", [0, 2**32 - 1])
def test_a_wav_that_lies_about_its_rate_is_not_believed(rate):
    honest = wav(1.0)
    place = honest.index(b"fmt ") + 16
    told = honest[:place] + rate.to_bytes(4, "little") + honest[place + 4 :]
    assert 0 < seconds_at_most(told) <= len(told) / 4_000
    assert seconds_at_most(b"RIFF\0\0\0\0WAVE" + bytes(8_000)) == pytest.approx(2, abs=0.1)
