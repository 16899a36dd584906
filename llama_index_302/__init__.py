"""302.AI in LlamaIndex."""

from core_302 import AI302Error, WebSearch
from llama_index_302.llm import AI302
from llama_index_302.tools import AI302ToolSpec

__all__ = ["AI302", "AI302Error", "AI302ToolSpec", "WebSearch"]
