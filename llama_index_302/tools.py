"""302.AI's capabilities as LlamaIndex tools: one class statement each, on one generic base.

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
from core_302.tools.edit_image import EDIT_IMAGE
from core_302.tools.erase_from_image import ERASE_FROM_IMAGE
from core_302.tools.generate_avatar import GENERATE_AVATAR
from core_302.tools.generate_image import GENERATE_IMAGE
from core_302.tools.generate_video import GENERATE_VIDEO
from core_302.tools.image_tool import Image
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
    SpeechSettings,
    TranscriptionSettings,
    VideoSettings,
)
from core_302.tools.speak import SPEAK
from core_302.tools.transcribe import TRANSCRIBE
from core_302.tools.upscale_image import UPSCALE_IMAGE
from core_302.tools.web_search import SEARCH
from llama_index_302.answers import image
from llama_index_302.client_fields import ClientFields, connected

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

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        flow = self.capability.resumed(self._context, self, task_id)
        return self._output({"task_id": task_id}, self._gateway.client.run(flow))

    async def aresume(self, task_id: str) -> ToolOutput:
        """Wait for a task that was paid for earlier, as `resume`."""
        flow = self.capability.resumed(self._context, self, task_id)
        return self._output({"task_id": task_id}, await self._gateway.async_client.run(flow))


@connected
class AI302ImageTool(TaskTool, ImageSettings):
    """Lets an agent draw images with any image model of 302.AI.

    Use:
        ```python
        from llama_index.core.agent.workflow import FunctionAgent
        from llama_index_302 import AI302, AI302ImageTool

        draw = AI302ImageTool(output_dir="images", max_images=5)
        agent = FunctionAgent(tools=[draw], llm=AI302(model="gpt-4o"))
        ```

    Its `raw_output` is a `core_302.tools.image_tool.Report`. A paid job is sent once, unless the
    gateway surely did nothing.

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
        from llama_index_302 import AI302EditImageTool

        edit = AI302EditImageTool(allowed_dirs=["photos"], output_dir="images", max_images=5)
        print(edit(prompt="the same place at night", images=["harbour.png"]))
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
        from llama_index_302 import AI302RemoveBackgroundTool

        cut = AI302RemoveBackgroundTool(allowed_dirs=["photos"], output_dir="images")
        print(cut(image="face.png"))
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
        from llama_index_302 import AI302UpscaleTool

        enlarge = AI302UpscaleTool(allowed_dirs=["photos"], output_dir="images")
        print(enlarge(image="face.png", scale=4))
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
        from llama_index_302 import AI302EraseTool

        erase = AI302EraseTool(allowed_dirs=["photos"], output_dir="images")
        print(erase(image="beach.png", mask="mask.png"))
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
        from llama_index_302 import AI302AvatarTool

        avatars = AI302AvatarTool(output_dir="avatars", allowed_dirs=["photos"], max_images=8)
        avatars(image="me.png", person_type="female", style="Watercolor")
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
        from llama_index_302 import AI302SearchTool

        search = AI302SearchTool(provider="tavily", max_results=5, budget=1.0)
        print(search(query="What is new in AI?", time_range="week"))
        ```

    The model reads numbered results: title, address, date, excerpt. Its `raw_output` has
    `results` with all that came of each, `answer`, `request_id` and `cost`. With `answer_model` a
    language model searches and writes an answer with its sources instead.

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
        from llama_index_302 import AI302ReadImageTool

        read = AI302ReadImageTool(allowed_dirs=["scans"])
        print(read(image="invoice.png", question="What is the total?"))
        ```

    Its `raw_output` has `model`, `request_id` and `citations`.

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
        from llama_index_302 import AI302ReadPageTool

        read = AI302ReadPageTool(budget=1.0)
        print(read(url="https://harbour-times.example/news/larkhaven-terminal-reopens"))
        ```

    Its `raw_output` has the whole text, `url`, `title`, `request_id` and `cost`.

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
        from llama_index_302 import AI302ReadFileTool

        read = AI302ReadFileTool(allowed_dirs=["contracts"], output_dir="read")
        read(file="offer.docx")
        ```

    A file goes to 302.AI. With `method="parse"` and `"mineru"`, and where `"auto"` takes `parse`,
    it is uploaded first: anybody who has its link can read it. `raw_output` of what it
    returns has the text, the method, the ids and the cost.

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
        from llama_index_302 import AI302CodeTool

        run = AI302CodeTool(output_dir="results", time_limit=30, budget=0.5)
        run(code="print(sum(range(101)))")
        ```

    A program that fails is a result, with its errors. `raw_output` has `stdout`, `stderr`,
    `problem` and `files`; a file is kept in `output_dir`.

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
        from llama_index_302 import AI302VideoTool

        film = AI302VideoTool(output_dir="videos", budget=5.0)
        film(prompt="waves at dusk, slow pan", duration=5)
        ```

    A video takes minutes: `on_progress` is called with the progress of its task, and
    `resume(task_id)` waits for it again after an interruption. `raw_output` has `files`, `task_id`
    and `cost`.

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
        from llama_index_302 import AI302TranscriptionTool

        hear = AI302TranscriptionTool(allowed_dirs=["calls"], output_dir="made", budget=1.0)
        print(hear(audio="monday.mp3"))
        ```

    A recording goes to 302.AI. Its `raw_output` has `text`, `segments`, `words`, `language`,
    `duration`, `request_id` and `cost`.

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
        from llama_index_302 import AI302SpeechTool

        speak = AI302SpeechTool(output_dir="made", voice="nova", output_format="mp3", budget=1.0)
        print(speak(text="Good morning!"))
        ```

    Which voices there are, `core_302.Client().voices()` lists. `on_progress` is called with the
    progress of the task, and `resume(task_id)` waits for it again after an interruption.
    `raw_output` has `files`, `task_id` and `cost`.

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
"""Every tool, in the order of a tool spec."""


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
