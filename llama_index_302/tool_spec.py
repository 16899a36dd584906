"""AI302ToolSpec: several capabilities for one agent, with one client, one budget, one folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from os import PathLike
from typing import Any, Literal

from llama_index.core.tools.function_tool import FunctionTool
from llama_index.core.tools.tool_spec.base import SPEC_FUNCTION_TYPE, BaseToolSpec
from llama_index.core.tools.types import ToolMetadata
from pydantic import PrivateAttr, SecretStr

from core_302 import AsyncClient, Client, PollPolicy, RetryPolicy
from core_302.adapters.connected import concealed, names_only
from core_302.adapters.connection import Connection, LifeCycle
from core_302.adapters.shared_tools import Limited, chosen, tools_of
from core_302.config import unshown_values
from core_302.endpoints.image_reply import ImageTask
from core_302.tools.budget import ASSUMED_PRICE
from core_302.tools.capability import ToolResult
from core_302.tools.context import ToolContext
from core_302.tools.erase_from_image import ERASE_FROM_IMAGE
from core_302.tools.generate_video import GENERATE_VIDEO
from core_302.tools.image_tool import DEFAULT_IMAGE_MODEL
from core_302.tools.read_file import READ_FILE
from core_302.tools.read_page import READ_PAGE
from core_302.tools.remove_background import REMOVE_BACKGROUND
from core_302.tools.run_code import RUN_CODE
from core_302.tools.settings import (
    DEFAULT_MODEL,
    ImageJobSettings,
    SearchSettings,
    SelectionSettings,
)
from core_302.tools.speak import SPEAK
from core_302.tools.transcribe import TRANSCRIBE
from core_302.tools.upscale_image import UPSCALE_IMAGE
from llama_index_302.client_fields import connected
from llama_index_302.spec_methods import arguments_in, awaited, methods_of
from llama_index_302.tools import TOOLS, Blocks, CapabilityTool, ToolFields, blocks_of

NOT_SETTINGS = {"self", "others", "only"}


@connected
class _Selection(SelectionSettings, ToolFields):
    """A spec's settings, checked as the tools themselves check them."""

    _connection: Connection | None = PrivateAttr(default=None)

    def connection(self) -> Connection:
        """Return a connection with its settings."""
        return self._gateway


