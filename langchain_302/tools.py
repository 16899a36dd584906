"""302.AI's capabilities as LangChain tools: one class statement each, on one generic base.

A model decides what is drawn, searched or read; the operator decides everything else. From a
model's arguments to the result, everything is in `core_302.tools`, the same for both frameworks.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from langchain_core.callbacks import (
    AsyncCallbackManagerForToolRun,
    CallbackManagerForToolRun,
)
from langchain_core.tools import BaseTool, BaseToolkit, ToolException
from pydantic import Field, PrivateAttr, model_validator

from core_302 import AI302Error
from core_302.adapters.client_fields import TaskFields
from core_302.adapters.connection import Connection
from core_302.adapters.shared_tools import Limited, chosen, tools_of
from core_302.endpoints.image_reply import ImageTask
from core_302.tools.capability import Capability, ToolResult
from core_302.tools.context import ToolContext
from core_302.tools.edit_image import EDIT_IMAGE
from core_302.tools.erase_from_image import ERASE_FROM_IMAGE
from core_302.tools.generate_avatar import GENERATE_AVATAR
from core_302.tools.generate_image import GENERATE_IMAGE
from core_302.tools.generate_video import GENERATE_VIDEO
from core_302.tools.read_file import READ_FILE
from core_302.tools.read_image import READ_IMAGE
from core_302.tools.read_page import READ_PAGE
from core_302.tools.remove_background import REMOVE_BACKGROUND
from core_302.tools.run_code import RUN_CODE
from core_302.tools.settings import (
    AvatarSettings,
    CodeSettings,
    ImageSettings,
    ProcessingSettings,
    ReadFileSettings,
    ReadImageSettings,
    ReadPageSettings,
    SearchSettings,
    SelectionSettings,
    SpeechSettings,
    TranscriptionSettings,
    VideoSettings,
)
from core_302.tools.speak import SPEAK
from core_302.tools.transcribe import TRANSCRIBE
from core_302.tools.upscale_image import UPSCALE_IMAGE
from core_302.tools.web_search import SEARCH
from langchain_302.client_fields import ClientFields, connected

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

    def resume(self, task_id: str) -> tuple[Content, Any]:
        """Wait for a task that was paid for earlier, and return what a call would have.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        flow = self.capability.resumed(self._context, self, task_id)
        return self._output(self._gateway.client.run(flow))

    async def aresume(self, task_id: str) -> tuple[Content, Any]:
        """Wait for a task that was paid for earlier, and return what a call would have.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        flow = self.capability.resumed(self._context, self, task_id)
        return self._output(await self._gateway.async_client.run(flow))


@connected
class AI302ImageTool(TaskTool, ImageSettings):
    """Lets an agent draw images with any image model of 302.AI.

    Setup:
        `pip install langchain-302`, and set the environment variable `AI302_API_KEY`.

    Use:
        ```python
        from langchain.agents import create_agent
        from langchain_302 import AI302ImageTool, ChatAI302

        draw = AI302ImageTool(output_dir="images", max_images=5)
        agent = create_agent(ChatAI302(model="gpt-4o"), tools=[draw])
        ```

    The tool message tells the model where each image is. Its `artifact` is a
    `core_302.tools.image_tool.Report`: links, paths, media types, sizes, model, request id, task
    id, cost and the raw response, as plain values. A paid job is sent once, unless the gateway
    surely did nothing. Callbacks get the progress of a task as the custom event `ai302_progress`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = GENERATE_IMAGE


@connected
class AI302EditImageTool(TaskTool, ImageSettings):
    """Lets an agent change or combine given images, with any image model that works on some.

    Use:
        ```python
        from langchain_302 import AI302EditImageTool

        edit = AI302EditImageTool(allowed_dirs=["photos"], output_dir="images", max_images=5)
        edit.invoke({"prompt": "the same place at night", "images": ["harbour.png"]})
        ```

    Given images go to 302.AI. What it returns, and what the operator can set, is as for
    `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = EDIT_IMAGE


@connected
class AI302RemoveBackgroundTool(TaskTool, ProcessingSettings):
    """Lets an agent remove the background of an image.

    Use:
        ```python
        from langchain_302 import AI302RemoveBackgroundTool

        cut = AI302RemoveBackgroundTool(allowed_dirs=["photos"], output_dir="images")
        cut.invoke({"image": "face.png"})
        ```

    A given image goes to 302.AI, and is not uploaded to where others can read it. What it returns,
    and what the operator can set, is as for `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = REMOVE_BACKGROUND


@connected
class AI302UpscaleTool(TaskTool, ProcessingSettings):
    """Lets an agent enlarge an image, up to four times as wide and as high.

    Use:
        ```python
        from langchain_302 import AI302UpscaleTool

        enlarge = AI302UpscaleTool(allowed_dirs=["photos"], output_dir="images")
        enlarge.invoke({"image": "face.png", "scale": 4})
        ```

    A given image goes to 302.AI, and is not uploaded to where others can read it. What it returns,
    and what the operator can set, is as for `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = UPSCALE_IMAGE


