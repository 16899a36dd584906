"""What every LlamaIndex tool of 302.AI shares: one generic class for all capabilities.

A model decides what is drawn, searched or read; the operator decides everything else. From a
model's arguments to the result, everything is in `core_302.tools`, the same for both frameworks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from llama_index.core.base.llms.types import ImageBlock, TextBlock
from llama_index.core.tools.types import AsyncBaseTool, ToolMetadata, ToolOutput
from pydantic import BaseModel, Field, PrivateAttr, model_validator

from core_302.adapters.client_fields import TaskFields
from core_302.adapters.connection import Connection
from core_302.adapters.shared_tools import Limited
from core_302.endpoints.image_reply import ImageTask
from core_302.tools.capability import Capability, ToolResult
from core_302.tools.context import ToolContext
from core_302.tools.image_tool import Image
from llama_index_302.answers import image
from llama_index_302.client_fields import ClientFields

if TYPE_CHECKING:
    from typing_extensions import Self

Blocks = list[TextBlock | ImageBlock]


class ToolFields(ClientFields, TaskFields):
    """How tools reach the gateway, and whether they show images."""

    show_images_to_model: bool = True
    """Return the images as blocks. Switch it off for a model that cannot see images."""
    on_progress: Callable[[ImageTask], object] | None = Field(
        default=None, exclude=True, repr=False
    )
    """Called with a task's progress."""


class CapabilityTool(Limited, AsyncBaseTool, ToolFields):
    """A capability of 302.AI as a tool.

    A subclass names its `capability` and has the class of its settings among its bases. The blocks
    of its output are for the model; its `raw_output` is the result for the program, in plain
    values.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability: ClassVar[Capability]

    _connection: Connection | None = PrivateAttr(default=None)
    _context: ToolContext = PrivateAttr()

    @model_validator(mode="after")
    def _take_the_folders_and_the_limits(self) -> Self:
        self._context = ToolContext.of(self)
        return self

    def share(self, context: ToolContext) -> None:
        """Use the limits and the folders of `context`, which other tools use too."""
        self._context = context

    @property
    def metadata(self) -> ToolMetadata:
        """What a model reads about the tool."""
        told = self.capability.full_description
        return ToolMetadata(told, self.capability.name, fn_schema=self.arguments)

    @property
    def arguments(self) -> type[BaseModel]:
        """The class of a model's arguments, with this tool's settings."""
        return self.capability.schema(self._context, self)

    def by_name(self, given: Sequence[Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return a call's arguments by name. See `Capability.by_name`."""
        return self.capability.by_name(self._context, self, given, arguments)

    def call(self, *given: Any, **arguments: Any) -> ToolOutput:
        """Run the tool with a model's arguments; a text alone is the one that it needs.

        Raises:
            AI302Error: Its text tells a model what to do.
        """
        arguments = self.by_name(given, arguments)
        return self._output(arguments, self.result(arguments))

    async def acall(self, *given: Any, **arguments: Any) -> ToolOutput:
        """Run the tool with a model's arguments, as `call`."""
        arguments = self.by_name(given, arguments)
        return self._output(arguments, await self.aresult(arguments))

    def result(self, arguments: dict[str, Any]) -> ToolResult:
        """Run the tool with `arguments`, and return its full result.

        Raises:
            AI302Error: Its text tells a model what to do.
        """
        flow = self.capability.run(self._context, self, arguments)
        return self._gateway.client.run(flow, on_progress=self.on_progress)

    async def aresult(self, arguments: dict[str, Any]) -> ToolResult:
        """Run the tool with `arguments`, and return its full result. See `result`."""
        flow = self.capability.run(self._context, self, arguments)
        return await self._gateway.async_client.run(flow, on_progress=self.on_progress)

    def resumed(self, task_id: str) -> ToolResult:
        """Wait for a task that was paid for earlier, and return what `result` would have.

        `on_progress` is called with it as in a call.

        Raises:
            InvalidInputError: The tool orders no tasks.
            AI302Error: See the tree in `core_302.errors`.
        """
        flow = self.capability.resumed(self._context, self, task_id)
        return self._gateway.client.run(flow, on_progress=self.on_progress)

    async def aresumed(self, task_id: str) -> ToolResult:
        """Wait for a task that was paid for earlier, as `resumed`."""
        flow = self.capability.resumed(self._context, self, task_id)
        return await self._gateway.async_client.run(flow, on_progress=self.on_progress)

    def _output(self, arguments: dict[str, Any], done: ToolResult) -> ToolOutput:
        return ToolOutput(
            tool_name=self.capability.name,
            blocks=[*blocks_of(done, shown=self.show_images_to_model)],
            raw_input=arguments,
            raw_output=done.report,
        )


class TaskTool(CapabilityTool):
    """A tool that orders tasks, and can resume waiting for them."""

    def resume(self, task_id: str) -> ToolOutput:
        """Wait for a task that was paid for earlier, and return what a call would have.

        `on_progress` is called with it as in a call.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._output({"task_id": task_id}, self.resumed(task_id))

    async def aresume(self, task_id: str) -> ToolOutput:
        """Wait for a task that was paid for earlier, as `resume`."""
        return self._output({"task_id": task_id}, await self.aresumed(task_id))


def blocks_of(done: ToolResult, *, shown: bool) -> Blocks:
    """Return the result for the model as blocks, with the images if they are shown to it."""
    images = done.images if shown else ()
    text = TextBlock(text=done.text)
    return [text, *(block for image in images if (block := _block(image)))]


def _block(made: Image) -> TextBlock | ImageBlock | None:
    """Return an image as a block: by its link, or, if it has none, by its file."""
    if made["url"]:
        return image(made["url"], made["media_type"])
    if not made["path"]:
        return None
    return ImageBlock(path=Path(made["path"]), image_mimetype=made["media_type"])
