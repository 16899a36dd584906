"""What the emulator's model can do: read pictures, search, call tools, fill schemas."""

import json
from datetime import date

import pytest
from PIL import Image

from tests.emulator_302.caller import data_uri, picture, shown

TODAY = date.today().isoformat()  # noqa: DTZ011 - the emulator has the reader's own day too
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather of a place.",
        "parameters": {
            "type": "object",
            "properties": {
                "location": {"type": "string"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            },
            "required": ["location"],
        },
    },
}
ADD = {
    "type": "function",
    "function": {
        "name": "my_adder_tool",
        "description": "Takes two integers, a and b, and returns their sum.",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"],
        },
    },
}
MAGIC = {
    "type": "function",
    "function": {
        "name": "magic_function",
        "description": "Apply a magic function to an input.",
        "parameters": {
            "type": "object",
            "properties": {"input": {"type": "integer"}},
            "required": ["input"],
        },
    },
}
CUSTOMER = {
    "type": "function",
    "function": {
        "name": "unicode_customer",
        "description": "Tool for creating a customer with Unicode name.",
        "parameters": {
            "type": "object",
            "properties": {
                "customer_name": {"type": "string"},
                "description": {"type": "string"},
            },
            "required": ["customer_name", "description"],
        },
    },
}
RECEIPT = ("CORNER CAFE", "Subtotal 37.10", "Tax 5.40", "Total 42.50")


def arguments(call):
    return json.loads(call["function"]["arguments"])


def called(message):
    return [(c["function"]["name"], arguments(c)) for c in message.get("tool_calls") or ()]


# Pictures


def test_a_model_that_sees_reads_a_picture(caller):
    content = caller.ask(shown(picture(*RECEIPT)))["content"]
    for word in ("CORNER", "37.10", "5.40", "42.50"):
        assert word in content


def test_the_line_that_answers_the_question_is_quoted(caller):
    content = caller.ask(shown(picture(*RECEIPT), "What is the total?"))["content"]
    assert "42.50" in content
    assert "37.10" not in content


@pytest.mark.parametrize("more", [{"ocr_model": "gpt-4o-mini"}, {"model": "gpt-3.5-turbo-ocr"}])
def test_ocr_lets_a_text_model_read(caller, more):
    given = {"model": "gpt-3.5-turbo", **more}
    assert "42.50" in caller.ask(shown(picture(*RECEIPT)), **given)["content"]


def test_a_text_model_without_ocr_answers_hollowly(caller):
    content = caller.ask(shown(picture(*RECEIPT)), model="gpt-3.5-turbo")["content"]
    assert "42.50" not in content


@pytest.mark.parametrize(
    "uri",
    [
        "data:image/png;base64,bm8gcGljdHVyZQ==",
        "data:image/png;base64,@@@",
        "data:image/png",
        data_uri(Image.new("RGB", (9, 200))),
        "file:///etc/hosts",
        "http://192.0.2.1/picture.png",
    ],
)
def test_what_is_no_picture_is_refused_with_its_place(caller, uri):
    reply = caller.post(shown(uri))
    assert reply.status_code == 400
    assert "messages[0].content[1].image_url" in reply.json()["error"]["message"]


# The web


def test_a_search_cites_what_it_says(caller):
    reply = caller.post("What is in the news today?", **{"web-search": True}).json()
    assert reply["citations"]
    content = reply["choices"][0]["message"]["content"]
    assert "[1]" in content
    assert "[2]" in content
    assert TODAY in content


def test_a_stream_carries_the_citations(caller):
    events = caller.stream("What is in the news today?", model="gpt-3.5-turbo-web-search")
    assert any(event.get("citations") for event in events)


def test_the_field_switches_the_suffix_off(caller):
    given = {"model": "gpt-3.5-turbo-web-search", "web-search": False}
    assert "citations" not in caller.post("What is in the news today?", **given).json()


def test_sites_are_included_and_excluded(caller):
    def cited(**more):
        reply = caller.post("What is in the news today?", **{"web-search": True}, **more).json()
        return reply.get("citations", [])

    first = cited()[0]
    host = first.split("/")[2]
    assert all(host in url for url in cited(**{"search-include-sites": [host]}))
    assert all(host not in url for url in cited(**{"search-exclude-sites": [host]}))
    assert len(cited(**{"search-results": 1})) == 1


# Tools


def test_the_tool_that_fits_is_called(caller):
    asked = "What is the weather in San Francisco?"
    reply = caller.post(asked, tools=[ADD, WEATHER]).json()["choices"][0]
    assert called(reply["message"]) == [("get_weather", {"location": "San Francisco"})]
    assert reply["finish_reason"] == "tool_calls"


def test_numbers_fill_integers_in_order(caller):
    asked = "What is 11 + 49? Use my_adder_tool."
    assert called(caller.ask(asked, tools=[ADD])) == [("my_adder_tool", {"a": 11, "b": 49})]
    asked = "What is the value of magic_function(3)? Use the tool."
    assert called(caller.ask(asked, tools=[MAGIC])) == [("magic_function", {"input": 3})]


def test_an_enum_member_in_the_text_is_taken(caller):
    asked = "What is the weather in Oslo in Celsius?"
    assert called(caller.ask(asked, tools=[WEATHER])) == [
        ("get_weather", {"location": "Oslo", "unit": "celsius"})
    ]


def test_unicode_arguments_stay_as_they_are(caller):
    asked = "Create a customer named '你好啊集团' (Hello Group) - a Chinese technology company"
    message = caller.ask(asked, tools=[CUSTOMER], tool_choice="required")
    call = message["tool_calls"][0]
    assert "你好啊集团" in call["function"]["arguments"]
    assert set(arguments(call)) == {"customer_name", "description"}


