"""With `llama-index` alone: an LLM answers, and LangChain is not there."""

from importlib.util import find_spec

from served import KEY, SAID, gateway

from llama_index_302 import AI302, AI302Embedding, AI302ToolSpec

with gateway() as address:
    assert AI302(model="gpt-4o", api_key=KEY, api_base=address).complete("Hello").text == SAID
assert AI302ToolSpec(api_key=KEY).to_tool_list()
assert AI302Embedding(api_key=KEY, model_name="text-embedding-3-small").model_name
assert find_spec("langchain_core") is None
