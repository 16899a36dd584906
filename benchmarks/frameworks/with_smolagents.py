"""Agents of smolagents on its own client of OpenAI, with tools of langchain_302."""

import os
import sys

from mcp import StdioServerParameters
from smolagents import CodeAgent, OpenAIModel, Tool, ToolCallingAgent, ToolCollection
from told import tell

import langchain_302.tools
from langchain_302 import AI302SearchTool

ASK = "What is in the news about AI?"

url, key = f"{os.environ['AI302_BASE_URL']}/v1", os.environ["AI302_API_KEY"]
model = OpenAIModel(model_id="gpt-4o", api_base=url, api_key=key)
everything = [Tool.from_langchain(kind()) for kind in langchain_302.tools.TOOLS]
for tool in everything:
    tool.validate_arguments()
search = Tool.from_langchain(AI302SearchTool())
by_call = ToolCallingAgent(tools=[search], model=model, verbosity_level=0).run(ASK)
by_code = CodeAgent(tools=[search], model=model, verbosity_level=0).run(f"In code: {ASK}")
served = StdioServerParameters(
    command=sys.argv[1],
    args=["--tools", "web_search,read_page", "--max-cost", "1"],
    env={**os.environ},
)
with ToolCollection.from_mcp(served, trust_remote_code=True, structured_output=False) as offered:
    by_mcp = ToolCallingAgent(tools=[*offered.tools], model=model, verbosity_level=0).run(ASK)
assert by_mcp == "Halcyon 3 is out.", by_mcp
assert by_call == "Halcyon 3 is out.", by_call
assert "Halcyon 3" in by_code, by_code
tell(
    "smolagents",
    "openai",
    "mcp",
    "mcpadapt",
    seen=[
        f"tools taken: {len(everything)} of {len(everything)}",
        f"said by the agent that calls tools: {by_call}",
        f"said with the tools of the MCP server: {by_mcp}",
        f"found by the agent that writes code: {by_code.splitlines()[0]}",
    ],
)
