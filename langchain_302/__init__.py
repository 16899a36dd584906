"""302.AI in LangChain."""

from core_302 import AI302Error, WebSearch
from langchain_302.chat_model import ChatAI302
from langchain_302.tools import AI302AvatarTool, AI302ImageTool

__all__ = ["AI302AvatarTool", "AI302Error", "AI302ImageTool", "ChatAI302", "WebSearch"]