class AI302ToolSpec(Limited, LifeCycle, BaseToolSpec):
    """Lets an agent draw images, make avatars, search the web, read images, and more.

    Use:
        ```python
        from llama_index.core.agent.workflow import FunctionAgent
        from llama_index_302 import AI302, AI302ToolSpec

        spec = AI302ToolSpec(output_dir="images", max_images=5)
        agent = FunctionAgent(tools=spec.to_tool_list(), llm=AI302(model="gpt-4o"))
        ```

    The image tools answer with text for the model and with the images as blocks, which `AI302`
    shows to the model. `reports` has the result of each job: links, paths, sizes, cost, ids. A paid
    job is sent once, unless the gateway surely did nothing. An image made by one tool can be read
    or edited by another, by its name. Settings of further capabilities go by the names that they
    have in `core_302.tools.settings.SelectionSettings`.

    Args:
        api_key: The 302.AI key; by default from the environment variable `AI302_API_KEY`.
        api_base: The gateway's address, also as `base_url`; by default from `AI302_BASE_URL`, or
            302.AI.
        timeout: Seconds for a whole call or job, or an `httpx.Timeout`.
        max_retries: How often a call that surely did nothing is retried.
        retry: Your own retry policy; it wins over `max_retries`.
        default_headers: Headers of every call. Treated as secret.
        default_query: Query parameters of every call. Treated as secret.
        allow_insecure: Permit `http://` to a host that is not this machine.
        http_client: Your own `httpx.Client`; it is never closed here.
        async_http_client: Your own `httpx.AsyncClient`; it is never closed here.
        client: A shared `core_302.Client`: its settings, its connections.
        async_client: A shared `core_302.AsyncClient`.
        only: The tools that are handed out, such as `["web_search", "read_image"]`; all by default.
        image_model: The image model, one of `core_302.catalogue.image_models()` or a newer one.
        more_image_models: Other models that the agent may choose, of those that can do what a tool
            is for: one may draw, and another one change images.
        avatar_prompt_model: The language model that writes an avatar's prompt.
        answering_model: The language model behind `read_image`.
        search: Settings of `web_search`, or the name of a provider alone, such as "tavily".
        ocr: How images are read: "auto" (only where the model cannot see), True, a model's name.
        output_dir: Where images are saved. None: they stay on the gateway's file host.
        allowed_dirs: Folders that a model may name images in. None is allowed by default.
        trusted_hosts: File hosts that may have a private address or no https.
        show_images_to_model: Return the images as blocks. Switch it off for a model that cannot see
            images.
        max_images: The most images in this object's lifetime, also under concurrent calls.
        budget: The most money for images in this object's lifetime, in PTC (1 PTC is 1 US dollar).
        assumed_price: The assumed cost of an image until its record is read, in PTC.
        look_up_cost: Look up what each job cost in the gateway's records: one more call, which is
            free.
        on_unsupported: What is done about a value that a model does not support: see
            `ImageRequest`.
        as_task: Order images as tasks and poll them, which calls `on_progress`, or ask in one
            call. None: tasks, where the model's endpoint has them.
        on_progress: Called with a task's progress.
        polling: How often a task is polled.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: A setting is out of its bounds, or `only` names no tool.
    """

    spec_functions: list[SPEC_FUNCTION_TYPE] = [  # noqa: RUF012 - the framework's
        (kind.capability.name, f"a{kind.capability.name}") for kind in TOOLS
    ]

    @names_only
    def __init__(
        self,
        *,
        api_key: SecretStr | str | None = None,
        api_base: str | None = None,
        timeout: Any = None,
        max_retries: int = 2,
        retry: RetryPolicy | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, str] | None = None,
        allow_insecure: bool = False,
        trusted_hosts: Sequence[str] | None = None,
        http_client: Any = None,
        async_http_client: Any = None,
        client: Client | None = None,
        async_client: AsyncClient | None = None,
        only: Sequence[str] | str | None = None,
        image_model: str = DEFAULT_IMAGE_MODEL,
        more_image_models: Sequence[str] = (),
        avatar_prompt_model: str | None = None,
        answering_model: str = DEFAULT_MODEL,
        search: SearchSettings | str | None = None,
        ocr: bool | str = "auto",
        output_dir: str | PathLike[str] | None = None,
        allowed_dirs: Sequence[str | PathLike[str]] = (),
        show_images_to_model: bool = True,
        max_images: int | None = None,
        budget: float | None = None,
        assumed_price: float = ASSUMED_PRICE,
        look_up_cost: bool = True,
        on_unsupported: Literal["error", "adjust"] = "error",
        as_task: bool | None = None,
        on_progress: Callable[[ImageTask], object] | None = None,
        polling: PollPolicy | None = None,
        **others: Any,
    ) -> None:
        api_key = concealed(api_key)
        default_headers = unshown_values(default_headers)
        default_query = unshown_values(default_query)
        said = {name: value for name, value in locals().items() if name not in NOT_SETTINGS}
        given = {name: value for name, value in said.items() if value is not None}
        self._only = [only] if isinstance(only, str) else only
        chosen(TOOLS, self._only)
        self._selection = _Selection(**given, **others)
        self._context = ToolContext.of(self._selection)
        self.reports: list[Mapping[str, Any]] = []
        """The result of each job, oldest first: links, paths, sizes, cost, ids."""

    @property
    def _gateway(self) -> Connection:
        return self._selection.connection()

    @cached_property
    def _tools(self) -> dict[str, CapabilityTool]:
        shared = tuple(ToolFields.model_fields)
        tools: list[CapabilityTool] = tools_of(self._selection, self._context, TOOLS, shared)
        return {tool.capability.name: tool for tool in tools}

    def __getstate__(self) -> dict[str, Any]:
        """A copy makes its tools anew: they share its own connection."""
        return {name: value for name, value in vars(self).items() if name != "_tools"}

    def generate_image(
        self,
        prompt: str,
        *,
        size: str | None = None,
        aspect_ratio: str | None = None,
        n: int | None = None,
        output_format: Literal["png", "jpeg", "webp"] | None = None,
        model: str | None = None,
    ) -> Blocks:
        """Draw an image from words. Given ones are changed by `edit_image`.

        Args:
            prompt: What to draw: subject, style, light, colours, in plain words.
            size: Such as `1024x768`, or a preset of the model such as `2K`.
            aspect_ratio: Width to height, such as 16:9.
            n: How many images; one by default.
            output_format: The file's format.
            model: One of `more_image_models`, if there are any.

        Raises:
            AI302Error: Its text tells a model what to do.
        """
        blocks: Blocks = self._call("generate_image", arguments_in(locals()))
        return blocks

    agenerate_image = awaited(generate_image)
    """Draw an image, awaited: as `generate_image`."""

    def edit_image(
        self,
        prompt: str,
        images: Sequence[str],
        *,
        mask: str | None = None,
        size: str | None = None,
        aspect_ratio: str | None = None,
        n: int | None = None,
        output_format: Literal["png", "jpeg", "webp"] | None = None,
        model: str | None = None,
    ) -> Blocks:
        """Change or combine given images, as words say.

        Args:
            prompt: What to change, and what must stay as it is, in plain words.
            images: Each a link, a data URI, or the name of a file that may be read or was made
                here.
            mask: An image like the first, transparent where to change it; for models that take one.
            size: Such as `1024x768`, or a preset of the model such as `2K`.
            aspect_ratio: Width to height, such as 16:9.
            n: How many images; one by default.
            output_format: The file's format.
            model: One of `more_image_models` that changes images, if there are any.

        Raises:
            AI302Error: Its text tells a model what to do.
        """
        blocks: Blocks = self._call("edit_image", arguments_in(locals()))
        return blocks

    aedit_image = awaited(edit_image)
    """Change or combine given images, awaited: as `edit_image`."""

    remove_background, aremove_background = methods_of(REMOVE_BACKGROUND)
    upscale_image, aupscale_image = methods_of(UPSCALE_IMAGE)
    erase_from_image, aerase_from_image = methods_of(ERASE_FROM_IMAGE)

    def generate_avatar(
        self,
        image: str,
        person_type: Literal["female", "male", "kid"],
        *,
        style: str | None = None,
        custom_prompt: str | None = None,
        num: int | None = None,
        width: int | None = None,
        height: int | None = None,
    ) -> Blocks:
        """Make avatars from a photo of a face.

        Args:
            image: The photo: a link, a data URI, or the name of a file that may be read.
            person_type: Who is in the photo.
            style: The look: one of the 17 styles of `core_302.AvatarStyle`.
            custom_prompt: The look in your own words, in place of a style.
            num: How many, 1 to 4; one by default.
            width: 256 to 1036 pixels.
            height: 256 to 1036 pixels.

        Raises:
            AI302Error: Its text tells a model what to do.
        """
        blocks: Blocks = self._call("generate_avatar", arguments_in(locals()))
        return blocks

    agenerate_avatar = awaited(generate_avatar)
    """Make avatars from a photo, awaited: as `generate_avatar`."""

    def web_search(
        self,
        query: str,
        *,
        max_results: int | None = None,
        category: str | None = None,
        time_range: str | None = None,
    ) -> str:
        """Search the web; return what was found as numbered results.

        Args:
            query: What to search for, as a question or in key words.
            max_results: How many results, at most those of the settings.
            category: What to search, in a word of the provider's, such as `news`.
            time_range: How old pages may be: `day`, `week`, `month`, `year`.

        Raises:
            AI302Error: Its text tells a model what to do.
        """
        text: str = self._call("web_search", arguments_in(locals()))
        return text

    aweb_search = awaited(web_search)
    """Search the web, awaited: as `web_search`."""

    def read_image(self, image: str, question: str | None = None) -> str:
        """Read the words on an image, or answer a question about it.

        Args:
            image: A link, a data URI, or the name of a file that may be read or was made here.
            question: What to find out; None for all words on the image.

        Raises:
            AI302Error: Its text tells a model what to do.
        """
        text: str = self._call("read_image", arguments_in(locals()))
        return text

    aread_image = awaited(read_image)
    """Read an image, awaited: as `read_image`."""

    read_page, aread_page = methods_of(READ_PAGE)
    read_file, aread_file = methods_of(READ_FILE)
    run_code, arun_code = methods_of(RUN_CODE)
    generate_video, agenerate_video = methods_of(GENERATE_VIDEO)
    transcribe, atranscribe = methods_of(TRANSCRIBE)
    speak, aspeak = methods_of(SPEAK)

    def resume(self, task_id: str, tool: str = "generate_image") -> Any:
        """Wait for a task that was paid for earlier, and return what its method would have.

        Args:
            task_id: The task.
            tool: The name of the method that ordered it.

        Raises:
            InvalidInputError: There is no such tool, or it orders no tasks.
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._answer(tool, self._named(tool).resumed(task_id))

    async def aresume(self, task_id: str, tool: str = "generate_image") -> Any:
        """Wait for a task that was paid for earlier, as `resume`."""
        return self._answer(tool, await self._named(tool).aresumed(task_id))

    def _named(self, name: str) -> CapabilityTool:
        (kind,) = chosen(TOOLS, [name])
        return self._tools[kind.capability.name]

    def get_metadata_from_fn_name(
        self,
        fn_name: str,
        spec_functions: list[SPEC_FUNCTION_TYPE] | None = None,  # noqa: ARG002
    ) -> ToolMetadata | None:
        """Return a tool's metadata, which LlamaIndex would guess from the signature."""
        tool = self._tools.get(fn_name)
        return None if tool is None else tool.metadata

    def to_tool_list(
        self,
        spec_functions: list[SPEC_FUNCTION_TYPE] | None = None,
        func_to_metadata_mapping: dict[str, ToolMetadata] | None = None,
    ) -> list[FunctionTool]:
        """Return the tools.

        Args:
            spec_functions: The tools that are wanted, such as `["web_search"]`; by default those of
                `only`.
            func_to_metadata_mapping: Your own name and description of each, by name.

        Raises:
            InvalidInputError: There is no such tool.
        """
        wanted = [f if isinstance(f, str) else f[0] for f in spec_functions or ()]
        own = func_to_metadata_mapping or {}
        kinds = chosen(TOOLS, wanted or self._only)
        return [self._function(kind.capability.name, own) for kind in kinds]

    def _function(self, name: str, own: Mapping[str, ToolMetadata]) -> FunctionTool:
        def run(*given: Any, **arguments: Any) -> Any:
            return self._call(name, self._tools[name].by_name(given, arguments))

        async def arun(*given: Any, **arguments: Any) -> Any:
            return await self._acall(name, self._tools[name].by_name(given, arguments))

        metadata = own.get(name) or self._tools[name].metadata
        return FunctionTool(run, metadata, arun)

    def _call(self, name: str, arguments: dict[str, Any]) -> Any:
        return self._answer(name, self._tools[name].result(arguments))

    async def _acall(self, name: str, arguments: dict[str, Any]) -> Any:
        return self._answer(name, await self._tools[name].aresult(arguments))

    def _answer(self, name: str, done: ToolResult) -> Any:
        """Return a method's result: blocks for an image job, text for everything else."""
        if "kind" in done.report:
            self.reports.append(done.report)
        if issubclass(self._tools[name].capability.settings, ImageJobSettings):
            return blocks_of(done, shown=self._selection.show_images_to_model)
        return done.text
