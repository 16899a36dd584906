"""AI302Toolkit: several tools for one agent, with one client, one budget, one folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from langchain_core.tools import BaseTool, BaseToolkit
from pydantic import PrivateAttr, model_validator

from core_302.adapters.connection import Connection
from core_302.adapters.shared_tools import Limited, chosen, tools_of
from core_302.tools.context import ToolContext
from core_302.tools.settings import SelectionSettings
from langchain_302.client_fields import connected
from langchain_302.tools.audio import AI302SpeechTool, AI302TranscriptionTool
from langchain_302.tools.capability_tool import CapabilityTool, ToolFields
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
from langchain_302.tools.video import AI302VideoTool

if TYPE_CHECKING:
    from typing_extensions import Self

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
"""Every tool, in the order of a toolkit."""


@connected
class AI302Toolkit(Limited, BaseToolkit, SelectionSettings, ToolFields):
    """All tools of 302.AI, or some, that share one client, one budget and one folder.

    Use:
        ```python
        from langchain.agents import create_agent
        from langchain_302 import AI302Toolkit, ChatAI302

        toolkit = AI302Toolkit(output_dir="images", max_images=5, budget=1.0)
        agent = create_agent(ChatAI302(model="gpt-4o"), tools=toolkit.get_tools())
        ```

    An image made by one tool can be read or edited by another, by its name.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    only: Sequence[str] | None = None
    """Which tools are returned, such as `("web_search", "read_image")`; all by default."""

    _connection: Connection | None = PrivateAttr(default=None)
    _context: ToolContext = PrivateAttr()

    @model_validator(mode="after")
    def _check_what_the_operator_set(self) -> Self:
        chosen(TOOLS, self.only)
        self._context = ToolContext.of(self)
        return self

    def get_tools(self) -> list[BaseTool]:
        """Return the tools; each call returns tools of the same client, budget and folder."""
        kinds = chosen(TOOLS, self.only)
        return [*tools_of(self, self._context, kinds, tuple(ToolFields.model_fields))]
