"""`speak`: ordered once, waited for, kept; whatever ends the wait, nothing is lost."""

import json

import pytest

import llama_index_302
from core_302 import (
    BudgetError,
    ConnectionLostError,
    InvalidInputError,
    JobFailedError,
    MalformedReplyError,
    PollPolicy,
    SpeechSettings,
)
from emulator_302 import Fault, Outcome
from emulator_302.sound.tones import text_in
from tests.both_adapters.tool_faces import EVERY_FACE, tool_of  # noqa: F401
from tests.recordings import mp3
from tests.scripted_server import Close, reply

pytest_plugins = ["emulator_302.pytest_plugin"]

SPEAK, FETCH = "/302/v2/audio/tts", "/302/v2/audio/fetch/"
HELLO = {"text": "Good morning!"}
LINK = "https://file.example/1.mp3"


@pytest.fixture
def voice(tool_of, ai302_emulator):  # noqa: F811
    """Return a function that makes the tool before the emulator."""

    def make(**settings):
        hosts = (ai302_emulator.file_host,)
        where = {"key": ai302_emulator.api_key, "trusted_hosts": hosts}
        return tool_of("AI302SpeechTool", ai302_emulator.base_url, **where, **settings)

    return make


def orders(emulator):
    return [seen for seen in emulator.requests if seen.path == SPEAK]


def task(status, **more):
    return {"task_id": "t-1", "status": status, **more}


@EVERY_FACE
def test_a_text_is_ordered_once_polled_and_kept(voice, ai302_emulator, tmp_path):
    tool = voice(output_dir=tmp_path, output_format="mp3", volume=0.5)
    text, report = tool.call(**HELLO, speed=2)
    order, *polls, record, file = ai302_emulator.requests
    assert (order.method, order.path, order.query) == ("POST", SPEAK, {"run_async": "true"})
    assert order.body == {
        "text": "Good morning!",
        "provider": "openai",
        "voice": "alloy",
        "speed": 2.0,
        "volume": 0.5,
        "output_format": "mp3",
    }
    task_id = report["task_id"]
    assert [(seen.method, seen.path) for seen in polls] == [("GET", FETCH + task_id)] * 2
    assert record.path == f"/dashboard/record/{order.request_id}"
    assert "authorization" not in file.headers
    (made,) = report.pop("files")
    (kept,) = tmp_path.iterdir()
    assert text_in(kept.read_bytes()) == "Good morning!"
    assert (made["path"], made["media_type"], made["problem"]) == (str(kept), "audio/wav", None)
    assert kept.name.startswith("good-morning-")
    assert kept.suffix == ".wav", "what came is WAV, whatever was asked for"
    assert text == (
        f"Read aloud by alloy (openai):\n- {made['url']}, {made['bytes']:,} bytes audio/wav, "
        f"saved as {kept}"
    )
    raw = report.pop("raw")
    assert (raw["status"], raw["audio_url"]) == ("completed", made["url"])
    assert report == {
        "kind": "speech",
        "text": "Good morning!",
        "provider": "openai",
        "voice": "alloy",
        "model": None,
        "request_id": order.request_id,
        "task_id": task_id,
        "cost": pytest.approx(13 * 0.015 / 1000),
    }
    assert tool.tool.spent == pytest.approx(report["cost"])


@EVERY_FACE
def test_without_a_folder_the_link_is_the_result(voice, ai302_emulator):
    tool = voice(look_up_cost=False, provider="minimaxi", voice="presenter_male", emotion="happy")
    text, report = tool.call(**HELLO)
    assert orders(ai302_emulator)[0].body == {
        "text": "Good morning!",
        "provider": "minimaxi",
        "voice": "presenter_male",
        "emotion": "happy",
    }
    (made,) = report["files"]
    assert text == f"Read aloud by presenter_male (minimaxi):\n- {made['url']}"
    assert report["cost"] is None


@EVERY_FACE
def test_a_model_chooses_among_the_operators_voices(voice, ai302_emulator):
    tool = voice(more_voices=["nova", "alloy"], model="tts-1-hd")
    assert '["alloy", "nova"]' in json.dumps(tool.schema()["voice"])
    tool.call(**HELLO, voice="nova")
    tool.call(**HELLO, voice="")
    first, second = orders(ai302_emulator)
    assert (first.body["voice"], first.body["model"]) == ("nova", "tts-1-hd")
    assert second.body["voice"] == "alloy"
    assert "voice" not in voice().schema()


