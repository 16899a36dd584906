"""302.AI in LangChain."""

from core_302 import AI302Error, WebSearch
from langchain_302.chat_model import ChatAI302
from langchain_302.documents import AI302ImageLoader, AI302ImageParser
from langchain_302.embeddings import AI302Embeddings
from langchain_302.rerank import AI302Rerank
from langchain_302.retriever import AI302SearchRetriever
from langchain_302.tools import AI302AvatarTool, AI302ImageTool

__all__ = [
    "AI302AvatarTool",
    "AI302Embeddings",
    "AI302Error",
    "AI302ImageLoader",
    "AI302ImageParser",
    "AI302ImageTool",
    "AI302Rerank",
    "AI302SearchRetriever",
    "ChatAI302",
    "WebSearch",
]
