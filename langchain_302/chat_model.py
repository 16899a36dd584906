"""ChatAI302: 302.AI as a LangChain chat model.

The class says which options there are and hands them on. Options are checked by
`core_302.options`, messages are converted in `convert.py`, everything else happens in the core.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from langchain_core.callbacks import (
    AsyncCallbackManagerForLLMRun,
    CallbackManagerForLLMRun,
)
from langchain_core.language_models import BaseChatModel, LangSmithParams, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    model_validator,
)

from core_302 import AI302Error, AsyncClient, ChatOptions, Client, Settings, WebSearch
from core_302.errors import InvalidInputError
from core_302.options import chat_options, explain
from langchain_302.convert import PROVIDER, to_chunk, to_result, to_wire
from langchain_302.errors import as_langchain, langchain_errors
from langchain_302.structured import structured_output
from langchain_302.tool_binding import chosen_tool, wire_tools

if TYPE_CHECKING:
    from typing_extensions import Self

# Options whose values come from `bind_tools` or from one call; they are no fields of the model.
PER_CALL_ONLY = frozenset({"tools", "tool_choice", "parallel_tool_calls", "response_format"})


class ChatAI302(BaseChatModel):
    """A chat model of 302.AI, with the gateway's web search, OCR and other options.

    Setup:
        `pip install "ai302[langchain]"`, and set the environment variable `AI302_API_KEY`.

    Instantiate:
        ```python
        from langchain_302 import ChatAI302

        model = ChatAI302(model="deepseek-chat", ocr="auto", web_search=True)
        ```

    Every option can be set here, per call (`model.invoke(..., web_search=True)`), with
    `model.bind(...)` and with `model.configurable_fields(...)`. What each is on the wire and what
    it costs stands in `docs/options.md`; what the values mean, in `core_302.options.ChatOptions`.

    Invoke, stream, tools, structured output:
        ```python
        model.invoke("Hello")
        for chunk in model.stream("Hello"):
            print(chunk.text, end="")
        model.bind_tools([get_weather]).invoke("Weather in Paris?").tool_calls
        model.with_structured_output(Receipt).invoke(messages)
        ```

    Answers:
        `message.usage_metadata` has the tokens; `message.additional_kwargs["reasoning_content"]`
        the thoughts; `message.response_metadata` has `model_name`, `finish_reason`, `request_id`,
        `citations` (a list of `{"url", "title"}`) and `model_provider` ("ai302").

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    model_config = ConfigDict(
        populate_by_name=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,  # the input of this class holds the key
        protected_namespaces=(),
    )

    model: Annotated[str, Field(min_length=1, validation_alias=AliasChoices("model", "model_name"))]
    """The model's name. One that is not known here is sent as it is."""
    api_key: SecretStr | None = Field(default=None, exclude=True, repr=False)
    """The 302.AI key; by default from the environment variable `AI302_API_KEY`."""
    base_url: str | None = None
    """The gateway's address, with or without `/v1`; by default from `AI302_BASE_URL`, or 302.AI."""
    timeout: Any = Field(default=None, validation_alias=AliasChoices("timeout", "request_timeout"))
    """Seconds for a whole call and for a stream's silence, or an `httpx.Timeout` for its phases."""
    max_retries: Annotated[int, Field(ge=0, strict=True)] = 2
    """How often a failed call is repeated; 2 means at most 3 requests."""
    default_headers: Mapping[str, str] | None = Field(default=None, exclude=True, repr=False)
    """Headers of every call. Treated as secret."""
    default_query: Mapping[str, str] | None = None
    """Query parameters of every call."""
    allow_insecure: bool = False
    """Permit `http://` to a host that is not this machine."""
    http_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.Client`; it is never closed here."""
    http_async_client: Any = Field(default=None, exclude=True, repr=False)
    """Your own `httpx.AsyncClient`; it is never closed here."""
    streaming: bool = False
    """Ask for a stream even in `invoke`, for models that answer only in streams."""
    stream_usage: bool = True
    """Ask for the token counts at the end of a stream."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int | None = None
    stop: Annotated[
        list[str] | str | None, Field(validation_alias=AliasChoices("stop", "stop_sequences"))
    ] = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: Mapping[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    user: str | None = None
    reasoning_effort: str | None = None
    thinking: Mapping[str, Any] | None = None

    web_search: bool | WebSearch | None = None
    """Search the web before answering. True, False (switches a suffix off), or `WebSearch`."""
    ocr: bool | str | None = None
    """Let another model read the pictures: True, a model's name, or "auto"."""
    reasoning_fusion: bool | None = None
    """Let DeepSeek-R1 think first."""
    deep_search: bool | str | None = None
    """Search in depth: True, or the service's name."""
    file_parse: bool | str | None = None
    """Read links and files in the messages: True, or the service's name."""
    user_id: str | None = None
    """A UUIDv4 that switches the gateway's long-term memory on."""
    model_suffixes: bool = False
    """Ask by the model's name instead of by fields."""
    extra_body: Mapping[str, Any] | None = None
    """Further fields of the body, sent as they are."""

    _client: Client | None = PrivateAttr(default=None)
    _async_client: AsyncClient | None = PrivateAttr(default=None)

    # Type checkers keep the signature that pydantic derives from the fields.
    if not TYPE_CHECKING:  # pragma: no branch

        def __init__(self, **given: Any) -> None:
            try:
                super().__init__(**given)
            except ValidationError as error:
                raise as_langchain(_what_is_wrong(error, type(self))) from None

    @model_validator(mode="after")
    def _check_what_was_given(self) -> Self:
        if self.api_key is None:
            # Raises if there is none, rather than at the first call.
            self.api_key = SecretStr(Settings.from_env().api_key or "")
        self._settings()
        chat_options(self._default_options())
        return self

    @property
    def model_name(self) -> str:
        """The model's name, as other chat models call it."""
        return self.model

    @property
    def _llm_type(self) -> str:
        return "ai302-chat"

    @property
    def lc_secrets(self) -> dict[str, str]:
        """Where a serialised model finds its key again."""
        return {"api_key": "AI302_API_KEY"}

    @classmethod
    def is_lc_serializable(cls) -> bool:
        """LangChain's `dumps` may write this class; secrets are left out."""
        return True

    @classmethod
    def get_lc_namespace(cls) -> list[str]:
        """The module that LangChain's `load` finds this class in.

        `load` knows LangChain's own packages; for this one, name it:
        `load(written, allowed_objects=[ChatAI302], valid_namespaces=["langchain_302"])`.
        """
        return ["langchain_302", "chat_model"]

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model, "base_url": self.base_url, **self._default_options()}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        params = super()._get_ls_params(stop=stop, **kwargs)
        params["ls_provider"] = PROVIDER
        return params

    def close(self) -> None:
        """Close the connections of the blocking methods."""
        if self._client is not None:
            self._client.close()

    async def aclose(self) -> None:
        """Close the connections of the asynchronous methods, and of the blocking ones."""
        self.close()
        if self._async_client is not None:
            await self._async_client.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: dict[str, Any] | str | bool | None = None,
        strict: bool | None = None,
        parallel_tool_calls: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Let the model call tools.

        Args:
            tools: Functions, tools, pydantic classes or JSON schemas.
            tool_choice: "auto", "none", "any" or "required" or True (it must call one), a tool's
                name, or the wire's own form.
            strict: Ask that arguments match the schema exactly, where the model can.
            parallel_tool_calls: Whether it may call several at once.
            **kwargs: Further options of each call.

        Raises:
            InvalidInputError: `tool_choice` names no tool of the list.
        """
        with langchain_errors():
            bound = wire_tools(tools, strict=strict)
            options: dict[str, Any] = {
                "tools": bound or None,
                "tool_choice": chosen_tool(tool_choice, bound),
                "parallel_tool_calls": parallel_tool_calls,
            }
        given = {name: value for name, value in options.items() if value is not None}
        return super().bind(**given, **kwargs)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type | None = None,
        *,
        method: Literal["function_calling", "json_schema", "json_mode"] = "function_calling",
        include_raw: bool = False,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, dict[str, Any] | BaseModel]:
        """Return a runnable whose answers are instances of `schema`.

        Args:
            schema: A pydantic class, a TypedDict, a JSON schema or an OpenAI function. Only
                `json_mode` goes without.
            method: "function_calling", which every model of the gateway can (it turns tools into a
                prompt for those that cannot); "json_schema", for models that know it; "json_mode",
                which asks for JSON and tells the schema in a system message.
            include_raw: Return `{"raw", "parsed", "parsing_error"}` instead of raising.
            strict: Ask that the answer match the schema exactly, where the model can.
            **kwargs: Further options of each call.

        Raises:
            InvalidInputError: The method is unknown, or needs a schema.
        """
        with langchain_errors():
            return structured_output(
                self, schema, method=method, include_raw=include_raw, strict=strict, kwargs=kwargs
            )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - the framework's
        **kwargs: Any,
    ) -> ChatResult:
        with langchain_errors():
            model, options, _ = self._asked(stop, kwargs)
            return to_result(self._blocking().chat(model, to_wire(messages), options))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        with langchain_errors():
            model, options, _ = self._asked(stop, kwargs)
            return to_result(await self._awaiting().chat(model, to_wire(messages), options))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with langchain_errors():
            model, options, usage = self._asked(stop, kwargs, stream=True)
            wire = to_wire(messages)
            for delta in self._blocking().stream_chat(model, wire, options, stream_usage=usage):
                yield to_chunk(delta)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        with langchain_errors():
            model, options, usage = self._asked(stop, kwargs, stream=True)
            wire = to_wire(messages)
            deltas = self._awaiting().stream_chat(model, wire, options, stream_usage=usage)
            async for delta in deltas:
                yield to_chunk(delta)

    def _default_options(self) -> dict[str, Any]:
        """Return the options of the constructor that are set."""
        names = ChatOptions.model_fields.keys() - PER_CALL_ONLY
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    def _asked(
        self, stop: list[str] | None, kwargs: dict[str, Any], *, stream: bool = False
    ) -> tuple[str, ChatOptions, bool]:
        """Return the model and the options of one call; what the call says wins."""
        call = {name: value for name, value in kwargs.items() if name != "stream"}
        model = call.pop("model", None) or self.model
        usage = bool(call.pop("stream_usage", self.stream_usage))
        given = {**self._default_options(), **call}
        if stop is not None:
            given["stop"] = stop
        if isinstance(given.get("stop"), list):
            given["stop"] = tuple(given["stop"]) or None
        if self.extra_body and call.get("extra_body"):
            given["extra_body"] = {**self.extra_body, **call["extra_body"]}
        options = chat_options(given)
        if stream and (options.n or 1) > 1:
            raise InvalidInputError("n: more than one answer cannot be streamed; use invoke.")
        return model, options, usage

    def _settings(self) -> Settings:
        given: dict[str, Any] = {
            "api_key": self.api_key.get_secret_value() if self.api_key is not None else None,
            "base_url": self.base_url,
            "timeout": self.timeout,
            "max_retries": self.max_retries,
            "default_headers": self.default_headers,
            "default_query": self.default_query,
            "allow_insecure": self.allow_insecure,
        }
        return Settings.from_env(**given)

    def _blocking(self) -> Client:
        if self._client is None:
            self._client = Client(self._settings(), http_client=self.http_client)
        return self._client

    def _awaiting(self) -> AsyncClient:
        if self._async_client is None:
            self._async_client = AsyncClient(self._settings(), http_client=self.http_async_client)
        return self._async_client

    def __getstate__(self) -> dict[Any, Any]:
        """A pickle carries no key, no headers and no connections."""
        state = super().__getstate__()
        dropped = {"api_key", "default_headers", "http_client", "http_async_client"}
        fields = {k: None if k in dropped else v for k, v in state["__dict__"].items()}
        return {
            **state,
            "__dict__": fields,
            "__pydantic_private__": {"_client": None, "_async_client": None},
        }

    def __copy__(self) -> Self:
        """A copy has connections of its own: its address or key may be changed next."""
        copy = super().__copy__()
        copy._client = copy._async_client = None  # noqa: SLF001 - its own class
        return copy

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """A deep copy keeps the key, and shares your own HTTP clients."""
        memo = {} if memo is None else memo
        for mine in (self._client, self._async_client):
            memo[id(mine)] = None
        for yours in (self.http_client, self.http_async_client):
            memo[id(yours)] = yours
        return super().__deepcopy__(memo)


def _what_is_wrong(error: ValidationError, model: type[BaseModel]) -> AI302Error:
    """Return our own error if a validator raised one, else one that names each wrong argument."""
    for detail in error.errors(include_url=False, include_input=False):
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, AI302Error):
            return cause
    return InvalidInputError(explain(error, model))
