"""AI302ToolSpec: pictures, avatars, web search and reading of pictures as LlamaIndex tools.

A model decides what is drawn, searched or read; the operator decides everything else. What happens
between a model's arguments and the finished files stands in `core_302.tools.image_tool`, what is
looked up in `core_302.tools.lookups`; both are the same for blocking and asynchronous functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from llama_index.core.base.llms.types import ImageBlock, TextBlock
from llama_index.core.tools.tool_spec.base import SPEC_FUNCTION_TYPE, BaseToolSpec
from llama_index.core.tools.types import ToolMetadata
from pydantic import BaseModel, SecretStr, ValidationError

from core_302 import (
    AsyncClient,
    AvatarRequest,
    Client,
    ImageRequest,
    PollPolicy,
    RetryPolicy,
    WebSearch,
)
from core_302.adapters.connected import concealed
from core_302.adapters.connection import LifeCycle
from core_302.endpoints.image_reply import ImageTask
from core_302.errors import InvalidInputError
from core_302.flow import Flow
from core_302.tools.budget import ASSUMED_PRICE, Purse
from core_302.tools.image_store import check_folders
from core_302.tools.image_tool import (
    DEFAULT_IMAGE_MODEL,
    Picture,
    Report,
    Studio,
    in_words,
    wrong_arguments,
)
from core_302.tools.lookups import DEFAULT_MODEL, Lookups
from core_302.tools.schemas import (
    DESCRIPTIONS,
    avatar_arguments,
    image_arguments,
    reading_arguments,
    search_arguments,
)
from llama_index_302.answers import picture
from llama_index_302.client_fields import ClientParameters

Blocks = list[TextBlock | ImageBlock]


class AI302ToolSpec(LifeCycle, BaseToolSpec):
    """Lets an agent draw pictures, make avatars, search the web and read pictures.

    Use:
        ```python
        from llama_index.core.agent.workflow import FunctionAgent
        from llama_index_302 import AI302, AI302ToolSpec

        spec = AI302ToolSpec(output_dir="pictures", max_images=5)
        agent = FunctionAgent(tools=spec.to_tool_list(), llm=AI302(model="gpt-4o"))
        ```

    The picture tools answer with text for the model and with the pictures as blocks, which `AI302`
    shows to the model. `reports` has what each job brought: links, paths, sizes, cost, ids. A paid
    job is sent once, unless the gateway surely did nothing.

    Args:
        api_key: The 302.AI key; by default from the environment variable `AI302_API_KEY`.
        api_base: The gateway's address; by default from `AI302_BASE_URL`, or 302.AI.
        timeout: Seconds for a whole call or job, or an `httpx.Timeout`.
        max_retries: How often a call that surely did nothing is repeated.
        retry: Your own way of repeating; it wins over `max_retries`.
        default_headers: Headers of every call. Treated as secret.
        default_query: Query parameters of every call.
        allow_insecure: Permit `http://` to a host that is not this machine.
        trusted_hosts: File hosts that may have a private address or no https.
        http_client: Your own `httpx.Client`; it is never closed here.
        async_http_client: Your own `httpx.AsyncClient`; it is never closed here.
        client: A `core_302.Client` that others use too: its settings, its connections.
        async_client: A `core_302.AsyncClient` that others use too.
        image_model: The image model, one of `core_302.catalogue.image_models()` or a newer one.
        more_image_models: Others that the agent may choose; with none, it has no choice.
        avatar_prompt_model: The language model that words an avatar's prompt.
        answering_model: The language model behind `web_search` and `read_image`.
        search: How the web is searched.
        ocr: How pictures are read: "auto" (only where the model cannot see), True, a model's name.
        output_dir: Where pictures are kept. None: they stay on the gateway's file host.
        allowed_dirs: Folders that a model may name pictures in. None is allowed by default.
        show_images_to_model: Return the pictures as blocks. Switch it off for a model without eyes.
        max_images: The most pictures in this object's life, also under calls at once.
        budget: The most money for pictures in this object's life, in PTC (1 PTC is 1 US dollar).
        assumed_price: What a picture is thought to cost until its record is read, in PTC.
        look_up_cost: Ask the gateway's record what each job cost: one more call, which is free.
        on_unsupported: What is done about a value that a model does not take: see `ImageRequest`.
        as_task: Order pictures as tasks and poll them, which tells `on_progress`.
        on_progress: Called with how far a task is.
        polling: How often a task is asked whether it is done.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
    """

    spec_functions: list[SPEC_FUNCTION_TYPE] = [  # noqa: RUF012 - the framework's
        ("generate_image", "agenerate_image"),
        ("generate_avatar", "agenerate_avatar"),
        ("web_search", "aweb_search"),
        ("read_image", "aread_image"),
    ]

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
        image_model: str = DEFAULT_IMAGE_MODEL,
        more_image_models: tuple[str, ...] = (),
        avatar_prompt_model: str | None = None,
        answering_model: str = DEFAULT_MODEL,
        search: WebSearch | None = None,
        ocr: bool | str = "auto",
        output_dir: str | PathLike[str] | None = None,
        allowed_dirs: tuple[str | PathLike[str], ...] | list[str | PathLike[str]] = (),
        show_images_to_model: bool = True,
        max_images: int | None = None,
        budget: float | None = None,
        assumed_price: float = ASSUMED_PRICE,
        look_up_cost: bool = True,
        on_unsupported: Literal["error", "adjust"] = "error",
        as_task: bool = False,
        on_progress: Callable[[ImageTask], object] | None = None,
        polling: PollPolicy | None = None,
    ) -> None:
        self._connection = ClientParameters(
            api_key=concealed(api_key),
            api_base=api_base,
            timeout=timeout,
            max_retries=max_retries,
            retry=retry,
            default_headers=default_headers,
            default_query=default_query,
            allow_insecure=allow_insecure,
            trusted_hosts=trusted_hosts,
            http_client=http_client,
            async_http_client=async_http_client,
            client=client,
            async_client=async_client,
            polling=polling,
        ).connection()
        self._studio = Studio(
            output_dir=Path(output_dir).expanduser() if output_dir is not None else None,
            allowed_dirs=tuple(Path(folder).expanduser() for folder in allowed_dirs),
            on_unsupported=on_unsupported,
            purse=Purse(max_images, budget, assumed_price),
            look_up_cost=look_up_cost,
        )
        check_folders(self._studio.output_dir, self._studio.allowed_dirs)
        self._lookups = Lookups(answering_model, search or WebSearch(), ocr)
        self._image_models = tuple(dict.fromkeys([image_model, *more_image_models]))
        self._avatar_prompt_model = avatar_prompt_model
        self._show = show_images_to_model
        self._as_task = as_task
        self._on_progress = on_progress
        self.reports: list[Report] = []
        """What each job brought, oldest first: links, paths, sizes, cost, ids."""

    @property
    def images_made(self) -> int:
        """How many pictures these tools have made, or have ordered."""
        return self._studio.purse.images

    @property
    def spent(self) -> float:
        """What these tools have spent on pictures, or have set aside, in PTC."""
        return self._studio.purse.spent

    def generate_image(self, **arguments: Any) -> Blocks:
        """Draw a picture; the arguments are those that a model reads in the tool's schema.

        Raises:
            AI302Error: Its text says to a model what to do.
        """
        return self._shown(
            self._gateway.client.run(self._draw(arguments), on_progress=self._on_progress)
        )

    async def agenerate_image(self, **arguments: Any) -> Blocks:
        """Draw a picture, as `generate_image`."""
        flow = self._draw(arguments)
        return self._shown(
            await self._gateway.async_client.run(flow, on_progress=self._on_progress)
        )

    def generate_avatar(self, **arguments: Any) -> Blocks:
        """Make avatars from a photo; the arguments are those of the tool's schema.

        Raises:
            AI302Error: Its text says to a model what to do.
        """
        return self._shown(self._gateway.client.run(self._portray(arguments)))

    async def agenerate_avatar(self, **arguments: Any) -> Blocks:
        """Make avatars from a photo, as `generate_avatar`."""
        return self._shown(await self._gateway.async_client.run(self._portray(arguments)))

    def web_search(self, **arguments: Any) -> str:
        """Search the web for `query`; return an answer with its sources.

        Raises:
            AI302Error: Its text says to a model what to do.
        """
        return self._gateway.client.run(self._search(arguments))

    async def aweb_search(self, **arguments: Any) -> str:
        """Search the web, as `web_search`."""
        return await self._gateway.async_client.run(self._search(arguments))

    def read_image(self, **arguments: Any) -> str:
        """Read the picture `image`, or answer `question` about it.

        Raises:
            AI302Error: Its text says to a model what to do.
        """
        return self._gateway.client.run(self._read(arguments))

    async def aread_image(self, **arguments: Any) -> str:
        """Read a picture, as `read_image`."""
        return await self._gateway.async_client.run(self._read(arguments))

    def resume(self, task_id: str) -> Blocks:
        """Wait for a task that was paid for earlier, and keep its pictures.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._shown(self._gateway.client.run(self._studio.finish(task_id)))

    async def aresume(self, task_id: str) -> Blocks:
        """Wait for a task that was paid for earlier, as `resume`."""
        return self._shown(await self._gateway.async_client.run(self._studio.finish(task_id)))

    def get_metadata_from_fn_name(
        self,
        fn_name: str,
        spec_functions: list[SPEC_FUNCTION_TYPE] | None = None,  # noqa: ARG002
    ) -> ToolMetadata | None:
        """Return what a model reads of a tool. LlamaIndex would guess it from the signature."""
        schema = self._schemas().get(fn_name)
        if schema is None:
            return None
        return ToolMetadata(DESCRIPTIONS[fn_name], fn_name, fn_schema=schema)

    def _schemas(self) -> dict[str, type[BaseModel]]:
        files = bool(self._studio.allowed_dirs or self._studio.output_dir)
        return {
            "generate_image": image_arguments(self._image_models, files=files),
            "generate_avatar": avatar_arguments(files=files),
            "web_search": search_arguments(),
            "read_image": reading_arguments(files=files),
        }

    def _checked(
        self, name: str, given: Mapping[str, Any], request: type[BaseModel] | None = None
    ) -> dict[str, Any]:
        """Return a model's arguments, of which nothing is trusted: LlamaIndex checks none."""
        schema = self._schemas()[name]
        try:
            checked = schema.model_validate(dict(given))
        except ValidationError as error:
            raise InvalidInputError(wrong_arguments(request or schema, error)) from None
        return {field: getattr(checked, field) for field in checked.model_fields_set}

    def _draw(self, given: Mapping[str, Any]) -> Flow[Report]:
        asked = self._checked("generate_image", given, ImageRequest)
        chosen = {**asked, "model": asked.get("model") or self._image_models[0]}
        return self._studio.draw(chosen, as_task=self._as_task)

    def _portray(self, given: Mapping[str, Any]) -> Flow[Report]:
        asked = self._checked("generate_avatar", given, AvatarRequest)
        return self._studio.portray({**asked, "model": self._avatar_prompt_model})

    def _search(self, given: Mapping[str, Any]) -> Flow[str]:
        return self._lookups.on_the_web(self._checked("web_search", given)["query"])

    def _read(self, given: Mapping[str, Any]) -> Flow[str]:
        asked = self._checked("read_image", given)
        image = yield from self._studio.given_picture(asked["image"])
        return (yield from self._lookups.on_a_picture(image, asked.get("question")))

    def _shown(self, report: Report) -> Blocks:
        self.reports.append(report)
        text = TextBlock(text=in_words(report))
        if not self._show:
            return [text]
        return [text, *(block for one in report["pictures"] if (block := _block(one)))]


def _block(made: Picture) -> TextBlock | ImageBlock | None:
    """Return a picture as a block: by its link, or, if it has none, by its file."""
    if made["url"]:
        return picture(made["url"], made["media_type"])
    if not made["path"]:
        return None
    return ImageBlock(path=Path(made["path"]), image_mimetype=made["media_type"])
