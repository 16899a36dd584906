"""With `mcp-302`: the installed command serves a client of the SDK, which calls a tool."""

import asyncio
import os
import sysconfig
from pathlib import Path

from mcp import Client, StdioServerParameters, stdio_client

COMMAND = Path(sysconfig.get_path("scripts")) / ("mcp-302.exe" if os.name == "nt" else "mcp-302")
ASKED = ["--tools", "web_search,read_page", "--max-cost", "1"]
NAMES = [name for name in os.environ if name.startswith("AI302_")]


async def called() -> None:
    """List the tools, and call one."""
    variables = {name: os.environ[name] for name in NAMES}
    served = StdioServerParameters(command=str(COMMAND), args=ASKED, env=variables)
    async with Client(stdio_client(served)) as client:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == ["web_search", "read_page"]
        result = await client.call_tool("web_search", {"query": "AI news"})
        assert not result.is_error, result
        assert "Sources:" in str(result.content[0])


asyncio.run(called())
