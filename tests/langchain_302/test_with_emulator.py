"""ChatAI302 against the emulator: images are read, the web is searched, agents call tools."""

import base64
import io

import pytest
from langchain.agents import create_agent
from langchain_core.messages import HumanMessage
from PIL import Image, ImageDraw, ImageFont
from pydantic import BaseModel

from core_302 import (
    AuthenticationError,
    InvalidRequestError,
    ModelNotAvailableError,
    RateLimitError,
    StreamInterruptedError,
    WebSearch,
)
from emulator_302 import Fault
from tests.drawn import png

pytest_plugins = ["emulator_302.pytest_plugin"]

HEADER = 33  # bytes of a PNG up to the end of its first chunk


@pytest.fixture
def on_emulator(ways, ai302_emulator):
    """Return a function that makes a model on the emulator."""

    def make(**given):
        return ways(ai302_emulator.base_url, api_key=ai302_emulator.api_key, **given)

    return make


def image(*lines):
    """Draw `lines`, and return them as a content block."""
    image = Image.new("RGB", (640, 60 + 50 * len(lines)), "white")
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        pen.text((30, 30 + 50 * row), line, "black", ImageFont.load_default(size=32))
    content = io.BytesIO()
    image.save(content, "PNG")
    data = base64.b64encode(content.getvalue()).decode()
    return {"type": "image", "base64": data, "mime_type": "image/png"}


def asked(text, *blocks):
    return [HumanMessage([{"type": "text", "text": text}, *blocks])]


def test_a_model_that_cannot_see_reads_an_image_by_ocr(on_emulator, ai302_emulator):
    way = on_emulator(model="deepseek-chat", ocr="auto")
    shown = image("Departure 14:35", "Platform 9", "Total 27.50")
    assert "27.50" in way.invoke(asked("What is the total?", shown)).text
    assert ai302_emulator.requests[0].body["ocr_model"] == "gpt-4o-mini"
    assert "14:35" in way.stream(asked("What does this image say?", shown)).text


def test_without_ocr_such_a_model_sees_nothing(on_emulator):
    way = on_emulator(model="deepseek-chat")
    assert "27.50" not in way.invoke(asked("What is the total?", image("Total 27.50"))).text


def test_an_image_that_is_none_is_refused_with_its_place(on_emulator):
    broken = base64.b64encode(png()[:HEADER] + b"broken" * 20).decode()
    block = {"type": "image", "base64": broken, "mime_type": "image/png"}
    with pytest.raises(InvalidRequestError, match=r"messages\[0\]\.content\[1\]"):
        on_emulator(model="gpt-4o").invoke(asked("What is this?", block))


def test_a_search_brings_its_sources_in_invoke_and_in_a_stream(on_emulator):
    way = on_emulator(model="deepseek-chat", web_search=WebSearch(results=3))
    question = "What is in the news about AI today?"
    whole, streamed = way.invoke(question), way.stream(question)
    assert whole.text == streamed.text
    sources = whole.response_metadata["citations"]
    assert 1 <= len(sources) <= 3
    assert sources == streamed.response_metadata["citations"]
    assert all(source["url"].startswith("https://") for source in sources)


def test_excluded_sites_are_no_sources(on_emulator):
    question = "What is in the news about AI today?"
    first = on_emulator(web_search=True).invoke(question).response_metadata["citations"]
    host = first[0]["url"].split("/")[2]
    without = on_emulator(web_search=WebSearch(exclude_sites=[host])).invoke(question)
    assert all(host not in s["url"] for s in without.response_metadata.get("citations", ()))


def test_a_reasoning_model_thinks_in_invoke_and_in_a_stream(on_emulator):
    way = on_emulator(model="deepseek-r1")
    whole, streamed = way.invoke("What is 12 * 7?"), way.stream("What is 12 * 7?")
    assert "84" in whole.text
    thoughts = whole.additional_kwargs["reasoning_content"]
    assert thoughts == streamed.additional_kwargs["reasoning_content"]
    assert whole.usage_metadata == streamed.usage_metadata
    assert whole.usage_metadata["output_token_details"]["reasoning"] > 0


class Receipt(BaseModel):
    """A receipt."""

    shop: str
    total: float


@pytest.mark.parametrize("method", ["function_calling", "json_schema", "json_mode"])
def test_an_image_becomes_an_object(on_emulator, method):
    way = on_emulator(model="gpt-4o")
    structured = way.model.with_structured_output(Receipt, method=method)
    shown = image("Shop: Kiosk", "Total: 4.50")
    text = "Return JSON with the keys shop and total of this receipt."
    found = way.invoke(asked(text, shown), runnable=structured)
    assert found == Receipt(shop="Kiosk", total=4.5)


def get_weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"It is sunny and 21 degrees in {city}."


@pytest.mark.parametrize("model", ["gpt-4o", "deepseek-chat"])
def test_an_agent_calls_its_tool_and_answers_with_what_it_said(on_emulator, ai302_emulator, model):
    way = on_emulator(model=model)
    agent = create_agent(way.model, tools=[get_weather])
    question = {"messages": [("user", "What is the weather in Paris?")]}
    messages = way.invoke(question, runnable=agent)["messages"]
    assert messages[1].tool_calls[0]["args"] == {"city": "Paris"}
    assert "21 degrees" in messages[-1].text
    assert len(ai302_emulator.requests) == 2


def test_an_agent_streams_its_tokens(on_emulator):
    agent = create_agent(on_emulator(model="gpt-4o").model, tools=[get_weather])
    question = {"messages": [("user", "What is the weather in Paris?")]}
    pieces = [chunk.text for chunk, _ in agent.stream(question, stream_mode="messages")]
    assert "21 degrees" in "".join(pieces)
    assert len(pieces) > 5


def test_a_wrong_key_and_an_unknown_model_say_what_to_do(on_emulator, ways, ai302_emulator):
    with pytest.raises(AuthenticationError, match="AI302_API_KEY"):
        ways(ai302_emulator.base_url).invoke()
    with pytest.raises(ModelNotAvailableError, match=r"Client\(\)\.models\(\)"):
        on_emulator(model="no-such-model").invoke()
    assert len(ai302_emulator.requests) == 2


def test_the_emulator_refuses_a_field_that_the_gateway_does_not_know(on_emulator):
    with pytest.raises(InvalidRequestError, match="unknown field 'websearch'"):
        on_emulator(extra_body={"websearch": True}).invoke()


def test_scripted_faults_reach_the_program(on_emulator, ai302_emulator):
    way = on_emulator(model="gpt-4o", max_retries=0)
    ai302_emulator.inject(Fault.error(429, -10003, "slow down", headers={"retry-after": "7"}))
    with pytest.raises(RateLimitError) as caught:
        way.invoke()
    assert caught.value.retry_after == 7
    for fault in (Fault(no_finish=True), Fault(cut_after=700)):
        ai302_emulator.inject(fault)
        with pytest.raises(StreamInterruptedError) as caught:
            way.stream("Say exactly: one two three")
    ai302_emulator.inject(Fault(chunk_size=1))
    assert way.stream("Say exactly: one two three").text == "one two three"
    ai302_emulator.inject(Fault.stream_error(4, -10003, "Network error"))
    with pytest.raises(Exception, match="Network error"):
        way.stream("Say exactly: one two three")


def test_a_history_goes_on(on_emulator):
    way = on_emulator(model="gpt-4o")
    history = [HumanMessage("Hi, I'm Bob."), way.invoke("Hi, I'm Bob.")]
    assert "Bob" in way.invoke([*history, HumanMessage("What is my name?")]).text