def test_the_tool_choice_is_obeyed(caller):
    asked = "What is the weather in Oslo?"
    assert called(caller.ask(asked, tools=[WEATHER], tool_choice="none")) == []
    named = {"type": "function", "function": {"name": "my_adder_tool"}}
    ((name, given),) = called(caller.ask("Hello", tools=[WEATHER, ADD], tool_choice=named))
    assert name == "my_adder_tool"
    assert all(isinstance(value, int) for value in given.values())
    assert len(called(caller.ask("Hello", tools=[WEATHER, ADD], tool_choice="required"))) == 1


def test_small_talk_calls_no_tool(caller):
    assert called(caller.ask("Hello, how are you?", tools=[WEATHER, ADD])) == []


def test_two_places_are_two_calls(caller):
    asked = "What is the weather in Oslo and in Rome?"
    message = caller.ask(asked, tools=[WEATHER])
    assert [given["location"] for _, given in called(message)] == ["Oslo", "Rome"]
    assert len({call["id"] for call in message["tool_calls"]}) == 2
    alone = caller.ask(asked, tools=[WEATHER], parallel_tool_calls=False)
    assert len(called(alone)) == 1


def test_an_agent_runs_to_its_end(caller):
    messages = [{"role": "user", "content": "What is the weather in Oslo and what is 2 + 3?"}]
    done = []
    for _ in range(5):
        message = caller.ask(messages, tools=[WEATHER, ADD], parallel_tool_calls=False)
        if not message.get("tool_calls"):
            break
        (call,) = message["tool_calls"]
        done.append(call["function"]["name"])
        result = {"get_weather": "Snow, -3 degrees", "my_adder_tool": "5"}[done[-1]]
        messages += [message, {"role": "tool", "tool_call_id": call["id"], "content": result}]
    assert sorted(done) == ["get_weather", "my_adder_tool"]
    assert "Snow, -3 degrees" in message["content"]
    assert "5" in message["content"]


def test_a_streamed_call_comes_in_fragments(caller):
    calls = {}
    for event in caller.stream("What is the weather in Oslo and in Rome?", tools=[WEATHER]):
        for part in event["choices"][0]["delta"].get("tool_calls", ()):
            calls.setdefault(part["index"], []).append(part)
    assert set(calls) == {0, 1}
    for (first, *rest), place in zip(calls.values(), ("Oslo", "Rome"), strict=True):
        assert first["id"]
        assert first["function"] == {"name": "get_weather", "arguments": ""}
        assert len(rest) > 1
        assert all("id" not in part for part in rest)
        whole = "".join(part["function"]["arguments"] for part in rest)
        assert json.loads(whole)["location"] == place


# JSON


def test_a_schema_is_filled_with_its_types(caller):
    schema = {
        "type": "object",
        "$defs": {
            "Person": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
                "required": ["name", "age"],
            }
        },
        "properties": {
            "people": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Person"}},
            "mood": {"enum": ["glad", "sad"]},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["people", "mood", "note"],
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "Group", "schema": schema}}
    asked = "Anna is 31 years old and glad."
    given = json.loads(caller.ask(asked, response_format=wanted)["content"])
    assert set(given) == {"people", "mood", "note"}
    assert given["mood"] == "glad"
    assert given["people"][0]["age"] == 31
    assert isinstance(given["people"][0]["name"], str)


def test_json_mode_takes_its_keys_from_the_prompt(caller):
    asked = "Tell me a joke about cats. Return JSON with keys setup, punchline."
    content = caller.ask(asked, response_format={"type": "json_object"})["content"]
    assert set(json.loads(content)) == {"setup", "punchline"}


# Talk


def test_it_echoes_and_reckons_and_remembers(caller):
    assert "blue whale" in caller.ask("Say exactly: blue whale")["content"]
    assert "12" in caller.ask("What is 3 * 4?")["content"]
    messages = [
        {"role": "user", "content": "My name is Ada."},
        {"role": "assistant", "content": "Hello Ada."},
        {"role": "user", "content": "What is my name?"},
    ]
    assert "Ada" in caller.ask(messages)["content"]


def test_without_a_search_it_does_not_know_the_news(caller):
    reply = caller.post("What is in the news today?").json()
    assert "citations" not in reply
    assert TODAY not in reply["choices"][0]["message"]["content"]


CONTEXT = "HARBOUR LIGHT BAKERY\nDate: 2026-11-14\nVAT 7% 2.10\nTOTAL EUR 32.10"
LINE = "-" * 21
PROMPTS = {
    "llama-index": f"Context information is below.\n{LINE}\n{{context}}\n{LINE}\nGiven the context "
    "information and not prior knowledge, answer the query.\nQuery: {asked}\nAnswer: ",
    "hub": "You are an assistant.\nQuestion: {asked} \nContext: {context} \nAnswer:",
    "tutorial": "By the context.\n\nContext:\n{context}\n\nQuestion: {asked}\nHelpful Answer:",
}


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS.keys())
@pytest.mark.parametrize(
    ("asked", "says"),
    [("What is the total?", "TOTAL EUR 32.10"), ("Who flew?", "The context does not say.")],
)
def test_the_frameworks_own_prompts_are_answered_from_their_context(caller, prompt, asked, says):
    assert caller.ask(prompt.format(context=CONTEXT, asked=asked))["content"] == says


def test_a_percentage_before_a_number_is_no_sum(caller):
    assert "0.7" not in caller.ask("Is VAT 7% 2.10 on the receipt?")["content"]
    assert caller.ask("What is 7 % 2?")["content"] == "7 % 2 = 1"
