"""Calls from recordings (`cassettes/`): what was answered once is still read the same.

`make record` writes them anew, from the emulator, or from 302.AI when `AI302_API_KEY` is set; so
nothing here speaks of words that only the emulator would say.
"""

import pytest

import emulator_302
from langchain_302 import ChatAI302, WebSearch
from tests.conftest import KEY
from tests.langchain_302 import recordings

pytestmark = pytest.mark.vcr


@pytest.fixture
def asked(record_mode):
    """Return a function that makes a model: on a recording, or on what is to be recorded."""
    made = []

    def make(address=recordings.PLAYED_URL, key=KEY, **given):
        made.append(ChatAI302(**{"model": "gpt-4o", "base_url": address, "api_key": key, **given}))
        return made[-1]

    if record_mode == "none":
        yield make
    elif recordings.REAL_KEY:
        yield lambda **given: make(recordings.REAL_URL, recordings.REAL_KEY, **given)
    else:
        with emulator_302.running() as gateway:
            yield lambda **given: make(gateway.base_url, gateway.api_key, **given)
    for model in made:
        model.close()


def test_an_answer(asked):
    message = asked().invoke("Say exactly: it works")
    assert message.text
    assert message.usage_metadata["output_tokens"] > 0
    assert "gpt-4o" in message.response_metadata["model_name"]


async def test_an_answer_that_was_awaited(asked):
    model = asked()
    assert (await model.ainvoke("Say exactly: it works")).text
    await model.aclose()


@pytest.mark.parametrize("version", ["v0", "v1"])
def test_a_stream_of_thoughts_and_text(asked, version):
    first, *others = asked(model="deepseek-r1", output_version=version).stream("What is 12 * 7?")
    total = first + others
    assert [block["type"] for block in total.content_blocks] == ["reasoning", "text"]
    assert "84" in total.text
    assert total.response_metadata["finish_reason"] == "stop"


def test_a_tool_call(asked):
    def get_weather(city: str) -> str:
        """Tell the weather of a city."""
        return city

    model = asked().bind_tools([get_weather], tool_choice="any")
    (call,) = model.invoke("What is the weather in Paris?").tool_calls
    assert (call["name"], call["args"]) == ("get_weather", {"city": "Paris"})


def test_a_search_and_its_sources(asked):
    model = asked(model="deepseek-chat", web_search=WebSearch(results=3))
    message = model.invoke("What is in the news about AI today?")
    assert message.response_metadata["citations"]
    (text,) = message.content_blocks
    assert all(note["url"].startswith("http") for note in text["annotations"])


def test_recordings_hold_nothing_secret_and_name_their_source(request):
    written = list((request.path.parent / "cassettes").rglob("*.yaml"))
    assert written
    for path in written:
        text = path.read_text("utf-8")
        for secret in ("authorization", "cookie", "bearer", "sk-", emulator_302.EMULATOR_KEY):
            assert secret not in text.lower(), path
        answers = text.count("x-recorded-from:")
        assert answers == text.count("- request:"), path
        assert recordings.FROM_EMULATOR in text or recordings.FROM_GATEWAY in text
