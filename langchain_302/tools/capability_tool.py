"""What every LangChain tool of 302.AI shares: one generic class for all capabilities.

A model decides what is drawn, searched or read; the operator decides everything else. From a
model's arguments to the result, everything is in `core_302.tools`, the same for both frameworks.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from langchain_core.callbacks import (
    AsyncCallbackManagerForToolRun,
    CallbackManagerForToolRun,
)
from langchain_core.tools import BaseTool, ToolException
from pydantic import Field, PrivateAttr, model_validator

from core_302 import AI302Error
from core_302.adapters.client_fields import TaskFields
from core_302.adapters.connection import Connection
from core_302.adapters.shared_tools import Limited
from core_302.endpoints.image_reply import ImageTask
from core_302.tools.capability import Capability, ToolResult
from core_302.tools.context import ToolContext
from langchain_302.client_fields import ClientFields

if TYPE_CHECKING:
    from typing_extensions import Self

PROGRESS_EVENT = "ai302_progress"

Content = str | list[str | dict[str, Any]]


class ToolFields(ClientFields, TaskFields):
    """How tools reach the gateway, and whether they show images."""

    show_images_to_model: bool = False
    """Return the images to the model as well, for models that see images in tool messages."""


class CapabilityTool(Limited, BaseTool, ToolFields):
    """A capability of 302.AI as a tool.

    A subclass names its `capability` and has the class of its settings among its bases. A tool
    message has the text for the model; its `artifact` is the result for the program, in plain
    values.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability: ClassVar[Capability]
    name: str = ""
    description: str = ""
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    handle_tool_error: Any = True
    handle_validation_error: Any = Field(default=None, repr=False)

    _connection: Connection | None = PrivateAttr(default=None)
    _context: ToolContext = PrivateAttr()

    @model_validator(mode="after")
    def _take_what_the_capability_says(self) -> Self:
        self.name = self.name or self.capability.name
        self.description = self.description or self.capability.full_description
        self._use(ToolContext.of(self))
        if self.handle_validation_error is None:
            taken = tuple(self.capability.schema(self._context, self).model_fields)
            self.handle_validation_error = partial(self.capability.wrong_arguments, taken=taken)
        return self

    def share(self, context: ToolContext) -> None:
        """Use the limits and the folders of `context`, which other tools use too."""
        self._use(context)

    def _use(self, context: ToolContext) -> None:
        self._context = context
        self.args_schema = self.capability.schema(context, self)

    def _run(
        self, *given: Any, run_manager: CallbackManagerForToolRun | None = None, **arguments: Any
    ) -> tuple[Content, Any]:
        def tell(task: ImageTask) -> None:
            if run_manager is not None:
                child = run_manager.get_child()
                child.on_custom_event(PROGRESS_EVENT, _progress(task), run_id=child.parent_run_id)

        try:
            named = self.capability.by_name(self._context, self, given, arguments)
            flow = self.capability.run(self._context, self, named)
            return self._output(self._gateway.client.run(flow, on_progress=tell))
        except AI302Error as error:
            raise ToolException(error.message) from error

    async def _arun(
        self,
        *given: Any,
        run_manager: AsyncCallbackManagerForToolRun | None = None,
        **arguments: Any,
    ) -> tuple[Content, Any]:
        async def tell(task: ImageTask) -> None:
            if run_manager is not None:
                child = run_manager.get_child()
                event = child.on_custom_event
                await event(PROGRESS_EVENT, _progress(task), run_id=child.parent_run_id)

        try:
            named = self.capability.by_name(self._context, self, given, arguments)
            flow = self.capability.run(self._context, self, named)
            return self._output(await self._gateway.async_client.run(flow, on_progress=tell))
        except AI302Error as error:
            raise ToolException(error.message) from error

    def _output(self, done: ToolResult) -> tuple[Content, Any]:
        if not self.show_images_to_model or not done.images:
            return done.text, done.report
        shown = [block for image in done.images if (block := _block(image))]
        return [{"type": "text", "text": done.text}, *shown], done.report

    def __getstate__(self) -> dict[Any, Any]:
        """The class of the arguments is made again: it belongs to no module."""
        state = super().__getstate__()
        return {**state, "__dict__": {**state["__dict__"], "args_schema": None}}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        super().__setstate__(state)
        self._use(self._context)


class TaskTool(CapabilityTool):
    """A tool that orders tasks, and can resume waiting for them."""

    def resume(
        self, task_id: str, *, on_progress: Callable[[ImageTask], object] | None = None
    ) -> tuple[Content, Any]:
        """Wait for a task that was paid for earlier, and return what a call would have.

        Args:
            task_id: The task.
            on_progress: Called with the task after each answer about it. There is no run whose
                callbacks could be told.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        flow = self.capability.resumed(self._context, self, task_id)
        return self._output(self._gateway.client.run(flow, on_progress=on_progress))

    async def aresume(
        self,
        task_id: str,
        *,
        on_progress: Callable[[ImageTask], Awaitable[object] | object] | None = None,
    ) -> tuple[Content, Any]:
        """Wait for a task that was paid for earlier, as `resume`; `on_progress` may be awaited."""
        flow = self.capability.resumed(self._context, self, task_id)
        return self._output(await self._gateway.async_client.run(flow, on_progress=on_progress))


def _progress(task: ImageTask) -> dict[str, Any]:
    return {"task_id": task.task_id, "status": task.status, "done": task.job is not None}


def _block(image: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return an image as a content block: by its link, or, if it has none, with its data."""
    if image["url"]:
        return {"type": "image", "url": image["url"]}
    if not image["path"]:
        return None
    data = base64.b64encode(Path(image["path"]).read_bytes()).decode("ascii")
    return {"type": "image", "base64": data, "mime_type": image["media_type"]}
