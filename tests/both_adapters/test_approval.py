"""Every tool waits for a person's word where a program wants that, and sends nothing without it."""

import asyncio
from pathlib import Path

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.tools import FunctionTool

from core_302 import PollPolicy
from core_302.tools.capabilities import CAPABILITIES
from emulator_302 import Call
from langchain_302 import AI302Toolkit, ChatAI302
from llama_index_302 import AI302, AI302ToolSpec, ApprovalRequiredEvent, with_approval
from tests.recordings import data_uri, wav

pytest_plugins = ["emulator_302.pytest_plugin"]

IMAGES = Path(__file__).parents[2] / "cookbook" / "images"
ARGUMENTS = {
    "generate_image": {"prompt": "a tram"},
    "edit_image": {"prompt": "at night", "images": ["photo.png"]},
    "remove_background": {"image": "photo.png"},
    "upscale_image": {"image": "photo.png"},
    "erase_from_image": {"image": "photo.png", "mask": "photo.png"},
    "generate_avatar": {
        "image": "photo.png",
        "person_type": "female",
        "custom_prompt": "a cartoon",
    },
    "web_search": {"query": "AI news"},
    "read_image": {"image": "receipt.png"},
    "read_page": {"url": "https://daily-ledger.example/briefing/today"},
    "read_file": {"file": "notes.txt"},
    "run_code": {"code": "print(1)"},
    "generate_video": {"prompt": "a tram"},
    "transcribe": {"audio": data_uri(wav())},
    "speak": {"text": "Good morning!"},
}
EVERY_TOOL = pytest.mark.parametrize("name", [one.name for one in CAPABILITIES])


@pytest.fixture
def where(ai302_emulator, tmp_path):
    """Return how the tools of a selection reach the emulator, with files that they may read."""
    (tmp_path / "notes.txt").write_text("A list of things.\n")
    return {
        "api_key": ai302_emulator.api_key,
        "trusted_hosts": (ai302_emulator.file_host,),
        "polling": PollPolicy(first_wait=0.0),
        "allowed_dirs": [IMAGES, tmp_path],
    }


def play(gateway, name):
    """Let the model call a tool twice, the same way."""
    said = gateway.when(tools=name).call(name, **ARGUMENTS[name])
    said.then.call(name, **ARGUMENTS[name]).then.say("Done.")


def sent_by_tools(gateway):
    return [seen.path for seen in gateway.requests if not (seen.body or {}).get("tools")]


@EVERY_TOOL
def test_an_agent_of_langchain_asks_before_any_tool_runs(ai302_emulator, where, name):
    play(ai302_emulator, name)
    with AI302Toolkit(base_url=ai302_emulator.base_url, **where) as toolkit:
        tools = toolkit.get_tools()
        ask = HumanInTheLoopMiddleware(interrupt_on={tool.name: True for tool in tools})
        at = {"api_key": ai302_emulator.api_key, "base_url": ai302_emulator.base_url}
        model = ChatAI302(model="gpt-4o", **at)
        agent = create_agent(model, tools, middleware=[ask], checkpointer=InMemorySaver())
        thread = {"configurable": {"thread_id": "1"}}
        stopped = agent.invoke({"messages": [("user", "Please do it.")]}, thread)
        (asked,) = stopped["__interrupt__"][0].value["action_requests"]
        assert (asked["name"], asked["args"]) == (name, ARGUMENTS[name])
        no = {"type": "reject", "message": "Too dear"}
        agent.invoke(Command(resume={"decisions": [no]}), thread)
        assert sent_by_tools(ai302_emulator) == []
        yes = {"type": "approve"}
        done = agent.invoke(Command(resume={"decisions": [yes]}), thread)["messages"]
        model.close()
    refused, ran = [message for message in done if message.type == "tool"]
    assert "Too dear" in refused.text
    assert ran.status == "success", ran.text
    assert done[-1].text == "Done."


