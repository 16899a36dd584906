"""generate_image and generate_avatar as LangChain tools.

A model decides what is drawn; the operator decides everything else. What happens between a model's
arguments and the finished files stands in `core_302.tools.image_tool`, the same for both methods.
"""

from __future__ import annotations

import base64
import os
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from langchain_core.callbacks import (
    AsyncCallbackManagerForToolRun,
    CallbackManagerForToolRun,
)
from langchain_core.tools import ArgsSchema, BaseTool, ToolException
from pydantic import (
    BaseModel,
    BeforeValidator,
    PrivateAttr,
    model_validator,
)

from core_302 import AI302Error, AvatarRequest, ImageRequest
from core_302.adapters.client_fields import TaskFields
from core_302.adapters.connection import Connection
from core_302.endpoints.image_reply import ImageTask
from core_302.flow import Flow
from core_302.tools.budget import ASSUMED_PRICE, Purse
from core_302.tools.image_store import check_folders
from core_302.tools.image_tool import DEFAULT_IMAGE_MODEL, Report, Studio, in_words, wrong_arguments
from core_302.tools.schemas import DESCRIPTIONS, avatar_arguments, image_arguments
from langchain_302.client_fields import ClientFields, connected

if TYPE_CHECKING:
    from typing_extensions import Self

PROGRESS_EVENT = "ai302_progress"

Content = str | list[str | dict[str, Any]]


def _folder(given: Any) -> Any:
    return Path(given).expanduser() if isinstance(given, (str, os.PathLike)) else given


# A text is what people write, so strict checkers must take it. Once checked, it is a Path.
Folder = Annotated[Path | str, BeforeValidator(_folder)]


class PictureTool(BaseTool, ClientFields, TaskFields):
    """What both tools share: the operator's settings, the limits, the way a job is run."""

    output_dir: Folder | None = None
    """Where pictures are kept. None: they stay on the gateway's file host, and links are given."""
    allowed_dirs: Sequence[Folder] = ()
    """Folders that a model may name pictures in. None is allowed by default."""
    show_images_to_model: bool = False
    """Return the pictures to the model as well, for models that see pictures in tool messages."""
    max_images: int | None = None
    """The most pictures in this tool's life, also under calls at once."""
    budget: float | None = None
    """The most money in this tool's life, in PTC (1 PTC is 1 US dollar)."""
    assumed_price: float = ASSUMED_PRICE
    """What a picture is thought to cost until its record is read, in PTC."""
    look_up_cost: bool = True
    """Ask the gateway's record what each job cost: one more call, which is free."""
    on_unsupported: Literal["error", "adjust"] = "error"
    """What is done about a value that the model does not take: see `ImageRequest`."""
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    handle_tool_error: Any = True

    _connection: Connection | None = PrivateAttr(default=None)
    _purse: Purse = PrivateAttr()
    _request: ClassVar[type[BaseModel]]

    @model_validator(mode="after")
    def _check_what_the_operator_set(self) -> Self:
        check_folders(*self._folders())
        self._purse = Purse(self.max_images, self.budget, self.assumed_price)
        self.args_schema = self._arguments()
        return self

    @abstractmethod
    def _arguments(self) -> ArgsSchema:
        """Return what a model may say to this tool."""

    @property
    def images_made(self) -> int:
        """How many pictures this tool has made, or has ordered."""
        return self._purse.images

    @property
    def spent(self) -> float:
        """What this tool has spent, or has set aside, in PTC."""
        return self._purse.spent

    def resume(self, task_id: str) -> tuple[Content, Report]:
        """Wait for a task that was paid for earlier, and keep its pictures.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._said(self._gateway.client.run(self._studio().finish(task_id)))

    async def aresume(self, task_id: str) -> tuple[Content, Report]:
        """Wait for a task that was paid for earlier, and keep its pictures.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._said(await self._gateway.async_client.run(self._studio().finish(task_id)))

    def _folders(self) -> tuple[Path | None, tuple[Path, ...]]:
        kept = None if self.output_dir is None else Path(self.output_dir)
        return kept, tuple(Path(folder) for folder in self.allowed_dirs)

    def _studio(self) -> Studio:
        output_dir, allowed_dirs = self._folders()
        return Studio(
            output_dir=output_dir,
            allowed_dirs=allowed_dirs,
            on_unsupported=self.on_unsupported,
            purse=self._purse,
            look_up_cost=self.look_up_cost,
        )

    @abstractmethod
    def _flow(self, given: Mapping[str, Any]) -> Flow[Report]:
        """Return the job that a model's arguments ask for."""

    def _run(
        self, *, run_manager: CallbackManagerForToolRun | None = None, **given: Any
    ) -> tuple[Content, Report]:
        def tell(task: ImageTask) -> None:
            if run_manager is not None:
                child = run_manager.get_child()
                child.on_custom_event(PROGRESS_EVENT, _told(task), run_id=child.parent_run_id)

        try:
            return self._said(self._gateway.client.run(self._flow(given), on_progress=tell))
        except AI302Error as error:
            raise ToolException(error.message) from error

    async def _arun(
        self, *, run_manager: AsyncCallbackManagerForToolRun | None = None, **given: Any
    ) -> tuple[Content, Report]:
        async def tell(task: ImageTask) -> None:
            if run_manager is not None:
                child = run_manager.get_child()
                event = child.on_custom_event
                await event(PROGRESS_EVENT, _told(task), run_id=child.parent_run_id)

        try:
            return self._said(
                await self._gateway.async_client.run(self._flow(given), on_progress=tell)
            )
        except AI302Error as error:
            raise ToolException(error.message) from error

    def _said(self, report: Report) -> tuple[Content, Report]:
        text = in_words(report)
        if not self.show_images_to_model:
            return text, report
        shown = [block for picture in report["pictures"] if (block := _block(picture))]
        return [{"type": "text", "text": text}, *shown], report

    def __getstate__(self) -> dict[Any, Any]:
        """The class of the arguments is made again: it belongs to no module."""
        state = super().__getstate__()
        return {**state, "__dict__": {**state["__dict__"], "args_schema": None}}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        super().__setstate__(state)
        self.args_schema = self._arguments()