@EVERY_FACE
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "text: "),
        ({"text": " "}, "text: is empty"),
        ({"text": "a" * 11}, "text: "),
        ({"text": "a\0"}, "text: contains control characters"),
        ({"text": "a", "speed": 9}, "speed: "),
        ({"text": "a", "voice": "nova"}, "voice: unknown"),
        ({"text": "a", "provider": "fish"}, "provider: unknown"),
        ({"text": "a", "webhook": "https://evil.example"}, "webhook: unknown"),
    ],
)
def test_what_cannot_be_said_is_refused_before_anything_is_sent(
    voice, ai302_emulator, arguments, said
):
    assert said in voice(longest_text=10).refusal(**arguments)
    assert ai302_emulator.requests == []


@EVERY_FACE
def test_what_the_gateway_does_not_take_is_told_in_its_words(voice, ai302_emulator):
    with pytest.raises(Exception, match="openai has no voice ghost"):
        voice(voice="ghost").call(**HELLO)
    assert len(orders(ai302_emulator)) == 1


@EVERY_FACE
def test_progress_is_told_by_each_frameworks_own_means(voice):
    tool = voice()
    tool.call(**HELLO)
    assert [(told.status, told.job is not None) for told in tool.told] == [
        ("pending", False),
        ("processing", False),
        ("completed", True),
    ]


@EVERY_FACE
def test_a_wait_that_breaks_names_the_task_and_is_resumed_without_an_order(
    voice, ai302_emulator, tmp_path
):
    ai302_emulator.inject(Fault(path=FETCH, status=403, body="no"))
    tool = voice(output_dir=tmp_path)
    with pytest.raises(Exception, match="do not order it again; resume it") as caught:
        tool.call(**HELLO)
    error = caught.value
    assert error.task_id in error.message
    assert "(tool.resume)" in error.message
    assert error.billed == "maybe"
    text, report = tool.resume(error.task_id)
    assert len(orders(ai302_emulator)) == 1
    (kept,) = tmp_path.iterdir()
    assert text.startswith("Read aloud:\n- http")
    assert f"saved as {kept}" in text
    assert (report["task_id"], report["voice"]) == (error.task_id, None)
    assert report["cost"] == pytest.approx(13 * 0.015 / 1000)


@EVERY_FACE
def test_a_task_that_fails_says_why_and_is_not_ordered_again(voice, ai302_emulator):
    ai302_emulator.script_task(Outcome.fails("the voice is gone"))
    tool = voice(budget=5.0, assumed_price_of_thousand=1.0)
    with pytest.raises(JobFailedError, match="the voice is gone") as caught:
        tool.call(**HELLO)
    assert caught.value.task_id
    assert len(orders(ai302_emulator)) == 1
    assert tool.tool.spent == pytest.approx(0.013), "it may have been billed"


@EVERY_FACE
def test_an_order_whose_answer_is_lost_is_not_sent_again(tool_of, server):  # noqa: F811
    server.answer(Close())
    with pytest.raises(ConnectionLostError, match="It was not sent again"):
        tool_of("AI302SpeechTool", server.url).call(**HELLO)
    assert len(server.seen) == 1


@EVERY_FACE
@pytest.mark.parametrize("status", ["succeed", "success", "completed", "SUCCESS"])
def test_every_word_for_done_is_known(tool_of, server, status):  # noqa: F811
    server.answer(
        reply(200, task("pending"), headers={"request-id": "r-1"}),
        reply(200, task("in_progress"), headers={"request-id": "r-2"}),
        reply(200, task(status, audio_url=LINK), headers={"request-id": "r-3"}),
    )
    _, report = tool_of("AI302SpeechTool", server.url, look_up_cost=False).call(**HELLO)
    assert [file["url"] for file in report["files"]] == [LINK]
    assert report["request_id"] == "r-1", "that of the order, under which it is billed"


