"""Agents of LangChain and LangGraph with our chat model: every way to run them, stop and go on."""

import asyncio
import json
import operator
import sys
from functools import partial

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.agents.structured_output import AutoStrategy, ProviderStrategy, ToolStrategy
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.config import get_stream_writer
from langgraph.types import Command
from pydantic import BaseModel

from core_302 import InvalidRequestError
from langchain_302 import AI302ImageTool
from tests.scripted_server import DONE, chunk, completion, reply, stream

pytest_plugins = ["emulator_302.pytest_plugin"]

# LangGraph finds the run that an awaited step belongs to by asyncio's contexts, which tasks take
# from Python 3.11 on: before, it refuses to interrupt there, and streams no tokens.
BEFORE_3_11 = sys.version_info < (3, 11)
where_steps_know_their_run = pytest.mark.parametrize(
    "ways", ["sync"] if BEFORE_3_11 else ["sync", "async"], indirect=True
)

WEATHER = {"messages": [("user", "What is the weather in Paris?")]}


class Reading(BaseModel):
    """What was measured."""

    city: str
    degrees: int


def get_weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"It is sunny and 21 degrees in {city}."


@pytest.fixture
def on_emulator(ways, ai302_emulator):
    def make(**given):
        return ways(ai302_emulator.base_url, api_key=ai302_emulator.api_key, **given)

    return make


# Structured output


@pytest.mark.parametrize("tools", [[], [get_weather]], ids=["no tools", "a tool"])
@pytest.mark.parametrize("strategy", [ToolStrategy, ProviderStrategy, AutoStrategy])
@pytest.mark.parametrize("model", ["gpt-4o", "deepseek-chat"])
def test_an_agent_ends_with_an_object_by_every_strategy(on_emulator, strategy, tools, model):
    way = on_emulator(model=model)
    agent = create_agent(way.model, tools=tools, response_format=strategy(Reading))
    asked = {"messages": [("user", "What is the weather in Paris? It is 21 degrees there.")]}
    found = way.invoke(asked, runnable=agent)
    assert found["structured_response"] == Reading(city="Paris", degrees=21)


def first_body(way, server, response_format):
    server.answer(reply(200, completion('{"city": "Oslo", "degrees": 3}')))
    agent = create_agent(way.model, tools=[], response_format=response_format)
    return way.invoke(WEATHER, runnable=agent), server.seen[0].json


def test_a_schema_goes_out_without_tools_when_there_are_none(ways, server):
    found, body = first_body(ways(server.url), server, ProviderStrategy(Reading, strict=True))
    assert found["structured_response"] == Reading(city="Oslo", degrees=3)
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["city", "degrees"]
    assert body["response_format"]["json_schema"]["strict"] is True
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & body.keys()


def test_the_catalogue_says_whether_a_bare_schema_is_asked_by_format_or_by_tool(ways, server):
    _, by_format = first_body(ways(server.url, model="gpt-4o"), server, Reading)
    assert "response_format" in by_format
    call = {"id": "c", "function": {"name": "Reading", "arguments": '{"city": "a", "degrees": 1}'}}
    server.seen.clear()
    server.answer(reply(200, completion(None, message={"tool_calls": [call]})))
    way = ways(server.url, model="deepseek-chat")
    agent = create_agent(way.model, tools=[], response_format=Reading)
    assert way.invoke(WEATHER, runnable=agent)["structured_response"].city == "a"
    assert server.seen[0].json["tool_choice"] == "required"


def test_a_class_can_be_the_form_of_the_answer_in_bind_tools(ways, server):
    server.answer(reply(200, completion("{}")))
    way = ways(server.url)
    bound = way.model.bind_tools([], response_format=Reading, parallel_tool_calls=False)
    way.invoke(runnable=bound)
    assert server.seen[0].json["response_format"]["json_schema"]["name"] == "Reading"
    assert "parallel_tool_calls" not in server.seen[0].json


REFUSED = "This response_format type is unavailable now"


