"""With `langchain` alone: a chat model answers, and LlamaIndex is not there."""

from importlib.util import find_spec

from served import KEY, SAID, gateway

from langchain_302 import AI302AvatarTool, AI302Embeddings, AI302ImageTool, AI302Rerank, ChatAI302

with gateway() as address, ChatAI302(model="gpt-4o", api_key=KEY, base_url=address) as model:
    assert model.invoke("Hello").text == SAID
assert AI302ImageTool(api_key=KEY).name
assert AI302AvatarTool(api_key=KEY).name
assert AI302Embeddings(api_key=KEY, model="text-embedding-3-small").model
assert AI302Rerank(api_key=KEY, model="bge-reranker-v2-m3").model
assert find_spec("llama_index") is None