def agent_of_llama_index(gateway, tools):
    at = {"api_key": gateway.api_key, "api_base": gateway.base_url}
    return FunctionAgent(tools=tools, llm=AI302(model="gpt-4o", **at), timeout=30)


async def answered(handler, *answers):
    """Answer what an agent asks, in turn; return the questions, and what its tools returned."""
    asked, results = [], []
    async for event in handler.stream_events():
        if isinstance(event, ApprovalRequiredEvent):
            handler.ctx.send_event(answers[len(asked)](event))
            asked.append(event)
        elif type(event).__name__ == "ToolCallResult":
            results.append(event.tool_output)
    return asked, results, str(await handler)


@EVERY_TOOL
async def test_an_agent_of_llama_index_asks_before_any_tool_runs(ai302_emulator, where, name):
    play(ai302_emulator, name)
    async with AI302ToolSpec(api_base=ai302_emulator.base_url, **where) as spec:
        agent = agent_of_llama_index(ai302_emulator, with_approval(spec.to_tool_list()))
        before = []

        def refuse(event):
            before.extend(sent_by_tools(ai302_emulator))
            return event.refuse("Too dear")

        def approve(event):
            before.extend(sent_by_tools(ai302_emulator))
            return event.approve()

        asked, results, said = await answered(agent.run("Please do it."), refuse, approve)
    assert [(one.tool_name, one.tool_kwargs) for one in asked] == [(name, ARGUMENTS[name])] * 2
    assert "cost" in asked[0].description.lower()
    assert before == []
    refused, ran = results
    assert refused.is_error
    assert refused.content.endswith("nothing was sent. The reason: Too dear")
    assert not ran.is_error, ran.content
    assert said == "Done."


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


async def test_only_named_tools_ask_and_others_tools_may(ai302_emulator):
    ai302_emulator.when(tools="add").call("add", a=1, b=2).then.say("3")
    tools = [FunctionTool.from_defaults(add)]
    assert with_approval(tools, only=[]) == tools
    (asking,) = with_approval(tools, only=["add"])
    handler = agent_of_llama_index(ai302_emulator, [asking]).run("1 + 2?")
    (asked,), (result,), _ = await answered(handler, ApprovalRequiredEvent.approve)
    assert (asked.prefix, result.raw_output) == ('Run add({"a": 1, "b": 2})?', 3)
    with pytest.raises(ValueError, match=r"^only: there is no tool sub\.$"):
        with_approval(tools, only=["add", "sub"])


async def test_calls_at_once_are_answered_each_by_itself(ai302_emulator):
    ai302_emulator.play([Call("add", a=1, b=1), Call("add", a=2, b=2)], "Done.")
    tools = with_approval([FunctionTool.from_defaults(add)])
    handler = agent_of_llama_index(ai302_emulator, tools).run("Two sums?")

    def by_value(event):
        return event.approve() if event.tool_kwargs["a"] == 2 else event.refuse()

    asked, results, _ = await answered(handler, by_value, by_value)
    assert len(asked) == 2
    assert sorted(str(one.content) for one in results) == [
        "4",
        "A person refused this call, and nothing was sent.",
    ]


async def test_a_call_that_nobody_answers_ends_at_its_limit(ai302_emulator):
    ai302_emulator.when(tools="add").call("add", a=1, b=2).then.say("Nobody answered.")
    tools = with_approval([FunctionTool.from_defaults(add)], timeout=0.01)
    handler = agent_of_llama_index(ai302_emulator, tools).run("1 + 2?")
    (result,) = [
        event.tool_output
        async for event in handler.stream_events()
        if type(event).__name__ == "ToolCallResult"
    ]
    assert result.is_error


def test_without_an_agent_there_is_nobody_to_ask():
    (tool,) = with_approval([FunctionTool.from_defaults(add)])
    with pytest.raises(ValueError, match="Context is required"):
        tool.call(a=1, b=2)
    with pytest.raises(ValueError, match="Context is required"):
        asyncio.run(tool.acall(a=1, b=2))