@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_takes_no_schema_says_what_to_do_instead(ways, server, stream):
    server.answer(reply(400, {"error": {"message": REFUSED, "err_code": -10003}}))
    way = ways(server.url, streaming=stream)
    agent = create_agent(way.model, tools=[], response_format=ProviderStrategy(Reading))
    with pytest.raises(InvalidRequestError, match=r"function_calling.*ToolStrategy"):
        way.invoke(WEATHER, runnable=agent)
    assert len(server.seen) == 1
    with pytest.raises(InvalidRequestError) as caught:
        way.invoke(response_format={"type": "json_object"})
    assert "ToolStrategy" not in str(caught.value)


# Several tools at once


def test_an_agent_calls_tools_in_parallel_and_pairs_their_results(on_emulator, ai302_emulator):
    way = on_emulator(model="gpt-4o")
    agent = create_agent(way.model, tools=[get_weather])
    asked = {"messages": [("user", "What is the weather in Paris and in Rome?")]}
    messages = way.invoke(asked, runnable=agent)["messages"]
    calls = messages[1].tool_calls
    assert [call["args"]["city"] for call in calls] == ["Paris", "Rome"]
    assert [m.tool_call_id for m in messages[2:4]] == [call["id"] for call in calls]
    assert len(ai302_emulator.requests) == 2


# Streams of a graph


@tool("get_weather")
def reporting_weather(city: str) -> str:
    """Tell the weather of a city."""
    get_stream_writer()({"looking": city})
    return get_weather(city)


def streamed(way, agent, given, mode, config=None):
    if way.kind == "sync":
        return list(agent.stream(given, config, stream_mode=mode))

    async def collect():
        return [piece async for piece in agent.astream(given, config, stream_mode=mode)]

    return asyncio.run(collect())


MODES = {
    "values": lambda pieces: "21 degrees" in pieces[-1]["messages"][-1].text,
    "updates": lambda pieces: [list(p) for p in pieces] == [["model"], ["tools"], ["model"]],
    "messages": lambda pieces: "21 degrees" in "".join(m.text for m, _ in pieces[-40:]),
    "custom": lambda pieces: pieces == [{"looking": "Paris"}],
    "debug": lambda pieces: {"checkpoint", "task", "task_result"} >= {p["type"] for p in pieces},
    "tasks": lambda pieces: (
        [p["name"] for p in pieces if "input" in p] == ["model", "tools", "model"]
    ),
    "checkpoints": lambda pieces: "21 degrees" in pieces[-1]["values"]["messages"][-1].text,
}


@pytest.mark.parametrize("mode", MODES)
def test_an_agent_streams_in_every_mode_of_langgraph(on_emulator, mode):
    way = on_emulator(model="gpt-4o")
    agent = create_agent(way.model, tools=[reporting_weather], checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "1"}}
    pieces = streamed(way, agent, WEATHER, mode, config)
    assert MODES[mode](pieces)


def test_an_agent_streams_in_several_modes_at_once(on_emulator):
    way = on_emulator(model="gpt-4o")
    agent = create_agent(way.model, tools=[reporting_weather])
    pieces = streamed(way, agent, WEATHER, ["updates", "messages", "custom"])
    assert {mode for mode, _ in pieces} == {"updates", "messages", "custom"}


@where_steps_know_their_run
def test_streamed_tokens_add_up_to_the_message_of_the_state_and_count_once(on_emulator):
    way = on_emulator(model="deepseek-r1")
    agent = create_agent(way.model, tools=[])
    asked = {"messages": [("user", "What is 12 * 7?")]}
    pieces = streamed(way, agent, asked, ["messages", "values"])
    tokens = [piece[0] for mode, piece in pieces if mode == "messages"]
    total = operator.add(tokens[0], tokens[1])
    for token in tokens[2:]:
        total += token
    final = pieces[-1][1]["messages"][-1]
    assert (total.text, total.usage_metadata) == (final.text, final.usage_metadata)
    assert total.id == final.id
    assert total.content_blocks[0]["type"] == final.content_blocks[0]["type"] == "reasoning"
    assert final.response_metadata["request_id"] == total.response_metadata["request_id"]


# Stop, and go on


