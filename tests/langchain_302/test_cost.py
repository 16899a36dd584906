"""What calls cost: the gateway's records, asked afterwards, each call once."""

import asyncio

import pytest
from langchain.agents import create_agent
from langchain_core.caches import InMemoryCache
from langchain_core.exceptions import ModelInvalidRequestError, ModelPermissionDeniedError
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, Generation, LLMResult

from core_302 import InvalidInputError, MalformedReplyError, NotFoundError, StreamInterruptedError
from emulator_302 import Fault
from langchain_302 import AI302ImageTool, Bill, ChatAI302, CostTracker
from tests.conftest import KEY
from tests.scripted_server import chunk, completion, reply, stream

pytest_plugins = ["emulator_302.pytest_plugin"]


@pytest.fixture
def on_emulator(ways, ai302_emulator):
    def make(**given):
        return ways(ai302_emulator.base_url, api_key=ai302_emulator.api_key, **given)

    return make


def ask(way, name, *given):
    if way.kind == "sync":
        return getattr(way.model, name)(*given)
    return asyncio.run(getattr(way.model, f"a{name}")(*given))


def bill(way, tracker):
    return tracker.bill() if way.kind == "sync" else asyncio.run(tracker.abill())


def record(cost=0.5, read=10, written=5):
    return reply(200, {"data": {"cost": cost, "input_token": read, "output_token": written}})


def answered(request_id, **more):
    return reply(200, completion(**more), headers={"request-id": request_id} if request_id else {})


NO_RECORD = reply(404, {"error": {"err_code": -10010, "message": "No such record"}})
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


# One message, and the balance


def test_a_message_tells_its_cost(on_emulator, ai302_emulator):
    way = on_emulator()
    for message in (way.invoke(), way.stream()):
        assert ask(way, "cost", message) > 0
        request_id = message.response_metadata["request_id"]
        assert ai302_emulator.requests[-1].path == f"/dashboard/record/{request_id}"


def test_a_message_without_a_request_id_has_no_cost_and_says_so(ways, server):
    with pytest.raises(InvalidInputError, match="not an answer of ChatAI302") as caught:
        ask(ways(server.url), "cost", AIMessage("x"))
    assert isinstance(caught.value, ModelInvalidRequestError)
    assert not server.seen


def test_a_record_that_is_not_there_yet_is_an_error_that_says_so(ways, server):
    server.answer(NO_RECORD)
    message = AIMessage("x", response_metadata={"request_id": "r?1"})
    with pytest.raises(NotFoundError, match="No such record"):
        ask(ways(server.url), "cost", message)
    assert server.seen[0].path == "/dashboard/record/r%3F1"


def test_the_balance_is_told(on_emulator):
    assert ask(on_emulator(), "balance") == 100.0


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "data": {"balance": "12.5"}},
        {"data": {"balance": 12.5}},
        {"balance": 12.5, "total": 20},
    ],
)
def test_a_balance_is_read_in_every_known_form(connect, server, body):
    server.answer(reply(200, body))
    assert connect(server.url).call("balance") == 12.5
    assert (server.seen[0].method, server.seen[0].path) == ("GET", "/dashboard/balance")


@pytest.mark.parametrize(
    "body", [{"data": {}}, {"data": {"balance": None}}, {"balance": "much"}, {"balance": "inf"}]
)
def test_a_balance_in_no_known_form_is_an_error(connect, server, body):
    server.answer(reply(200, body))
    with pytest.raises(MalformedReplyError, match="a balance"):
        connect(server.url).call("balance")


def test_a_key_that_may_not_see_the_balance_is_told_so(ways, server):
    server.answer(reply(403, {"error": {"message": "no permission"}}))
    with pytest.raises(ModelPermissionDeniedError):
        ask(ways(server.url), "balance")


# A run


def get_weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"It is sunny and 21 degrees in {city}."


def test_a_run_of_an_agent_has_one_bill(on_emulator):
    way = on_emulator()
    tracker = CostTracker(way.model)
    agent = create_agent(way.model, tools=[get_weather])
    question = {"messages": [("user", "What is the weather in Paris?")]}
    messages = way.invoke(question, runnable=agent, config={"callbacks": [tracker]})["messages"]
    answers = [message for message in messages if message.type == "ai"]
    found = bill(way, tracker)
    assert found.calls == len(answers) == 2
    assert found.cost == pytest.approx(sum(ask(way, "cost", message) for message in answers))
    assert found.input_tokens == sum(m.usage_metadata["input_tokens"] for m in answers)
    assert found.output_tokens == sum(m.usage_metadata["output_tokens"] for m in answers)
    assert found.missing == 0


def test_a_streamed_call_is_counted_once_and_its_record_asked_for_once(on_emulator, ai302_emulator):
    way = on_emulator()
    tracker = CostTracker(way.model)
    way.stream(config={"callbacks": [tracker]})
    first, second = bill(way, tracker), bill(way, tracker)
    assert first == second
    assert (first.calls, first.missing) == (1, 0)
    assert len(ai302_emulator.requests) == 2


