"""302.AI in LangChain."""

from core_302 import AI302Error, WebSearch
from core_302.transport import package_version
from langchain_302.chat_model import ChatAI302
from langchain_302.money import Bill, CostTracker
from langchain_302.tools import AI302AvatarTool, AI302ImageTool

__version__ = package_version()

__all__ = [
    "AI302AvatarTool",
    "AI302Error",
    "AI302ImageTool",
    "Bill",
    "ChatAI302",
    "CostTracker",
    "WebSearch",
    "__version__",
]