@connected
class AI302EraseTool(TaskTool, ProcessingSettings):
    """Lets an agent erase from an image what a mask covers.

    Use:
        ```python
        from langchain_302 import AI302EraseTool

        erase = AI302EraseTool(allowed_dirs=["photos"], output_dir="images")
        erase.invoke({"image": "beach.png", "mask": "mask.png"})
        ```

    A given image goes to 302.AI, and is not uploaded to where others can read it. What it returns,
    and what the operator can set, is as for `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = ERASE_FROM_IMAGE


@connected
class AI302AvatarTool(TaskTool, AvatarSettings):
    """Lets an agent make avatars from a photo of a face, in one of 17 styles or in your own.

    Use:
        ```python
        from langchain_302 import AI302AvatarTool

        avatars = AI302AvatarTool(output_dir="avatars", allowed_dirs=["photos"], max_images=8)
        avatars.invoke({"image": "me.png", "person_type": "female", "style": "Watercolor"})
        ```

    What it returns, and what the operator can set, is as for `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = GENERATE_AVATAR


@connected
class AI302SearchTool(CapabilityTool, SearchSettings):
    """Lets an agent search the web with one of nine providers.

    Use:
        ```python
        from langchain_302 import AI302SearchTool

        search = AI302SearchTool(provider="tavily", max_results=5, budget=1.0)
        search.invoke({"query": "What is new in AI?", "time_range": "week"})
        ```

    The model reads numbered results: title, address, date, excerpt. The `artifact` of its tool
    message has `results` with all that came of each, `answer`, `request_id` and `cost`. With
    `answer_model` a language model searches and writes an answer with its sources instead.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = SEARCH


@connected
class AI302ReadImageTool(CapabilityTool, ReadImageSettings):
    """Lets an agent read the words on an image, or ask about it.

    Use:
        ```python
        from langchain_302 import AI302ReadImageTool

        read = AI302ReadImageTool(allowed_dirs=["scans"])
        read.invoke({"image": "invoice.png", "question": "What is the total?"})
        ```

    The `artifact` of its tool message has `model`, `request_id` and `citations`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = READ_IMAGE


@connected
class AI302ReadPageTool(CapabilityTool, ReadPageSettings):
    """Lets an agent read a page of the web as Markdown, by its address.

    Use:
        ```python
        from langchain_302 import AI302ReadPageTool

        read = AI302ReadPageTool(budget=1.0)
        read.invoke({"url": "https://harbour-times.example/news/larkhaven-terminal-reopens"})
        ```

    The `artifact` of its tool message has the whole text, `url`, `title`, `request_id` and `cost`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = READ_PAGE


@connected
class AI302ReadFileTool(TaskTool, ReadFileSettings):
    """Lets an agent read documents: PDF, Word, Excel, PowerPoint, EPUB, CSV and others.

    Use:
        ```python
        from langchain_302 import AI302ReadFileTool

        read = AI302ReadFileTool(allowed_dirs=["contracts"], output_dir="read")
        read.invoke({"file": "offer.docx"})
        ```

    A file goes to 302.AI. With `method="parse"` and `"mineru"`, and where `"auto"` takes `parse`,
    it is uploaded first: anybody who has its link can read it. The `artifact` of the tool
    message has the text, the method, the ids and the cost.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = READ_FILE


@connected
class AI302CodeTool(CapabilityTool, CodeSettings):
    """Lets an agent run a program in a sandbox of 302.AI, never on this machine.

    Use:
        ```python
        from langchain_302 import AI302CodeTool

        run = AI302CodeTool(output_dir="results", time_limit=30, budget=0.5)
        run.invoke({"code": "print(sum(range(101)))"})
        ```

    A program that fails is a result, with its errors. The `artifact` of its tool message has
    `stdout`, `stderr`, `problem` and `files`; a file is kept in `output_dir`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = RUN_CODE


@connected
class AI302VideoTool(TaskTool, VideoSettings):
    """Lets an agent make a video from words or from images, with any video model of 302.AI.

    Use:
        ```python
        from langchain_302 import AI302VideoTool

        film = AI302VideoTool(output_dir="videos", budget=5.0)
        film.invoke({"prompt": "waves at dusk, slow pan", "duration": 5})
        ```

    A video takes minutes: callbacks get the progress of its task as the custom event
    `ai302_progress`, and `resume(task_id)` waits for it again after an interruption. The `artifact`
    of its tool message has `files`, `task_id` and `cost`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = GENERATE_VIDEO


@connected
class AI302TranscriptionTool(CapabilityTool, TranscriptionSettings):
    """Lets an agent know what is said in a recording, with times and speakers where they are known.

    Use:
        ```python
        from langchain_302 import AI302TranscriptionTool

        hear = AI302TranscriptionTool(allowed_dirs=["calls"], output_dir="made", budget=1.0)
        hear.invoke({"audio": "monday.mp3"})
        ```

    A recording goes to 302.AI. The `artifact` of its tool message has `text`, `segments`, `words`,
    `language`, `duration`, `request_id` and `cost`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = TRANSCRIBE


@connected
class AI302SpeechTool(TaskTool, SpeechSettings):
    """Lets an agent read a text aloud, with any voice of 302.AI.

    Use:
        ```python
        from langchain_302 import AI302SpeechTool

        speak = AI302SpeechTool(output_dir="made", voice="nova", output_format="mp3", budget=1.0)
        speak.invoke({"text": "Good morning!"})
        ```

    Which voices there are, `core_302.Client().voices()` lists. Callbacks get the progress of the
    task as the custom event `ai302_progress`, and `resume(task_id)` waits for it again after an
    interruption. The `artifact` of its tool message has `files`, `task_id` and `cost`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is unknown, or out of its bounds.
    """

    capability = SPEAK


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
