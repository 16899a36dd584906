"""302.AI's capabilities as LlamaIndex tools: one class statement each, on one generic base.

A model decides what is drawn, searched or read; the operator decides everything else. From a
model's arguments to the result, everything is in `core_302.tools`, the same for both frameworks.
"""

from __future__ import annotations

from llama_index_302.tools.capability_tool import (
    Blocks,
    CapabilityTool,
    TaskTool,
    ToolFields,
    blocks_of,
)
from llama_index_302.tools.images import (
    AI302AvatarTool,
    AI302EditImageTool,
    AI302EraseTool,
    AI302ImageTool,
    AI302RemoveBackgroundTool,
    AI302UpscaleTool,
)
from llama_index_302.tools.media import AI302SpeechTool, AI302TranscriptionTool, AI302VideoTool
from llama_index_302.tools.reading import (
    AI302ReadFileTool,
    AI302ReadImageTool,
    AI302ReadPageTool,
    AI302SearchTool,
)
from llama_index_302.tools.run_code import AI302CodeTool

__all__ = [
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
    "AI302TranscriptionTool",
    "AI302UpscaleTool",
    "AI302VideoTool",
    "Blocks",
    "CapabilityTool",
    "TaskTool",
    "ToolFields",
    "blocks_of",
]

TOOLS: tuple[type[CapabilityTool], ...] = (
    AI302ImageTool,
    AI302EditImageTool,
    AI302RemoveBackgroundTool,
    AI302UpscaleTool,
    AI302EraseTool,
    AI302AvatarTool,
    AI302SearchTool,
    AI302ReadImageTool,
    AI302ReadPageTool,
    AI302ReadFileTool,
    AI302CodeTool,
    AI302VideoTool,
    AI302TranscriptionTool,
    AI302SpeechTool,
)
"""Every tool, in the order of a tool spec."""
