"""A tool that fails inside an agent: the model reads why, and the agent goes on."""

import json

import pytest
from langchain.agents import create_agent
from llama_index.core.agent.workflow import FunctionAgent

from langchain_302 import AI302ImageTool, ChatAI302
from llama_index_302 import AI302, AI302ToolSpec
from tests.conftest import KEY
from tests.scripted_server import DONE, Script, chunk, completion, reply, scripted_server, stream

CALL = {
    "index": 0,
    "id": "c-1",
    "type": "function",
    "function": {"name": "generate_image", "arguments": json.dumps({"prompt": "a fox"})},
}
REFUSED = reply(500, {"error": {"message": f"no painter for {KEY}", "err_code": -1}})


class ToolContext(Script):
    """A gateway whose model asks for an image first, and whose painter is ill."""

    def next_reply(self, request):
        with self.lock:
            self.seen.append(request)
        if "image" in request.path:
            return REFUSED
        asked = request.json
        first = asked["messages"][-1]["role"] != "tool"
        if asked.get("stream"):
            pieces = [chunk(delta={"tool_calls": [CALL]})] if first else [chunk("No image.")]
            return stream(*pieces, chunk(finish="tool_calls" if first else "stop"), DONE)
        message = {"tool_calls": [CALL]} if first else {}
        return reply(200, completion(None if first else "No image.", message=message))


@pytest.fixture
def gateway():
    with scripted_server(ToolContext()) as server:
        yield server


def check_what_the_model_read(gateway):
    orders = [seen for seen in gateway.seen if "image" in seen.path]
    told = gateway.seen[-1].json["messages"][-1]
    assert (len(orders), told["role"]) == (1, "tool")
    assert "no painter for ***" in str(told["content"])
    assert "It was not sent again" in str(told["content"])
    assert "Traceback" not in str(told["content"])


async def test_an_agent_reads_the_error_of_its_tool_and_goes_on(gateway):
    given = {"api_key": KEY, "base_url": gateway.url, "max_retries": 0}
    async with ChatAI302(model="gpt-4o", **given) as model, AI302ImageTool(**given) as tool:
        agent = create_agent(model, tools=[tool])
        answer = await agent.ainvoke({"messages": [("user", "Draw a fox.")]})
    assert answer["messages"][-1].text == "No image."
    check_what_the_model_read(gateway)


@pytest.mark.filterwarnings("ignore:is_running called:DeprecationWarning")
async def test_a_function_agent_reads_the_error_of_its_tool_and_goes_on(gateway):
    given = {"api_key": KEY, "api_base": gateway.url, "max_retries": 0}
    async with AI302(model="gpt-4o", **given) as llm, AI302ToolSpec(**given) as spec:
        agent = FunctionAgent(tools=spec.to_tool_list(["generate_image"]), llm=llm)
        assert str(await agent.run("Draw a fox.")) == "No image."
    check_what_the_model_read(gateway)
