"""A supervisor on ChatAI302 hands a question to one of two agents, and sums up."""

from langchain.agents import create_agent
from langgraph_supervisor import create_supervisor
from told import tell

from langchain_302 import AI302ImageTool, AI302SearchTool, ChatAI302

ASK = "What is in the news about AI?"

with ChatAI302(model="gpt-4o") as model:
    searcher = create_agent(model, [AI302SearchTool()], name="searcher")
    painter = create_agent(model, [AI302ImageTool()], name="painter")
    supervisor = create_supervisor([searcher, painter], model=model, prompt="Delegate.").compile()
    done = supervisor.invoke({"messages": [("user", ASK)]})
names = [message.name for message in done["messages"] if message.name]
assert done["messages"][-1].text == "Halcyon 3 is out.", done["messages"]
assert "searcher" in names
assert "painter" not in names
tell(
    "langgraph-supervisor",
    "langgraph",
    "langchain",
    seen=[f"messages by: {', '.join(names)}", f"said: {done['messages'][-1].text}"],
)
