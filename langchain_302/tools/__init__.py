"""302.AI's capabilities as LangChain tools: one class statement each, on one generic class.

What they share is in `capability_tool`; the toolkit of all of them is in `toolkit`.
"""

from langchain_302.tools.audio import AI302SpeechTool, AI302TranscriptionTool
from langchain_302.tools.capability_tool import PROGRESS_EVENT, CapabilityTool, TaskTool, ToolFields
from langchain_302.tools.images import (
    AI302AvatarTool,
    AI302EditImageTool,
    AI302EraseTool,
    AI302ImageTool,
    AI302RemoveBackgroundTool,
    AI302UpscaleTool,
)
from langchain_302.tools.reading import AI302ReadFileTool, AI302ReadImageTool, AI302ReadPageTool
from langchain_302.tools.run_code import AI302CodeTool
from langchain_302.tools.search import AI302SearchTool
from langchain_302.tools.toolkit import TOOLS, AI302Toolkit
from langchain_302.tools.video import AI302VideoTool

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
    "TaskTool",
    "ToolFields",
]
