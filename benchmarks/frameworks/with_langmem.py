"""Memories of LangMem: found by ChatAI302 in a conversation, kept and sought by AI302Embeddings."""

from langchain.agents import create_agent
from langgraph.store.memory import InMemoryStore
from langmem import create_manage_memory_tool, create_memory_manager, create_search_memory_tool
from told import tell

from langchain_302 import AI302Embeddings, ChatAI302

NAMESPACE = ("memories",)

with ChatAI302(model="gpt-4o") as model, AI302Embeddings(model="text-embedding-3-small") as texts:
    manager = create_memory_manager(model)
    found = manager.invoke({"messages": [{"role": "user", "content": "I play the oboe."}]})
    store = InMemoryStore(index={"dims": len(texts.embed_query("a")), "embed": texts})
    tools = [create_manage_memory_tool(NAMESPACE), create_search_memory_tool(NAMESPACE)]
    agent = create_agent(model, tools, store=store)
    agent.invoke({"messages": [("user", "Remember that I live in Brann.")]})
    asked = agent.invoke({"messages": [("user", "Where do I live?")]})
memories = [memory.content.content for memory in found]
kept = [item.value["content"] for item in store.search(NAMESPACE)]
assert memories == ["The user plays the oboe."], found
assert kept == ["The user lives in Brann."], kept
assert asked["messages"][-1].text == "In Brann.", asked
assert "lives in Brann" in asked["messages"][-2].text
tell(
    "langmem",
    "trustcall",
    "langgraph",
    seen=[f"extracted: {memories}", f"kept by its tool: {kept}", "found again by embeddings: yes"],
)
