"""302.AI in LlamaIndex."""

from core_302 import AI302Error
from llama_index_302.embedding import AI302Embedding
from llama_index_302.readers import AI302ImageReader
from llama_index_302.rerank import AI302Rerank
from llama_index_302.retriever import AI302SearchRetriever

__all__ = [
    "AI302Embedding",
    "AI302Error",
    "AI302ImageReader",
    "AI302Rerank",
    "AI302SearchRetriever",
]
