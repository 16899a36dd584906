"""An agent of the OpenAI Agents SDK with the MCP server's tools: `python FILE COMMAND URL KEY`."""

import asyncio
import json
import os
import sys
from importlib.metadata import version

from agents import Agent, OpenAIChatCompletionsModel, Runner, set_tracing_disabled
from agents.mcp import MCPServerStdio
from openai import AsyncOpenAI

ASK = "Search the web for AI news, and say good morning aloud."


async def main() -> None:
    """Run one agent, and print what it said."""
    command, url, key, *arguments = sys.argv[1:]
    set_tracing_disabled(disabled=True)
    params = {"command": command, "args": arguments, "env": {**os.environ}}
    model = OpenAIChatCompletionsModel("gpt-4o", AsyncOpenAI(base_url=url, api_key=key))
    async with MCPServerStdio(params, client_session_timeout_seconds=300) as server:
        tools = [tool.name for tool in await server.list_tools()]
        agent = Agent("tester", mcp_servers=[server], model=model)
        done = await Runner.run(agent, ASK)
    versions = {name: version(name) for name in ("openai-agents", "mcp")}
    print(json.dumps({"versions": versions, "tools": tools, "said": str(done.final_output)}))


asyncio.run(main())
