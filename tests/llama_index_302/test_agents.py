"""Agents of LlamaIndex on the emulator: tools, memory, hand-offs, objects, events as they come."""

import asyncio

import pytest
from llama_index.core.agent.workflow import AgentStream, AgentWorkflow, FunctionAgent, ReActAgent
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.tools import FunctionTool
from pydantic import BaseModel

from llama_index_302 import AI302
from tests.llama_index_contract.stage import TOOLS
from tests.scripted_server import DONE, chunk, completion, reply, stream

pytest_plugins = ["emulator_302.pytest_plugin"]
# LlamaIndex's own agents use what its workflows have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:is_running called:DeprecationWarning")


class Total(BaseModel):
    """A total."""

    amount: float


@pytest.fixture
def llm(ai302_emulator):
    with AI302(
        model="gpt-4o", api_base=ai302_emulator.base_url, api_key=ai302_emulator.api_key
    ) as made:
        yield made


def test_a_function_agent_calls_a_tool_and_streams_its_answer(llm):
    async def run():
        handler = FunctionAgent(tools=list(TOOLS), llm=llm).run("What is 2 plus 3? Use add.")
        pieces = [e.delta async for e in handler.stream_events() if isinstance(e, AgentStream)]
        return str(await handler), "".join(pieces)

    answer, streamed = asyncio.run(run())
    assert "5" in answer
    assert answer in streamed


def test_a_react_agent_calls_a_tool_and_answers(server):
    steps = (
        'Thought: I need a tool.\nAction: add\nAction Input: {"a": 2, "b": 3}',
        "Thought: I can answer without using any more tools.\nAnswer: It is 5",
    )
    server.answer(*(stream(chunk(step), chunk(finish="stop"), DONE) for step in steps))

    async def run():
        async with AI302(model="m1", api_base=server.url, api_key="test-key-not-real") as llm:
            return str(await ReActAgent(tools=list(TOOLS), llm=llm).run("What is 2 plus 3?"))

    assert asyncio.run(run()) == "It is 5"
    assert "Observation: 5" in str(server.seen[1].json["messages"])


def test_an_agent_remembers(llm, ai302_emulator):
    async def run():
        memory = ChatMemoryBuffer.from_defaults(llm=llm)
        await FunctionAgent(llm=llm).run("My name is Ada.", memory=memory)
        await FunctionAgent(llm=llm).run("Say exactly: hello", memory=memory)

    asyncio.run(run())
    assert "My name is Ada." in str(ai302_emulator.requests[-1].body["messages"])


def test_agents_hand_over_to_each_other(server):
    arguments = '{"to_agent": "second", "reason": "it knows"}'
    call = {"index": 0, "id": "a", "function": {"name": "handoff", "arguments": arguments}}
    server.answer(
        stream(chunk(delta={"tool_calls": [call]}), chunk(finish="tool_calls"), DONE),
        stream(chunk("Second here"), chunk(finish="stop"), DONE),
    )

    async def run():
        llm = AI302(model="m1", api_base=server.url, api_key="test-key-not-real")
        agents = [
            FunctionAgent(name="first", description="Asks.", llm=llm, can_handoff_to=["second"]),
            FunctionAgent(name="second", description="Knows.", llm=llm),
        ]
        workflow = AgentWorkflow(agents=agents, root_agent="first")
        answer = str(await workflow.run(user_msg="Hi"))
        await llm.aclose()
        return answer

    assert asyncio.run(run()) == "Second here"
    assert len(server.seen) == 2


def test_an_agent_answers_with_an_object(llm):
    async def run():
        agent = FunctionAgent(llm=llm, output_cls=Total, tools=list(TOOLS))
        result = await agent.run("Say exactly: the amount is 32.10")
        return result.structured_response

    assert Total.model_validate(asyncio.run(run())).amount == 32.10


@pytest.mark.parametrize("streaming", [True, False])
def test_an_agent_runs_calls_without_ids_and_every_id_is_one_of_its_own(server, streaming):
    def turn(*sums):
        calls = [
            {"id": "", "function": {"name": "add", "arguments": f'{{"a": {a}, "b": {b}}}'}}
            for a, b in sums
        ]
        if not streaming:
            return reply(200, completion(None, message={"tool_calls": calls}))
        pieces = [chunk(delta={"tool_calls": [call]}) for call in calls]
        return stream(*pieces, chunk(finish="tool_calls"), DONE)

    end = (
        stream(chunk("Done", finish="stop"), DONE) if streaming else reply(200, completion("Done"))
    )
    server.answer(turn((1, 2), (3, 4)), turn((5, 6)), end)

    async def run():
        async with AI302(model="m1", api_base=server.url, api_key="test-key-not-real") as llm:
            agent = FunctionAgent(tools=list(TOOLS), llm=llm, streaming=streaming)
            return str(await agent.run("Add."))

    assert asyncio.run(run()) == "Done"
    sent = server.seen[-1].json["messages"]
    asked = [call["id"] for message in sent for call in message.get("tool_calls", ())]
    answered = [message["tool_call_id"] for message in sent if message["role"] == "tool"]
    assert len(set(asked)) == 3
    assert sorted(asked) == sorted(answered)


def test_a_function_agent_finds_a_tool_whose_name_the_wire_does_not_take(server):
    function = {"name": "numbers_add", "arguments": '{"a": 2, "b": 3}'}
    called = chunk(delta={"tool_calls": [{"index": 0, "id": "c1", "function": function}]})
    server.answer(
        stream(called, chunk(finish="tool_calls"), DONE),
        stream(chunk("It is 5"), chunk(finish="stop"), DONE),
    )
    odd = FunctionTool.from_defaults(lambda a, b: a + b, name="numbers/add")

    async def run():
        async with AI302(model="m1", api_base=server.url, api_key="test-key-not-real") as llm:
            return str(await FunctionAgent(tools=[odd], llm=llm).run("What is 2 plus 3?"))

    assert asyncio.run(run()) == "It is 5"
    sent = server.seen[1].json["messages"]
    assert [call["function"] for call in sent[-2]["tool_calls"]] == [function]
    assert sent[-1]["content"] == "5"
