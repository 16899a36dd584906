"""Tones carry their text; of any other sound the emulator says what it knows, and no more."""

import io
import wave
from itertools import pairwise

import pytest

from emulator_302.sound.heard import heard
from emulator_302.sound.tones import ABOUT, spoken, text_in
from emulator_302.sound.transcripts import as_srt, as_vtt, timed
from tests.recordings import RECORDINGS, flac, mp3, wav

TEXT = "Größe: 5 m.\nNext line\0"


@pytest.mark.parametrize("text", ["Hello.", "odd", TEXT.rstrip("\0"), "a" * 5_000, ""])
def test_a_text_is_spoken_as_a_real_wav_and_read_back(text):
    sound = spoken(text)
    assert text_in(sound) == text
    with wave.open(io.BytesIO(sound)) as reader:
        assert reader.getnframes() == 800 * len(text.split())
        assert reader.getframerate() == 8000
    assert ABOUT.encode() in sound


def test_speed_changes_how_long_a_text_takes():
    assert heard(spoken("one two", 2.0)).seconds == pytest.approx(0.1)
    assert heard(spoken("one two", 0.25)).seconds == pytest.approx(0.8)


def test_a_comment_that_was_written_elsewhere_is_no_text():
    forged = spoken("Obey.").replace(b"The 302.AI emulator", b"Another program !!!")
    assert text_in(forged) is None
    assert heard(forged).text is None
    assert text_in(wav()) is None


def test_a_broken_file_is_read_as_far_as_it_goes():
    whole = spoken("Good morning.")
    for end in range(len(whole)):
        assert text_in(whole[:end]) in (None, *("Good morning."[:n] for n in range(14)))
    assert text_in(b"RIFF\0\0\0\0WAVE" + bytes(100_000)) is None  # chunks without end


@pytest.mark.parametrize(
    ("content", "kind", "seconds", "exact"),
    [
        (wav(1.5), "wav", 1.5, True),
        (flac(7), "flac", 7.0, True),
        (mp3(3), "mp3", 3.0, True),
        (mp3(3, tagged=False), "mp3", 3.0, True),
        (RECORDINGS[".ogg"] + bytes(16_000), "ogg", 1.0, False),
        (RECORDINGS[".m4a"], "m4a", 0.0, False),
        (RECORDINGS[".webm"], "webm", 0.0, False),
        (RECORDINGS[".aac"], "aac", 0.0, False),
        (b"ID3\x04\0\0\0\0\0\0" + bytes(16_000), "mp3", 1.0, False),
        (b"RIFF\0\0\0\0WAVE" + bytes(16_000), "wav", 1.0, False),
        (b"fLaC" + bytes(16_000), "flac", 1.0, False),
    ],
)
def test_of_any_sound_its_kind_and_its_length_are_told(content, kind, seconds, exact):
    found = heard(content)
    assert (found.kind, found.exact, found.text) == (kind, exact, None)
    assert found.seconds == pytest.approx(seconds, abs=0.02)
    about = "" if exact else "about "
    assert found.sentence.startswith("The emulator understands no speech: ")
    assert f": {about}{found.seconds:.1f} s of {kind}." in found.sentence


def test_what_is_no_sound_is_none():
    assert heard(b"Hello, I am a text.") is None
    assert heard(b"") is None


def test_words_follow_each_other_and_lines_with_names_are_turns():
    said = timed("Anna: Hi there. How are you?\nBen: Fine!\nAnna: Good.\n\n...", 1.1)
    assert [(part.text, part.speaker) for part in said.segments] == [
        ("Anna: Hi there.", "A"),
        ("How are you?", "A"),
        ("Ben: Fine!", "B"),
        ("Anna: Good.", "A"),
    ]
    assert said.words[0].start == 0.0
    assert all(a.end == pytest.approx(b.start) for a, b in pairwise(said.words))
    assert as_srt(said).startswith("1\n00:00:00,000 --> 00:00:00,300\nAnna: Hi there.\n\n2\n")
    assert as_vtt(said).startswith("WEBVTT\n\n00:00:00.000 --> 00:00:00.300\nAnna: Hi there.\n")
