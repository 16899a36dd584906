"""302.AI in LangChain."""

from core_302 import AI302Error, WebSearch
from langchain_302.chat_model import ChatAI302

__all__ = ["AI302Error", "ChatAI302", "WebSearch"]
