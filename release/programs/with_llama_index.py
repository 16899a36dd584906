"""With `llama-index-302`: an LLM answers, at once and in chunks."""

import asyncio

from llama_index_302 import AI302, AI302Embedding, AI302ToolSpec

SAY = "Say exactly: it works"
llm = AI302(model="gpt-4o")
assert "it works" in llm.complete(SAY).text
assert "it works" in "".join(chunk.delta or "" for chunk in llm.stream_complete(SAY))
assert "it works" in asyncio.run(llm.acomplete(SAY)).text
llm.close()
assert AI302ToolSpec().to_tool_list()
assert len(AI302Embedding(model_name="text-embedding-3-small").get_query_embedding("a fox")) > 1