@connected
class AI302ImageTool(PictureTool):
    """Lets an agent draw pictures with any image model of 302.AI.

    Setup:
        `pip install langchain-302`, and set the environment variable `AI302_API_KEY`.

    Use:
        ```python
        from langchain.agents import create_agent
        from langchain_302 import AI302ImageTool, ChatAI302

        draw = AI302ImageTool(output_dir="pictures", max_images=5)
        agent = create_agent(ChatAI302(model="gpt-4o"), tools=[draw])
        ```

    The tool message says to the model where each picture is. Its `artifact` is a
    `core_302.tools.image_tool.Report`: links, paths, media types, sizes, model, request id, task
    id, cost and the raw reply, as plain values. A paid job is sent once, unless the gateway surely
    did nothing.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
    """

    name: str = "generate_image"
    description: str = DESCRIPTIONS["generate_image"]
    model: str = DEFAULT_IMAGE_MODEL
    """The image model, one of `core_302.catalogue.image_models()` or a newer one."""
    more_models: tuple[str, ...] = ()
    """Others that the agent may choose; with none, it has no choice."""
    as_task: bool = False
    """Order a task and poll it: progress is told to callbacks as the custom event
    `ai302_progress`, and an interrupted job can be resumed."""
    handle_validation_error: Any = partial(wrong_arguments, ImageRequest)

    def _arguments(self) -> ArgsSchema:
        models = tuple(dict.fromkeys([self.model, *self.more_models]))
        files = bool(self.allowed_dirs or self.output_dir)
        return image_arguments(models, files=files)

    def _flow(self, given: Mapping[str, Any]) -> Flow[Report]:
        chosen = {**given, "model": given.get("model") or self.model}
        return self._studio().draw(chosen, as_task=self.as_task)


@connected
class AI302AvatarTool(PictureTool):
    """Lets an agent make avatars from a photo of a face, in 17 styles or a look of its own words.

    Use:
        ```python
        from langchain_302 import AI302AvatarTool

        avatars = AI302AvatarTool(output_dir="avatars", allowed_dirs=["photos"], max_images=8)
        avatars.invoke({"image": "me.png", "person_type": "female", "style": "Watercolor"})
        ```

    What it returns, and what the operator can set, is as for `AI302ImageTool`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
    """

    name: str = "generate_avatar"
    description: str = DESCRIPTIONS["generate_avatar"]
    prompt_model: str | None = None
    """The language model that words the prompt; the gateway's default is gpt-4.1."""
    handle_validation_error: Any = partial(wrong_arguments, AvatarRequest)

    def _arguments(self) -> ArgsSchema:
        return avatar_arguments(files=bool(self.allowed_dirs or self.output_dir))

    def _flow(self, given: Mapping[str, Any]) -> Flow[Report]:
        return self._studio().portray({**given, "model": self.prompt_model})


def _told(task: ImageTask) -> dict[str, Any]:
    return {"task_id": task.task_id, "status": task.status, "done": task.job is not None}


def _block(picture: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a picture as a content block: by its link, or, if it has none, with its data."""
    if picture["url"]:
        return {"type": "image", "url": picture["url"]}
    if not picture["path"]:
        return None
    data = base64.b64encode(Path(picture["path"]).read_bytes()).decode("ascii")
    return {"type": "image", "base64": data, "mime_type": picture["media_type"]}
