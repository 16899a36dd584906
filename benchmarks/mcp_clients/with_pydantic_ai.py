"""An agent of Pydantic AI with the MCP server's tools: `python FILE COMMAND URL KEY`."""

import asyncio
import json
import os
import sys
from importlib.metadata import version

from fastmcp.client.transports import StdioTransport
from pydantic_ai import Agent
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

ASK = "Search the web for AI news, and say good morning aloud."


async def main() -> None:
    """Run one agent, and print what it said."""
    command, url, key, *arguments = sys.argv[1:]
    toolset = MCPToolset(StdioTransport(command, arguments, env={**os.environ}))
    model = OpenAIChatModel("gpt-4o", provider=OpenAIProvider(base_url=url, api_key=key))
    agent = Agent(model, toolsets=[toolset])
    async with agent:
        tools = [tool.name for tool in await toolset.list_tools()]
        done = await agent.run(ASK)
    versions = {name: version(name) for name in ("pydantic-ai-slim", "fastmcp-slim", "mcp")}
    print(json.dumps({"versions": versions, "tools": tools, "said": done.output}))


asyncio.run(main())
