"""302.AI's capabilities as LangChain tools: one class statement each, on one generic base.

A model decides what is drawn, searched or read; the operator decides everything else. From a
model's arguments to the result, everything is in `core_302.tools`, the same for both frameworks.
"""

from __future__ import annotations

from langchain_302.tools.capability_tool import (
    PROGRESS_EVENT,
    CapabilityTool,
    Content,
    TaskTool,
    ToolFields,
)
from langchain_302.tools.images import (
    AI302AvatarTool,
    AI302EditImageTool,
    AI302EraseTool,
    AI302ImageTool,
    AI302RemoveBackgroundTool,
    AI302UpscaleTool,
)
from langchain_302.tools.media import AI302SpeechTool, AI302TranscriptionTool, AI302VideoTool
from langchain_302.tools.reading import (
    AI302ReadFileTool,
    AI302ReadImageTool,
    AI302ReadPageTool,
    AI302SearchTool,
)
from langchain_302.tools.run_code import AI302CodeTool
from langchain_302.tools.toolkit import TOOLS, AI302Toolkit

__all__ = [
    "PROGRESS_EVENT",
    "TOOLS",
    "AI302AvatarTool",
    "AI302CodeTool",
    "AI302EditImageTool",
    "AI302EraseTool",
    "AI302ImageTool",
    "AI302ReadFileTool",
    "AI302ReadImageTool",
    "AI302ReadPageTool",
    "AI302RemoveBackgroundTool",
    "AI302SearchTool",
    "AI302SpeechTool",
    "AI302Toolkit",
    "AI302TranscriptionTool",
    "AI302UpscaleTool",
    "AI302VideoTool",
    "CapabilityTool",
    "Content",
    "TaskTool",
    "ToolFields",
]
