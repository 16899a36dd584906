"""The emulator speaks in tones, and hears them again: tasks, voices, formats, refusals, bills."""

import pytest

from emulator_302.http.tasks import Outcome
from emulator_302.sound.tones import ABOUT, spoken, text_in
from tests.emulator_302.gallery import download, refusal
from tests.recordings import data_uri, mp3, wav

SPEAK, FETCH, VOICES = "/302/v2/audio/tts", "/302/v2/audio/fetch/", "/302/tts/provider"
HEAR = "/302/v1/audio/transcriptions"
HELLO = {"text": "Good morning. It rains.", "provider": "openai", "voice": "alloy"}


def speak(caller, query="?run_async=true", **more):
    reply = caller.http.post(SPEAK + query, json={**HELLO, **more})
    assert reply.status_code == 200, reply.text
    return reply


def hear(caller, content, name="a.wav", **fields):
    return caller.http.post(HEAR, files={"file": (name, content)}, data=fields)


def refused(reply, status, code):
    """Return the words of a refusal."""
    found, err_code, message = refusal(reply)
    assert (found, err_code) == (status, code)
    return message


def cost(caller, reply):
    return caller.http.get(f"/dashboard/record/{reply.headers['request-id']}").json()["data"][
        "cost"
    ]


def test_a_text_becomes_a_task_and_a_real_file_that_says_what_it_is(caller):
    order = speak(caller)
    task = order.json()
    assert (task["status"], task.keys()) == ("pending", {"task_id", "status", "created_at"})
    assert caller.http.get(FETCH + task["task_id"]).json()["status"] == "processing"
    done = caller.http.get(FETCH + task["task_id"]).json()
    assert (done["status"], done["task_type"], done["model"]) == ("completed", "audio", "tts-1")
    file = download(done["audio_url"])
    assert file.headers["content-type"] == "audio/wav"
    assert text_in(file.content) == HELLO["text"]
    raw = done["raw_response"]
    assert raw["audio"]["file_size"] == len(file.content)
    assert raw["note"] == ABOUT
    assert cost(caller, order) == pytest.approx(len(HELLO["text"]) * 0.015 / 1000)
    refused(caller.http.get("/302/v2/video/fetch/" + task["task_id"]), 404, -10010)


def test_without_a_task_the_sound_is_there_at_once(caller):
    done = speak(caller, query="", speed=2, output_format="mp3").json()
    assert done["status"] == "completed"
    assert len(download(done["audio_url"]).content) < len(spoken(HELLO["text"]))


def test_a_task_goes_as_it_is_scripted_and_costs_nothing_if_it_fails(caller):
    caller.gateway.script_task(Outcome.fails("no voice today", polls=1))
    order = speak(caller)
    failed = caller.http.get(FETCH + order.json()["task_id"]).json()
    assert (failed["status"], failed["error"]["message"]) == ("failed", "no voice today")
    assert failed["audio_url"] == ""
    path = f"/dashboard/record/{order.headers['request-id']}"
    refused(caller.http.get(path), 404, -10010)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"text": ""}, "text is missing"),
        ({"text": "a" * 4097}, "openai takes 4096 characters"),
        ({"provider": "nobody"}, "provider is one of openai"),
        ({"voice": "ghost"}, "openai has no voice ghost"),
        ({"model": "tts-9"}, "model: alloy speaks with tts-1, tts-1-hd"),
        ({"output_format": "wma"}, "output_format: openai has mp3"),
        ({"emotion": "happy"}, "alloy has no emotion happy"),
        ({"speed": 9}, "speed is 0.25 to 4.0"),
        ({"volume": 3}, "volume is 0 to 2.0"),
        ({"speed": "fast"}, "'speed' has the wrong type"),
        ({"provider": "mureka", "voice": "Luna", "model": "x"}, "speaks with no model"),
        ({"provider": "mureka", "voice": "Luna", "output_format": "mp3"}, "has no choice"),
    ],
)
def test_what_a_provider_does_not_take_is_refused(caller, more, said):
    reply = caller.http.post(SPEAK, json={**HELLO, **more})
    assert said in refused(reply, 422, -10003)


def test_a_provider_without_models_speaks_all_the_same(caller):
    done = speak(caller, query="", provider="mureka", voice="Luna").json()
    assert done["model"] == ""
    spoken_with = {"provider": "minimaxi", "voice": "presenter_male", "emotion": "sad"}
    assert speak(caller, query="", **spoken_with).json()["status"] == "completed"


def test_the_catalogue_lists_providers_with_voices_models_and_formats(caller):
    found = caller.http.get(VOICES).json()["provider_list"]
    assert [one["provider"] for one in found] == ["openai", "minimaxi", "qwen", "mureka"]
    (qwen,) = caller.http.get(VOICES, params={"provider": "qwen"}).json()["provider_list"]
    info = qwen["req_params_info"]
    assert info.keys() == {"model_list", "output_format_list", "voice_list"}
    assert info["voice_list"][1]["supported_models"] == ["qwen3-tts-flash"]


