"""An agent of CrewAI with the MCP server's tools: `python FILE COMMAND URL KEY`."""

import json
import os
import sys
from importlib.metadata import version

os.environ["CREWAI_DISABLE_TELEMETRY"] = os.environ["OTEL_SDK_DISABLED"] = "true"
os.environ["CREWAI_TRACING_ENABLED"] = "false"

from crewai import LLM, Agent, Crew, Task
from crewai_tools import MCPServerAdapter
from mcp import StdioServerParameters

ASK = "Search the web for AI news, and say good morning aloud."

command, url, key, *arguments = sys.argv[1:]
served = StdioServerParameters(command=command, args=arguments, env={**os.environ})
with MCPServerAdapter(served) as tools:
    names = [tool.name for tool in tools]
    llm = LLM(model="openai/gpt-4o", base_url=url, api_key=key)
    agent = Agent(role="tester", goal="try tools", backstory="none", tools=tools, llm=llm)
    task = Task(description=ASK, expected_output="a word", agent=agent)
    done = Crew(agents=[agent], tasks=[task], tracing=False).kickoff()
versions = {name: version(name) for name in ("crewai", "crewai-tools", "mcp")}
print(json.dumps({"versions": versions, "tools": names, "said": str(done)}))
