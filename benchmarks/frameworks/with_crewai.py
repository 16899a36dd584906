"""A crew on CrewAI's own client of OpenAI, with tools and embeddings of langchain_302."""

import os
from typing import Any

from crewai import LLM, Agent, Crew, Task
from crewai.knowledge.source.string_knowledge_source import StringKnowledgeSource
from crewai.tools import BaseTool
from told import tell

from langchain_302 import AI302SearchTool

url, key = f"{os.environ['AI302_BASE_URL']}/v1", os.environ["AI302_API_KEY"]


class Ours(BaseTool):
    """A tool of langchain_302, as CrewAI takes tools."""

    tool: Any

    def _run(self, **arguments: Any) -> str:
        return self.tool.run(arguments)


search = AI302SearchTool()
tool = Ours(
    tool=search,
    name=search.name,
    description=search.description,
    args_schema=search.args_schema,
)
embedder = {
    "provider": "openai",
    "config": {"model_name": "text-embedding-3-small", "api_key": key, "api_base": url},
}
known = StringKnowledgeSource(content="The note is for Brann's newsletter.")
llm = LLM(model="openai/gpt-4o", base_url=url, api_key=key)
agent = Agent(role="searcher", goal="find news", backstory="none", tools=[tool], llm=llm)
task = Task(description="What is in the news about AI?", expected_output="a line", agent=agent)
crew = Crew(
    agents=[agent], tasks=[task], knowledge_sources=[known], embedder=embedder, tracing=False
)
done = crew.kickoff()
assert str(done) == "Halcyon 3 is out.", done
tell("crewai", "openai", seen=[f"said: {done}", f"tokens counted: {done.token_usage.total_tokens}"])
