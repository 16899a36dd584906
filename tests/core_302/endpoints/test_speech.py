"""Text read aloud: what is ordered, how a task's replies are read, and the catalogue of voices."""

import json

import pytest
from pydantic import ValidationError

from core_302 import ApiError, JobFailedError, MalformedReplyError, SpeechRequest
from core_302.endpoints.speech import (
    fetch_request,
    read_speech_order,
    read_speech_poll,
    speech_request,
)
from core_302.endpoints.voices import Voice, read_voices, voices_request
from core_302.http import Reply

LINK = "https://file.example/1.mp3"
ALLOY = {
    "voice": "alloy",
    "name": "alloy",
    "sample": {"en": "https://file.example/alloy.mp3", "ja": "", "zh": None},
    "gender": "male",
    "emotion": [],
}
CATALOGUE = {
    "provider_list": [
        {
            "provider": "openai",
            "req_params_info": {
                "model_list": ["tts-1", "tts-1-hd"],
                "output_format_list": ["mp3", "wav"],
                "voice_list": [ALLOY],
            },
        },
        {
            "provider": "qwen",
            "req_params_info": {
                "model_list": ["qwen-tts", "qwen3-tts-flash"],
                "voice_list": [
                    {"voice": "Jennifer", "supported_models": ["qwen3-tts-flash"]},
                    {"voice": 30149, "emotion": ["happy", ""], "gender": ""},
                    {"name": "without an id"},
                    "no voice",
                ],
            },
        },
        {"provider": "empty", "req_params_info": None},
        {"req_params_info": {}},
        None,
    ]
}


def reply(**body):
    return Reply(200, {"request-id": "r-1"}, json.dumps({"task_id": "t-1", **body}).encode())


def test_an_order_has_what_was_asked_for_and_nothing_else():
    request = speech_request(SpeechRequest(text="Hi."))
    assert (request.method, request.path) == ("POST", "/302/v2/audio/tts")
    assert request.query == {"run_async": "true"}
    assert json.loads(request.content) == {"text": "Hi.", "provider": "openai", "voice": "alloy"}
    assert request.repeatable is False
    full = SpeechRequest(
        text="Hi.",
        provider="minimaxi",
        voice="presenter_male",
        model="speech-2.8-hd",
        speed=1.5,
        volume=0.5,
        emotion="happy",
        output_format="mp3",
        extra_body={"voice": "mine", "timeout": 60},
    )
    request = speech_request(full, webhook="https://me.example/done")
    assert request.query == {"run_async": "true", "webhook": "https://me.example/done"}
    assert json.loads(request.content) == {
        "text": "Hi.",
        "provider": "minimaxi",
        "voice": "mine",
        "model": "speech-2.8-hd",
        "speed": 1.5,
        "volume": 0.5,
        "emotion": "happy",
        "output_format": "mp3",
        "timeout": 60,
    }
    assert fetch_request("t/1".replace("/", "-")).path == "/302/v2/audio/fetch/t-1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"text": "a\0b"},
        {"text": "a\ud800"},
        {"text": "a" * 50_001},
        {"text": "a", "speed": 5},
        {"text": "a", "volume": -1},
        {"text": "a", "speaker": "me"},
    ],
)
def test_what_cannot_be_read_aloud_is_refused(wrong):
    with pytest.raises(ValidationError):
        SpeechRequest(**wrong)


@pytest.mark.parametrize(
    ("body", "links"),
    [
        *(
            ({"status": word, "audio_url": LINK}, (LINK,))
            for word in ("completed", "succeed", "success", "SUCCESS", "")
        ),
        ({"status": "completed", "raw_response": {"audio": {"url": LINK}}}, (LINK,)),
        ({"status": "completed", "audio_url": "", "data": {"audio": LINK}}, (LINK,)),
        (
            {"status": "completed", "audio_url": LINK, "raw_response": {"audio": {"url": "x"}}},
            (LINK,),
        ),
    ],
)
def test_an_audio_file_is_found_wherever_its_link_stands(body, links):
    assert read_speech_poll(reply(**body)).job.links == links
    order = read_speech_order(reply(**body))
    assert (order.job.links, order.job.cost_ids) == (links, ("r-1",))


@pytest.mark.parametrize("status", ["pending", "processing", "queued"])
def test_a_task_that_is_not_done_has_no_audio(status):
    assert read_speech_poll(reply(status=status, audio_url=None)).job is None


@pytest.mark.parametrize("status", ["failed", "error"])
def test_a_task_that_failed_says_why(status):
    with pytest.raises(JobFailedError, match="the voice is gone") as caught:
        read_speech_poll(reply(status=status, error={"message": "the voice is gone"}))
    assert caught.value.task_id == "t-1"


def test_a_task_that_is_done_and_names_no_audio_is_told_with_its_id():
    with pytest.raises(MalformedReplyError, match="a task with an audio file") as caught:
        read_speech_poll(reply(status="completed", audio_url=""))
    assert caught.value.task_id == "t-1"


def test_the_catalogue_lists_each_voice_with_what_it_speaks_with():
    request = voices_request()
    assert (request.method, request.path, request.query) == ("GET", "/302/tts/provider", {})
    assert voices_request("qwen").query == {"provider": "qwen"}
    content = json.dumps(CATALOGUE).encode()
    alloy, jennifer, other = read_voices(Reply(200, {}, content))
    assert alloy == Voice(
        "openai",
        "alloy",
        "alloy",
        "male",
        (),
        ("tts-1", "tts-1-hd"),
        ("mp3", "wav"),
        {"en": "https://file.example/alloy.mp3"},
        ALLOY,
    )
    assert (jennifer.models, jennifer.formats) == (("qwen3-tts-flash",), ())
    assert (other.voice, other.name, other.gender) == ("30149", "30149", None)
    assert (other.emotions, other.models) == (("happy",), ("qwen-tts", "qwen3-tts-flash"))
    inside = json.dumps({"code": 0, "data": CATALOGUE}).encode()
    assert len(read_voices(Reply(200, {}, inside))) == 3


def test_what_is_no_catalogue_is_told():
    with pytest.raises(MalformedReplyError, match="a catalogue of voices"):
        read_voices(Reply(200, {}, b'{"provider_list": null}'))
    with pytest.raises(ApiError, match="no"):
        read_voices(Reply(200, {}, b'{"error": {"message": "no"}}'))
