"""The emulator's rules for documents, sounds, remembered prompts and published addresses."""

import base64
import io
import wave
import zlib

import pytest

from emulator_302.http.media import media_lines, pdf_lines
from tests import media_files


def asked(*parts):
    return [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, *parts]}]


def file(data, kind="application/pdf", name="paper.pdf"):
    address = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return {"type": "file", "file": {"filename": name, "file_data": address}}


def heard(data, form="wav"):
    data = base64.b64encode(data).decode()
    return {"type": "input_audio", "input_audio": {"data": data, "format": form}}


def test_the_text_of_a_document_is_read(caller):
    document = media_files.document("Invoice 17", "Total: 27.50")
    said = caller.ask(asked(file(document)))["content"]
    assert "27.50" in said
    assert "Invoice 17" in said


def test_packed_streams_arrays_and_escapes_are_read():
    packed = zlib.compress(rb"BT [(To) -20 (tal)] TJ (a \(b\) \101) Tj ET")
    assert pdf_lines(b"%PDF-1.7\nstream\n" + packed + b"\nendstream") == ["Total", "a (b) A"]


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (file(b"%PDF-1.4 /Type /Page /Type /Page"), "paper.pdf, a PDF with 2 page(s)"),
        (file(b"abc", "text/csv", "a.csv"), "a.csv, 3 bytes of text/csv"),
        (heard(media_files.sound(2)), "format wav, 2.0 seconds long"),
        (heard(b"\0" * 32_000, "mp3"), "format mp3, 2.0 seconds long"),
        ({"type": "video_url", "video_url": {"url": "https://v.test/a?t=1"}}, "https://v.test/a"),
    ],
)
def test_of_what_cannot_be_read_the_kind_and_size_are_told(part, says):
    assert says in media_lines(asked(part))[0]


@pytest.mark.parametrize(
    "part",
    [
        {"type": "file", "file": "paper.pdf"},
        {"type": "file", "file": {"filename": "paper.pdf"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,?"}},
        file(b"no document"),
        {"type": "input_audio", "input_audio": {"data": "?", "format": "wav"}},
    ],
)
def test_media_that_are_none_are_refused_with_their_place(caller, part):
    reply = caller.post(messages=asked(part))
    assert reply.status_code == 400
    assert "messages[0].content[1]" in reply.text


def test_sounds_count_as_audio_tokens_and_answers_can_be_spoken(caller):
    sound = media_files.sound(2)
    body = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}
    reply = caller.post(messages=asked(heard(sound)), **body).json()
    message, usage = reply["choices"][0]["message"], reply["usage"]
    assert message["content"] is None
    with wave.open(io.BytesIO(base64.b64decode(message["audio"]["data"]))) as spoken:
        assert spoken.getnframes() > 0
    assert usage["prompt_tokens_details"]["audio_tokens"] == 20
    assert usage["completion_tokens_details"]["audio_tokens"] > 0
    assert usage["completion_tokens"] >= usage["completion_tokens_details"]["audio_tokens"]


def details(reply):
    found = reply.json()["usage"]["prompt_tokens_details"]
    return found["cached_tokens"], found["cache_creation_tokens"]


def test_a_long_prompt_is_remembered_and_a_short_one_is_not(caller):
    long = [{"role": "system", "content": "rule " * 1200}, {"role": "user", "content": "Hi"}]
    assert details(caller.post(messages=long)) == (0, 0)
    cached, _ = details(caller.post(messages=[long[0], {"role": "user", "content": "Bye"}]))
    assert cached == 1501
    short = [{"role": "user", "content": "Hi"}]
    caller.post(messages=short)
    assert details(caller.post(messages=short)) == (0, 0)


def test_a_marked_part_is_remembered_at_any_length(caller):
    mark = {"type": "text", "text": "a short rule", "cache_control": {"type": "ephemeral"}}
    marked = [{"role": "system", "content": [mark]}, {"role": "user", "content": "Hi"}]
    assert details(caller.post(messages=marked)) == (0, 4)
    assert details(caller.post(messages=marked)) == (4, 0)


def test_an_outside_address_is_known_when_it_was_published(caller):
    address = "https://pictures.test/total.png"
    shown = asked({"type": "image_url", "image_url": {"url": address}})
    assert caller.post(messages=shown).status_code == 400
    caller.gateway.publish(address, media_files.image("Total 27.50"))
    assert "27.50" in caller.ask(shown)["content"]
