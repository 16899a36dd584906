"""302.AI in LangChain.

What a program does not use is not imported: a name loads its module on first use.
"""

from typing import TYPE_CHECKING, Any

try:
    from core_302 import AI302Error, WebSearch
    from core_302.lazy_imports import attribute_of
    from core_302.version import version_of
    from langchain_302.chat_model import ChatAI302
except ModuleNotFoundError as missing:  # the package was found without what it requires
    raise ModuleNotFoundError(
        f"langchain_302 needs {missing.name}, which is not installed: pip install langchain-302",
        name=missing.name,
    ) from None

if TYPE_CHECKING:
    from core_302.flows.cost import Bill
    from langchain_302.audio_loader import AI302AudioLoader, AI302AudioParser
    from langchain_302.cost import CostTracker
    from langchain_302.embeddings import AI302Embeddings
    from langchain_302.file_loader import AI302FileLoader, AI302FileParser
    from langchain_302.image_loader import AI302ImageLoader, AI302ImageParser
    from langchain_302.rerank import AI302Rerank
    from langchain_302.retriever import AI302SearchRetriever
    from langchain_302.tools import (
        AI302AvatarTool,
        AI302CodeTool,
        AI302EditImageTool,
        AI302EraseTool,
        AI302ImageTool,
        AI302ReadFileTool,
        AI302ReadImageTool,
        AI302ReadPageTool,
        AI302RemoveBackgroundTool,
        AI302SearchTool,
        AI302SpeechTool,
        AI302Toolkit,
        AI302TranscriptionTool,
        AI302UpscaleTool,
        AI302VideoTool,
    )

__version__ = version_of("langchain-302")
"""The version of the distribution `langchain-302`."""

__all__ = [
    "AI302AudioLoader",
    "AI302AudioParser",
    "AI302AvatarTool",
    "AI302CodeTool",
    "AI302EditImageTool",
    "AI302Embeddings",
    "AI302EraseTool",
    "AI302Error",
    "AI302FileLoader",
    "AI302FileParser",
    "AI302ImageLoader",
    "AI302ImageParser",
    "AI302ImageTool",
    "AI302ReadFileTool",
    "AI302ReadImageTool",
    "AI302ReadPageTool",
    "AI302RemoveBackgroundTool",
    "AI302Rerank",
    "AI302SearchRetriever",
    "AI302SearchTool",
    "AI302SpeechTool",
    "AI302Toolkit",
    "AI302TranscriptionTool",
    "AI302UpscaleTool",
    "AI302VideoTool",
    "Bill",
    "ChatAI302",
    "CostTracker",
    "WebSearch",
    "__version__",
]

_MODULES = {
    "AI302AudioLoader": "audio_loader",
    "AI302AudioParser": "audio_loader",
    "AI302AvatarTool": "tools",
    "AI302CodeTool": "tools",
    "AI302EditImageTool": "tools",
    "AI302Embeddings": "embeddings",
    "AI302EraseTool": "tools",
    "AI302FileLoader": "file_loader",
    "AI302FileParser": "file_loader",
    "AI302ImageLoader": "image_loader",
    "AI302ImageParser": "image_loader",
    "AI302ImageTool": "tools",
    "AI302ReadFileTool": "tools",
    "AI302ReadImageTool": "tools",
    "AI302ReadPageTool": "tools",
    "AI302RemoveBackgroundTool": "tools",
    "AI302Rerank": "rerank",
    "AI302SearchRetriever": "retriever",
    "AI302SearchTool": "tools",
    "AI302SpeechTool": "tools",
    "AI302Toolkit": "tools",
    "AI302TranscriptionTool": "tools",
    "AI302UpscaleTool": "tools",
    "AI302VideoTool": "tools",
    "Bill": "cost",
    "CostTracker": "cost",
}


def __getattr__(name: str) -> Any:
    return attribute_of(__name__, _MODULES, name)


def __dir__() -> list[str]:
    return list(__all__)
