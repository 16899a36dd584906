"""A deep agent on ChatAI302 searches, keeps a file and asks a sub-agent."""

from deepagents import create_deep_agent
from told import tell

from langchain_302 import AI302SearchTool, ChatAI302

ASK = "Write a note about AI news."

with ChatAI302(model="gpt-4o") as model:
    agent = create_deep_agent(model, [AI302SearchTool()], system_prompt="You write notes.")
    done = agent.invoke({"messages": [("user", ASK)]})
messages = done["messages"]
called = [call["name"] for one in messages for call in getattr(one, "tool_calls", ())]
assert messages[-1].text == "The note is in /note.md.", messages[-1]
assert "Halcyon 3" in str(messages)
tell(
    "deepagents",
    "langgraph",
    seen=[
        f"tools called: {', '.join(called)}",
        f"files of the agent: {', '.join(done['files'])}",
        f"said: {messages[-1].text}",
    ],
)
