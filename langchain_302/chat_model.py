"""ChatAI302: 302.AI as a LangChain chat model.

The class says which options there are and hands them on. Options are checked by
`core_302.options`, messages are converted in `convert.py`, everything else happens in the core.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

from langchain_core.callbacks import (
    AsyncCallbackManagerForLLMRun,
    CallbackManagerForLLMRun,
)
from langchain_core.language_models import (
    BaseChatModel,
    LangSmithParams,
    LanguageModelInput,
    ModelProfile,
)
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import (
    AliasChoices,
    BaseModel,
    Field,
    model_validator,
)

from core_302 import ChatOptions, WebSearch
from core_302.options import OTHER_FIELDS, PER_CALL_ONLY, asked_options, chat_options
from core_302.tool_choice import chosen_tool
from langchain_302.answers import ChunkWriter, to_result
from langchain_302.blocks import PROVIDER, register
from langchain_302.connection import Connection
from langchain_302.convert import to_wire
from langchain_302.errors import langchain_errors
from langchain_302.profile import profile_of
from langchain_302.structured import structured_output
from langchain_302.tokens import count_conversation, token_ids
from langchain_302.tool_binding import wire_tools

if TYPE_CHECKING:
    from typing_extensions import Self

register()


class ChatAI302(Connection, BaseChatModel):
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

    model_config = Connection.model_config  # pydantic would let the framework's class win
    _hint: ClassVar[str] = OTHER_FIELDS

    model: Annotated[str, Field(min_length=1, validation_alias=AliasChoices("model", "model_name"))]
    """The model's name. One that is not known here is sent as it is."""
    streaming: bool = False
    """Ask for a stream even in `invoke`, for models that answer only in streams."""
    stream_usage: bool = True
    """Ask for the token counts at the end of a stream."""
    split_think: bool = False
    """Move `<think>...</think>` out of the text into the reasoning, for models that have no field
    for thoughts."""

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

    @model_validator(mode="after")
    def _check_the_options(self) -> Self:
        chat_options(self._default_options())
        return self

    @property
    def model_name(self) -> str:
        """The model's name, as other chat models call it."""
        return self.model

    @property
    def _llm_type(self) -> str:
        return "ai302-chat"

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

    def _resolve_model_profile(self) -> ModelProfile | None:
        return profile_of(self.model, chat_options(self._default_options()))

    def get_token_ids(self, text: str) -> list[int]:
        """Return a number for each token of `text`: an estimate, see `langchain_302.tokens`."""
        return self.custom_get_token_ids(text) if self.custom_get_token_ids else token_ids(text)

    def get_num_tokens_from_messages(
        self,
        messages: list[BaseMessage],
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool] | None = None,
    ) -> int:
        """Return how many tokens a conversation has: an estimate, see `langchain_302.tokens`.

        Nothing is asked and no link is opened; a picture counts as a constant.
        """
        with langchain_errors():
            wire = to_wire(messages) if messages else []
            return count_conversation(wire, wire_tools(tools or ()))

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
            asked = self._asked(stop, kwargs)
            reply = self._blocking().chat(asked.model, to_wire(messages), asked.options)
            return to_result(reply, split_think=asked.split_think)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        with langchain_errors():
            asked = self._asked(stop, kwargs)
            reply = await self._awaiting().chat(asked.model, to_wire(messages), asked.options)
            return to_result(reply, split_think=asked.split_think)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with langchain_errors():
            asked = self._asked(stop, kwargs)
            writer = ChunkWriter(split_think=asked.split_think)
            for delta in self._blocking().stream_chat(
                asked.model, to_wire(messages), asked.options, stream_usage=asked.stream_usage
            ):
                yield from writer.write(delta)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        with langchain_errors():
            asked = self._asked(stop, kwargs)
            writer = ChunkWriter(split_think=asked.split_think)
            async for delta in self._awaiting().stream_chat(
                asked.model, to_wire(messages), asked.options, stream_usage=asked.stream_usage
            ):
                for chunk in writer.write(delta):
                    yield chunk

    def _default_options(self) -> dict[str, Any]:
        """Return the options of the constructor that are set."""
        names = ChatOptions.model_fields.keys() - PER_CALL_ONLY
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    def _asked(self, stop: list[str] | None, kwargs: dict[str, Any]) -> _Asked:
        """Return what one call asks; what the call says wins over the constructor."""
        call = {name: value for name, value in kwargs.items() if name != "stream"}
        model = call.pop("model", None) or self.model
        stream_usage = bool(call.pop("stream_usage", self.stream_usage))
        split_think = bool(call.pop("split_think", self.split_think))
        if stop is not None:
            call["stop"] = stop
        options = asked_options(self._default_options(), call)
        return _Asked(model, options, stream_usage, split_think)

    def _should_stream(self, *, async_api: bool, run_manager: Any = None, **kwargs: Any) -> bool:
        """Several answers (`n`) are asked for whole, unless the caller itself reads a stream.

        A stream is one message; only a whole reply has a generation for each answer.
        """
        several = (kwargs.get("n", self.n) or 1) > 1
        if several and not kwargs.get("stream"):
            return False
        return super()._should_stream(async_api=async_api, run_manager=run_manager, **kwargs)


class _Asked(NamedTuple):
    """What one call asks."""

    model: str
    options: ChatOptions
    stream_usage: bool
    split_think: bool