@EVERY_FACE
def test_an_audio_file_that_is_there_at_once_needs_no_poll(tool_of, server):  # noqa: F811
    server.answer(reply(200, {"task_id": "a b", "status": "completed", "audio_url": LINK}))
    _, report = tool_of("AI302SpeechTool", server.url, look_up_cost=False).call(**HELLO)
    assert [file["url"] for file in report["files"]] == [LINK]
    assert report["request_id"] is None
    assert len(server.seen) == 1


@EVERY_FACE
def test_an_order_without_an_id_that_can_be_polled_is_told(tool_of, server):  # noqa: F811
    server.answer(reply(200, {"task_id": "../../v1/models", "status": "pending"}))
    with pytest.raises(MalformedReplyError, match="no task that can be polled"):
        tool_of("AI302SpeechTool", server.url).call(**HELLO)
    assert len(server.seen) == 1


@EVERY_FACE
@pytest.mark.parametrize(
    ("content", "label", "kept"),
    [
        (mp3(), "text/html", ".mp3"),
        (b"\x01\x00\xff\x7f", "audio/pcm", ".pcm"),
        (b"\x01\x80\xff\x7f", "application/octet-stream", ".bin"),
        (b"<html>expired</html>", "audio/mpeg", None),
        (b"<html>expired</html>", "text/html", None),
        (b"PK\x03\x04\x00", "audio/mpeg", None),
        (b"\x01\x00\xff\x7f", "", None),
    ],
)
def test_what_comes_is_kept_only_if_it_is_an_audio_file(
    tool_of,  # noqa: F811
    server,
    tmp_path,
    content,
    label,
    kept,
):
    host = f"localhost:{server.port}"
    server.answer(
        reply(200, task("completed", audio_url=f"http://{host}/1.mp3")),
        reply(200, content, media_type=label),
    )
    settings = {"output_dir": tmp_path, "trusted_hosts": (host,), "look_up_cost": False}
    text, report = tool_of("AI302SpeechTool", server.url, **settings).call(**HELLO)
    assert [path.suffix for path in tmp_path.iterdir()] == ([kept] if kept else [])
    (made,) = report["files"]
    assert (made["problem"] is None) == bool(kept)
    assert ("what came is no audio" in text) == (not kept)


@EVERY_FACE
def test_an_audio_file_that_cannot_be_fetched_keeps_its_link(voice, ai302_emulator, tmp_path):
    ai302_emulator.inject(Fault(path="/gpt/imgs", status=403, body="expired"))
    text, report = voice(output_dir=tmp_path).call(**HELLO)
    (made,) = report["files"]
    assert made["url"].endswith(".wav")
    assert f"{made['url']}, but fetching it failed" in text


@EVERY_FACE
def test_the_budget_reserves_what_a_text_of_that_length_may_cost(voice, ai302_emulator):
    tool = voice(budget=0.01, assumed_price_of_thousand=1.0)
    with pytest.raises(BudgetError, match="nothing was sent"):
        tool.call(**HELLO)
    assert orders(ai302_emulator) == []
    tool.call(text="Hi.")
    assert tool.tool.spent == pytest.approx(3 * 0.015 / 1000)


def test_a_selection_speaks_with_its_settings_and_resumes_by_the_tools_name(
    ai302_emulator, tmp_path
):
    where = {"api_key": ai302_emulator.api_key, "api_base": ai302_emulator.base_url}
    where["polling"] = PollPolicy(first_wait=0.0)
    speech = SpeechSettings(voice="nova", output_dir="elsewhere")
    hosts = (ai302_emulator.file_host,)
    with llama_index_302.AI302ToolSpec(
        **where, speech=speech, output_dir=tmp_path, trusted_hosts=hosts
    ) as spec:
        assert spec.speak("Good morning!").startswith("Read aloud by nova (openai):")
        task_id = spec.reports[0]["task_id"]
        assert spec.resume(task_id, "speak").startswith("Read aloud:")
        with pytest.raises(InvalidInputError, match="transcribe orders no tasks"):
            spec.resume(task_id, "transcribe")
    assert len(orders(ai302_emulator)) == 1
    assert [path.suffix for path in tmp_path.iterdir()] == [".wav", ".wav"]