def test_a_missing_record_is_said_and_asked_for_again(ways, server):
    server.answer(answered("r1", usage=USAGE), NO_RECORD, record(cost=0.25))
    way = ways(server.url)
    tracker = CostTracker(way.model)
    way.invoke(config={"callbacks": [tracker]})
    assert bill(way, tracker) == Bill(1, 0, input_tokens=3, output_tokens=2, missing=1)
    assert bill(way, tracker) == Bill(1, 0.25, input_tokens=10, output_tokens=5, missing=0)


def test_an_answer_without_a_request_id_is_missing_for_good(ways, server):
    server.answer(answered(None, usage=USAGE))
    way = ways(server.url)
    tracker = CostTracker(way.model)
    way.invoke(config={"callbacks": [tracker]})
    assert bill(way, tracker) == Bill(1, 0, input_tokens=3, output_tokens=2, missing=1)
    assert len(server.seen) == 1


def test_several_answers_of_one_call_are_one_call(server):
    body = completion("one", usage=USAGE)
    body["choices"].append({"index": 1, "message": {"content": "two"}, "finish_reason": "stop"})
    for headers in ({"request-id": "r1"}, {}):
        server.answer(reply(200, body, headers=headers), record())
        with ChatAI302(model="m", api_key=KEY, base_url=server.url, n=2) as model:
            tracker = CostTracker(model)
            model.generate([[HumanMessage("x")]], callbacks=[tracker])
            assert tracker.bill().calls == 1


def test_an_answer_from_a_cache_costs_nothing(ways, server):
    server.answer(answered("r1", usage=USAGE), record())
    way = ways(server.url, cache=InMemoryCache())
    way.invoke()
    tracker = CostTracker(way.model)
    way.invoke(config={"callbacks": [tracker]})
    assert bill(way, tracker) == Bill(0, 0, 0, 0, 0)
    assert len(server.seen) == 1


def test_a_stream_that_broke_counts_as_it_may_be_billed(ways, server):
    server.answer(stream(chunk("Hel"), headers={"request-id": "r1"}), record(cost=0.25))
    way = ways(server.url)
    tracker = CostTracker(way.model)
    with pytest.raises(StreamInterruptedError):
        way.stream(config={"callbacks": [tracker]})
    assert (bill(way, tracker).calls, bill(way, tracker).cost) == (1, 0.25)


def test_a_call_that_was_refused_is_not_counted(on_emulator, ai302_emulator):
    way = on_emulator(max_retries=0)
    tracker = CostTracker(way.model)
    ai302_emulator.inject(Fault.error(429, -10003, "slow down"))
    with pytest.raises(Exception, match="slow down"):
        way.invoke(config={"callbacks": [tracker]})
    with pytest.raises(InvalidInputError):
        way.invoke(temperature=9, config={"callbacks": [tracker]})
    assert bill(way, tracker).calls == 0


def test_images_that_an_agent_ordered_are_on_the_bill(on_emulator, ai302_emulator):
    way = on_emulator()
    settings = {"api_key": ai302_emulator.api_key, "base_url": ai302_emulator.base_url}
    with AI302ImageTool(**settings, trusted_hosts=(ai302_emulator.file_host,)) as draw:
        agent = create_agent(way.model, tools=[draw])
        tracker = CostTracker(way.model)
        asked = {"messages": [("user", "Draw an image of a lighthouse at dusk.")]}
        messages = way.invoke(asked, runnable=agent, config={"callbacks": [tracker]})["messages"]
        asyncio.run(draw.aclose())
    drawn = next(message for message in messages if message.type == "tool")
    talked = sum(ask(way, "cost", message) for message in messages if message.type == "ai")
    found = bill(way, tracker)
    assert found.cost == pytest.approx(talked + drawn.artifact["cost"])
    assert (found.calls, found.missing) == (3, 0)


def test_each_call_of_a_tool_that_reads_a_file_is_on_the_bill(ways, server):
    server.answer(reply(200, {"data": {"cost": 0.5}}))
    way = ways(server.url)
    calls = {"kind": "text", "model": None, "request_id": "r2", "cost_ids": ["u1", "r2"]}
    tracker = CostTracker(way.model)
    tracker.on_tool_end(ToolMessage("x", tool_call_id="1", artifact=calls))
    nothing = {"kind": "text", "model": None, "request_id": None, "cost_ids": []}
    tracker.on_tool_end(ToolMessage("x", tool_call_id="2", artifact=nothing))
    found = bill(way, tracker)
    assert (found.calls, found.cost, found.missing) == (2, 1.0, 0)
    assert [seen.path for seen in server.seen] == ["/dashboard/record/u1", "/dashboard/record/r2"]


def test_other_providers_and_other_tools_are_not_counted(ways, server):
    way = ways(server.url)
    tracker = CostTracker(way.model)
    other = ChatGeneration(message=AIMessage("x", response_metadata={"request_id": "theirs"}))
    tracker.on_llm_end(LLMResult(generations=[[other], [Generation(text="x")]]))
    tracker.on_tool_end("a text")
    tracker.on_llm_error(ValueError("x"))
    assert bill(way, tracker) == Bill(0, 0, 0, 0, 0)


def test_a_key_that_may_not_read_records_is_told_so(ways, server):
    server.answer(answered("r1"), reply(403, {"error": {"message": "no permission"}}))
    way = ways(server.url)
    tracker = CostTracker(way.model)
    way.invoke(config={"callbacks": [tracker]})
    with pytest.raises(ModelPermissionDeniedError):
        bill(way, tracker)
