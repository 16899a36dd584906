"""With `langchain-302`: a chat model answers, at once and in chunks."""

import asyncio

from langchain_302 import AI302AvatarTool, AI302Embeddings, AI302ImageTool, AI302Rerank, ChatAI302

SAY = "Say exactly: it works"
with ChatAI302(model="gpt-4o") as model:
    assert "it works" in model.invoke(SAY).text
    assert "it works" in "".join(chunk.text for chunk in model.stream(SAY))


async def awaited() -> str:
    """Ask without blocking."""
    async with ChatAI302(model="gpt-4o") as model:
        return str((await model.ainvoke(SAY)).text)


assert "it works" in asyncio.run(awaited())
assert AI302ImageTool().name
assert AI302AvatarTool().name
assert len(AI302Embeddings(model="text-embedding-3-small").embed_query("a fox")) > 1
assert AI302Rerank(model="bge-reranker-v2-m3").model