@pytest.fixture
def drawing(on_emulator, ai302_emulator):
    """Return a way, and a tool that draws for money."""
    way = on_emulator(model="gpt-4o")
    draw = AI302ImageTool(
        api_key=ai302_emulator.api_key,
        base_url=ai302_emulator.base_url,
        trusted_hosts=(ai302_emulator.file_host,),
    )
    yield way, draw
    draw.close()
    asyncio.run(draw.aclose())


def agent_that_asks(way, draw, saver):
    ask = HumanInTheLoopMiddleware(interrupt_on={draw.name: True})
    return create_agent(way.model, tools=[draw], middleware=[ask], checkpointer=saver)


DRAW = {"messages": [("user", "Draw an image of a lighthouse at dusk.")]}
THREAD = {"configurable": {"thread_id": "1"}}
YES = Command(resume={"decisions": [{"type": "approve"}]})
NO = Command(resume={"decisions": [{"type": "reject", "message": "Too dear"}]})


def images_ordered(gateway):
    return sum("image" in entry.path for entry in gateway.requests if entry.method == "POST")


def check_the_image(messages):
    (drawn,) = [message for message in messages if message.type == "tool"]
    assert drawn.artifact["images"][0]["url"].startswith("http")
    assert drawn.artifact["request_id"]
    assert drawn.artifact["cost"] > 0


@where_steps_know_their_run
def test_a_paid_tool_waits_for_a_persons_word(drawing, ai302_emulator):
    way, draw = drawing
    agent = agent_that_asks(way, draw, InMemorySaver())
    stopped = way.invoke(DRAW, runnable=agent, config=THREAD)
    assert stopped["__interrupt__"][0].value["action_requests"][0]["name"] == "generate_image"
    assert images_ordered(ai302_emulator) == 0
    done = way.invoke(YES, runnable=agent, config=THREAD)
    assert images_ordered(ai302_emulator) == 1
    check_the_image(done["messages"])


@where_steps_know_their_run
def test_a_paid_tool_that_a_person_refuses_is_never_ordered(drawing, ai302_emulator):
    way, draw = drawing
    agent = agent_that_asks(way, draw, InMemorySaver())
    way.invoke(DRAW, runnable=agent, config=THREAD)
    done = way.invoke(NO, runnable=agent, config=THREAD)
    assert images_ordered(ai302_emulator) == 0
    assert "Too dear" in next(m.text for m in done["messages"] if m.type == "tool")
    assert done["messages"][-1].type == "ai"


@where_steps_know_their_run
def test_an_agent_goes_on_in_another_process_life_from_a_file(drawing, ai302_emulator, tmp_path):
    way, draw = drawing
    path = str(tmp_path / "checkpoints.sqlite")

    def step(given):
        if way.kind == "sync":
            with SqliteSaver.from_conn_string(path) as saver:
                return agent_that_asks(way, draw, saver).invoke(given, THREAD)

        async def asynchronous():
            async with AsyncSqliteSaver.from_conn_string(path) as saver:
                return await agent_that_asks(way, draw, saver).ainvoke(given, THREAD)

        return asyncio.run(asynchronous())

    assert "__interrupt__" in step(DRAW)
    check_the_image(step(YES)["messages"])
    asked = {"messages": [("user", "Thank you!")]}
    messages = step(asked)["messages"]  # the artifact came back from the file twice by now
    check_the_image(messages)
    assert images_ordered(ai302_emulator) == 1
    assert messages[-1].type == "ai"


def test_a_deep_agent_plans_and_answers(on_emulator):
    deepagents = pytest.importorskip(
        "deepagents",
        reason="not in the dev group: it brings the SDKs of two vendors (pip install deepagents)",
    )
    way = on_emulator(model="gpt-4o")
    agent = deepagents.create_deep_agent(model=way.model, tools=[get_weather])
    messages = way.invoke(WEATHER, runnable=agent)["messages"]
    assert "21 degrees" in messages[-1].text


# Calls that come without ids, as from Gemini's OpenAI form


def call_without_id(city):
    arguments = json.dumps({"city": city})
    return {
        "id": "",
        "type": "function",
        "function": {"name": "get_weather", "arguments": arguments},
    }


