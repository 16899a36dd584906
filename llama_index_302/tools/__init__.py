"""302.AI's capabilities as LlamaIndex tools: one class statement each, on one generic class.

What they share is in `capability_tool`; the tool spec of all of them is `AI302ToolSpec`.
"""

from llama_index_302.tools.audio import AI302SpeechTool, AI302TranscriptionTool
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
from llama_index_302.tools.reading import AI302ReadFileTool, AI302ReadImageTool, AI302ReadPageTool
from llama_index_302.tools.run_code import AI302CodeTool
from llama_index_302.tools.search import AI302SearchTool
from llama_index_302.tools.video import AI302VideoTool

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
