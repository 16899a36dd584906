"""302.AI in LlamaIndex.

What a program does not use is not imported: a name loads its module on first use.
"""

from typing import TYPE_CHECKING, Any

try:
    from core_302 import AI302Error, WebSearch
    from core_302.lazy_imports import attribute_of
    from core_302.version import version_of
    from llama_index_302.llm import AI302
except ModuleNotFoundError as missing:  # the package was found without what it requires
    raise ModuleNotFoundError(
        f"llama_index_302 needs {missing.name}, which is not installed: "
        "pip install llama-index-302",
        name=missing.name,
    ) from None

if TYPE_CHECKING:
    from core_302.flows.cost import Bill
    from llama_index_302.approval import ApprovalRequiredEvent, with_approval
    from llama_index_302.audio_reader import AI302AudioReader
    from llama_index_302.cost import CostTracker
    from llama_index_302.embedding import AI302Embedding
    from llama_index_302.file_reader import AI302FileReader
    from llama_index_302.image_reader import AI302ImageReader
    from llama_index_302.rerank import AI302Rerank
    from llama_index_302.retriever import AI302SearchRetriever
    from llama_index_302.tool_spec import AI302ToolSpec
    from llama_index_302.tools import (
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
        AI302TranscriptionTool,
        AI302UpscaleTool,
        AI302VideoTool,
    )

__version__ = version_of("llama-index-302")
"""The version of the distribution `llama-index-302`."""

__all__ = [
    "AI302",
    "AI302AudioReader",
    "AI302AvatarTool",
    "AI302CodeTool",
    "AI302EditImageTool",
    "AI302Embedding",
    "AI302EraseTool",
    "AI302Error",
    "AI302FileReader",
    "AI302ImageReader",
    "AI302ImageTool",
    "AI302ReadFileTool",
    "AI302ReadImageTool",
    "AI302ReadPageTool",
    "AI302RemoveBackgroundTool",
    "AI302Rerank",
    "AI302SearchRetriever",
    "AI302SearchTool",
    "AI302SpeechTool",
    "AI302ToolSpec",
    "AI302TranscriptionTool",
    "AI302UpscaleTool",
    "AI302VideoTool",
    "ApprovalRequiredEvent",
    "Bill",
    "CostTracker",
    "WebSearch",
    "__version__",
    "with_approval",
]

_MODULES = {
    "AI302AudioReader": "audio_reader",
    "AI302AvatarTool": "tools",
    "AI302CodeTool": "tools",
    "AI302EditImageTool": "tools",
    "AI302Embedding": "embedding",
    "AI302EraseTool": "tools",
    "AI302FileReader": "file_reader",
    "AI302ImageReader": "image_reader",
    "AI302ImageTool": "tools",
    "AI302ReadFileTool": "tools",
    "AI302ReadImageTool": "tools",
    "AI302ReadPageTool": "tools",
    "AI302RemoveBackgroundTool": "tools",
    "AI302Rerank": "rerank",
    "AI302SearchRetriever": "retriever",
    "AI302SearchTool": "tools",
    "AI302SpeechTool": "tools",
    "AI302ToolSpec": "tool_spec",
    "AI302TranscriptionTool": "tools",
    "AI302UpscaleTool": "tools",
    "AI302VideoTool": "tools",
    "ApprovalRequiredEvent": "approval",
    "Bill": "cost",
    "CostTracker": "cost",
    "with_approval": "approval",
}


def __getattr__(name: str) -> Any:
    return attribute_of(__name__, _MODULES, name)


def __dir__() -> list[str]:
    return list(__all__)