def calls_without_ids(cities, way):
    calls = [call_without_id(city) for city in cities]
    if way == "whole":
        return reply(200, completion(None, finish="tool_calls", message={"tool_calls": calls}))
    pieces = [chunk(delta={"tool_calls": [call]}) for call in calls]
    return stream(*pieces, chunk(finish="tool_calls"), DONE)


def said(text, way):
    if way == "whole":
        return reply(200, completion(text))
    return stream(chunk(text), chunk(finish="stop"), DONE)


@pytest.mark.parametrize("way", ["whole", "streamed"])
@where_steps_know_their_run
def test_an_agent_runs_calls_without_ids_and_every_id_is_one_of_its_own(ways, server, way):
    turns = [calls_without_ids(["Oslo", "Rome"], way), calls_without_ids(["Oslo"], way)]
    server.answer(*turns, said("Sunny.", way))
    model = ways(server.url, disable_streaming=way == "whole")
    agent = create_agent(model.model, tools=[get_weather])
    run = model.invoke if way == "whole" else partial(last_state_of, model)
    found = run(WEATHER, runnable=agent)
    assert found["messages"][-1].text == "Sunny."
    sent = server.seen[-1].json["messages"]
    asked = [call["id"] for message in sent for call in message.get("tool_calls", ())]
    answered = [message["tool_call_id"] for message in sent if message["role"] == "tool"]
    assert len(set(asked)) == 3
    assert asked == answered


def last_state_of(model, asked, runnable):
    modes = ["values", "messages"]  # "messages" makes LangGraph stream the model

    async def run():
        return [item async for item in runnable.astream(asked, stream_mode=modes)]

    if model.kind == "async":
        items = asyncio.run(run())
    else:
        items = list(runnable.stream(asked, stream_mode=modes))
    return [state for mode, state in items if mode == "values"][-1]


# What strict vendors refuse


@tool("weather.get/now")
def odd_weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"21 degrees in {city}"


def test_an_agent_finds_a_tool_whose_name_the_wire_does_not_take(ways, server):
    function = {"name": "weather_get_now", "arguments": '{"city": "Oslo"}'}
    call = {"id": "c1", "type": "function", "function": function}
    calls = reply(200, completion(None, message={"tool_calls": [call]}))
    server.answer(calls, reply(200, completion("It is mild.")))
    way = ways(server.url)
    agent = create_agent(way.model, tools=[odd_weather], name="my agent")
    found = way.invoke(WEATHER, runnable=agent)
    assert found["messages"][-1].text == "It is mild."
    assert found["messages"][1].tool_calls[0]["name"] == "weather.get/now"
    sent = server.seen[1].json["messages"]
    assert sent[1]["tool_calls"] == [call]
    assert sent[1]["name"] == "my_agent"
    assert sent[2]["content"] == "21 degrees in Oslo"


def test_a_tool_strategy_works_with_a_model_that_refuses_to_be_forced(ways, server):
    function = {"name": "Reading", "arguments": '{"city": "Oslo", "degrees": 3}'}
    call = {"id": "c1", "type": "function", "function": function}
    server.answer(reply(200, completion(None, message={"tool_calls": [call]})))
    way = ways(server.url, model="deepseek-v4-pro")
    agent = create_agent(way.model, tools=[], response_format=ToolStrategy(Reading))
    found = way.invoke(WEATHER, runnable=agent)
    assert found["structured_response"] == Reading(city="Oslo", degrees=3)
    assert server.seen[0].json["tool_choice"] == "auto"
    assert server.seen[0].json["messages"][0]["role"] == "system"


def test_a_provider_strategy_reads_an_answer_in_a_code_fence(ways, server):
    server.answer(reply(200, completion('```json\n{"city": "Oslo", "degrees": 3}\n```')))
    agent = create_agent(
        ways(server.url).model, tools=[], response_format=ProviderStrategy(Reading)
    )
    found = ways(server.url).invoke(WEATHER, runnable=agent)
    assert found["structured_response"] == Reading(city="Oslo", degrees=3)
