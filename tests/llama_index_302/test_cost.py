"""What calls cost in LlamaIndex: the gateway's records, asked afterwards, each call once."""

import asyncio

import pytest
from llama_index.core.callbacks import CallbackManager, CBEventType
from llama_index.core.llms import ChatMessage, MockLLM
from llama_index.core.tools import FunctionTool

from core_302 import InvalidInputError, NotFoundError, PollPolicy, StreamInterruptedError
from llama_index_302 import AI302, AI302ToolSpec, Bill, CostTracker
from tests.conftest import KEY
from tests.scripted_server import chunk, completion, reply, stream

pytest_plugins = ["emulator_302.pytest_plugin"]

ASK = [ChatMessage(content="Hello")]
NO_RECORD = reply(404, {"error": {"err_code": -10010, "message": "No such record"}})
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def record(cost=0.5, read=10, written=5):
    return reply(200, {"data": {"cost": cost, "input_token": read, "output_token": written}})


def answered(request_id, **more):
    return reply(200, completion(**more), headers={"request-id": request_id} if request_id else {})


@pytest.fixture(params=["blocking", "awaited"])
def run(request):
    """Return a function that calls a method of an object, by its name of one of both kinds."""

    def call(thing, name, *given, **named):
        if request.param == "blocking":
            return getattr(thing, name)(*given, **named)
        return asyncio.run(getattr(thing, f"a{name}")(*given, **named))

    return call


def tracked(url, **given):
    llm = AI302(model="m", api_key=KEY, api_base=url, max_retries=0, **given)
    tracker = CostTracker(llm)
    llm.callback_manager = CallbackManager([tracker])
    return llm, tracker


def test_a_response_tells_its_cost_and_the_key_its_balance(ai302_emulator, run):
    llm = AI302(model="gpt-4o", api_key=ai302_emulator.api_key, api_base=ai302_emulator.base_url)
    for response in (run(llm, "chat", ASK), run(llm, "complete", "Hello")):
        assert run(llm, "cost", response) > 0
        request_id = response.additional_kwargs["request_id"]
        assert ai302_emulator.requests[-1].path == f"/dashboard/record/{request_id}"
    assert run(llm, "balance") > 0
    llm.close()


def test_a_response_without_an_id_says_what_is_missing(server, run):
    server.answer(answered(None))
    llm, _ = tracked(server.url)
    response = llm.chat(ASK)
    with pytest.raises(InvalidInputError, match="request_id"):
        run(llm, "cost", response)
    server.answer(NO_RECORD)
    response.additional_kwargs["request_id"] = "late"
    with pytest.raises(NotFoundError):
        run(llm, "cost", response)


def test_each_call_is_counted_once_and_asked_for_once(server, run):
    server.answer(answered("1"), answered("2"), record(), record(cost=0.25))
    llm, tracker = tracked(server.url)
    run(llm, "chat", ASK)
    run(llm, "complete", "Hello")
    assert run(tracker, "bill") == Bill(2, 0.75, 20, 10, 0)
    assert run(tracker, "bill") == Bill(2, 0.75, 20, 10, 0)
    assert len(server.seen) == 4


def test_a_call_without_a_record_is_missing_and_its_tokens_are_those_of_the_answer(server, run):
    server.answer(answered("1", usage=USAGE), answered(None, usage=USAGE), NO_RECORD)
    llm, tracker = tracked(server.url)
    run(llm, "chat", ASK)
    run(llm, "chat", ASK)
    assert run(tracker, "bill") == Bill(2, 0, 6, 4, 2)


def test_a_stream_is_counted_at_its_end_and_a_broken_one_as_maybe_billed(server, run):
    ends = stream(chunk("x"), chunk(finish="stop", usage=USAGE))
    server.answer(ends, stream(chunk("x")), NO_RECORD)
    llm, tracker = tracked(server.url)
    first, *_ = llm.stream_chat(ASK)
    assert first.delta == "x"
    with pytest.raises(StreamInterruptedError):
        list(llm.stream_chat(ASK))
    bill = run(tracker, "bill")
    assert (bill.calls, bill.missing, bill.input_tokens) == (2, 2, 3)


def test_what_was_refused_and_what_others_answer_costs_nothing_here(server, run):
    server.answer(reply(401, {"error": {"message": "no"}}))
    llm, tracker = tracked(server.url)
    with pytest.raises(Exception, match="no"):
        llm.chat(ASK)
    other = MockLLM(callback_manager=CallbackManager([tracker]))
    other.complete("Hello")
    tracker.on_event_end(CBEventType.QUERY, {})
    with tracker_of_nothing(tracker):
        assert run(tracker, "bill") == Bill(0, 0, 0, 0, 0)


def tracker_of_nothing(tracker):
    """Return LlamaIndex's own way of beginning and ending a trace with this tracker."""
    return CallbackManager([tracker]).as_trace("nothing")


def test_the_jobs_of_tools_are_counted(ai302_emulator, run):
    where = {"api_key": ai302_emulator.api_key, "api_base": ai302_emulator.base_url}
    spec = AI302ToolSpec(**where, polling=PollPolicy(first_wait=0.0))
    tracker = CostTracker(AI302(model="gpt-4o", **where), spec)
    spec.generate_image("a fox")
    bill = run(tracker, "bill")
    assert (bill.calls, bill.missing) == (1, 0)
    assert bill.cost == spec.reports[0]["cost"]
    spec.close()


def test_tokens_are_estimated_without_a_request(server):
    def search(query: str) -> str:
        """Search."""
        return query

    llm, _ = tracked(server.url)
    plain = llm.count_tokens(ASK)
    assert 3 < plain < 12
    assert llm.count_tokens(ASK, [FunctionTool.from_defaults(search)]) > plain + 10
    assert llm.count_tokens([]) < 5
    assert len(llm.token_ids("Hello there")) == 2
    assert not server.seen