def test_tones_are_heard_in_every_format(caller):
    sound = spoken("Good morning. It rains.")
    plain = {"model": "whisper-1"}
    assert hear(caller, sound, **plain).json()["text"] == "Good morning. It rains."
    both = {"timestamp_granularities[]": ["word", "segment"]}
    verbose = hear(caller, sound, **plain, response_format="verbose_json", language="en", **both)
    said = verbose.json()
    assert (said["language"], said["duration"], said["task"]) == ("en", 0.4, "transcribe")
    assert [(s["text"], s["start"], s["end"]) for s in said["segments"]] == [
        ("Good morning.", 0.0, 0.2),
        ("It rains.", 0.2, 0.4),
    ]
    assert said["words"][3] == {"word": "rains.", "start": 0.3, "end": 0.4}
    assert cost(caller, verbose) == pytest.approx(0.4 / 60 * 0.006)
    only = {"timestamp_granularities": "word"}
    words = hear(caller, sound, **plain, response_format="verbose_json", **only).json()
    assert "segments" not in words
    text = hear(caller, sound, **plain, response_format="text")
    assert (text.text, text.headers["content-type"]) == (
        "Good morning. It rains.\n",
        "text/plain; charset=utf-8",
    )
    srt = hear(caller, sound, **plain, response_format="srt").text
    assert srt.startswith("1\n00:00:00,000 --> 00:00:00,200\nGood morning.\n")
    assert hear(caller, sound, **plain, response_format="vtt").text.startswith("WEBVTT\n\n00:")


def test_speakers_are_told_by_the_model_that_knows_them(caller):
    sound = spoken("Anna: Hi.\nBen: Hello.")
    told = {"model": "gpt-4o-transcribe-diarize", "response_format": "diarized_json"}
    segments = hear(caller, sound, **told).json()["segments"]
    assert [(one["speaker"], one["text"], one["id"]) for one in segments] == [
        ("A", "Anna: Hi.", "seg_000"),
        ("B", "Ben: Hello.", "seg_001"),
    ]
    long = wav(31.0, rate=1_000)
    assert "chunking_strategy is required" in refused(hear(caller, long, **told), 422, -10003)
    assert hear(caller, long, **told, chunking_strategy="auto").status_code == 200


def test_any_other_sound_is_described_and_not_understood(caller):
    reply = hear(caller, mp3(2), "a.mp3", model="whisper-1", response_format="verbose_json")
    said = reply.json()
    assert said["text"] == "The emulator understands no speech: 2.0 s of mp3."
    assert [segment["text"] for segment in said["segments"]] == [said["text"]]


def test_a_file_comes_as_json_too_by_its_link_or_as_data(caller):
    link = speak(caller, query="").json()["audio_url"]
    for file in (link, data_uri(spoken(HELLO["text"]))):
        reply = caller.http.post(HEAR, json={"model": "sensevoice", "file": file})
        assert reply.json()["text"] == HELLO["text"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"model": "whisper-1"}, "file is missing"),
        ({"file": "x", "model": "whisper-1"}, "a link of the emulator's own"),
        ({"file": "https://a.example/1.mp3", "model": "whisper-1"}, "of the emulator's own"),
        ({"file": "data:audio/wav;base64,a", "model": "whisper-1"}, "a data URI"),
        ({"file": data_uri(b""), "model": "whisper-1"}, "file has 1 to"),
        ({"file": data_uri(b"text"), "model": "whisper-1"}, "file is no sound"),
        ({"file": "x", "model": "whisper-1", "speed": 1}, "unknown field 'speed'"),
        ({"file": "x", "model": "whisper-1", "temperature": 2}, "'temperature' has the wrong"),
        ({"file": "x", "model": "whisper-1", "temperature": "warm"}, "'temperature' has the"),
        ({"file": "x", "model": "sensevoice", "response_format": "srt"}, "sensevoice answers in"),
    ],
)
def test_what_cannot_be_heard_is_refused(caller, body, said):
    assert said in refused(caller.http.post(HEAR, json=body), 422, -10003)


def test_granularities_need_the_verbose_format_and_unknown_models_are_not_served(caller):
    odd = {"model": "whisper-1", "timestamp_granularities[]": "word"}
    assert "needs response_format verbose_json" in refused(hear(caller, wav(), **odd), 422, -10003)
    odd["timestamp_granularities[]"] = "letter"
    assert "wrong type" in refused(hear(caller, wav(), **odd), 422, -10003)
    refused(hear(caller, wav(), model="whisper-9"), 503, -10008)


def test_the_models_are_listed_with_their_formats(caller):
    listed = caller.http.get(HEAR).json()
    assert listed["success"] is True
    formats = {one["model"]: one["response_format_list"] for one in listed["model_list"]}
    assert formats["sensevoice"] == ["json", "text"]
