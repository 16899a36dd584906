"""ChatAI302: 302.AI as a LangChain chat model.

The class's methods are here; its options are declared in the core. Messages are converted in
`convert.py`, answers in `answers.py`; everything else happens in the core.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from functools import partial, reduce
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

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
from langchain_core.messages.ai import add_usage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field, PrivateAttr, model_validator

from core_302 import Timeouts, WebSearch
from core_302.adapters.chat_call import ChatCall, chat_call
from core_302.adapters.connection import Connection
from core_302.messages.token_estimate import count_conversation, token_ids
from core_302.messages.tool_choice import chosen_tool
from core_302.messages.tool_results import mended
from core_302.net.off_loop import is_large, off_loop
from core_302.options.answer import AnswerFields
from core_302.options.chat import LASTING, OTHER_FIELDS, ChatFields, StopTexts, chat_options
from core_302.options.declaration import Text
from core_302.options.framework_names import names_of
from core_302.version import version_of
from langchain_302.answers import ChunkWriter, to_result
from langchain_302.blocks import PROVIDER, register
from langchain_302.cache_key import cache_key
from langchain_302.client_fields import ClientFields, connected
from langchain_302.convert import to_wire
from langchain_302.cost import request_id_of
from langchain_302.errors import langchain_errors
from langchain_302.profile import ResolvedProfile, profile_of
from langchain_302.structured import json_schema_format, schema_advice, structured_output
from langchain_302.tool_binding import wire_tools

if TYPE_CHECKING:
    from typing_extensions import Self

register()


@connected
class ChatAI302(BaseChatModel, AnswerFields, ChatFields, ClientFields):
    """302.AI chat model: any model of the gateway, with its web search, OCR and other extras.

    Setup:
        Install `langchain-302` and set the environment variable `AI302_API_KEY`.

        ```bash
        pip install langchain-302
        export AI302_API_KEY="your-key"
        ```

    Key init args (completion params):
        model: Name of the model, such as "gpt-4o" or "deepseek-chat". Unknown names are sent as
            they are.
        temperature: Sampling temperature, 0 to 2.
        max_tokens: The most tokens of the answer.
        reasoning_effort, thinking: How much the model reasons.
        web_search, ocr, reasoning_fusion, deep_search, file_parse, user_id: 302.AI's
            own options; `docs/options.md` says what each is on the wire and what it costs.
        extra_body: Further fields of the body.

    Key init args (client params):
        api_key: 302.AI key. If not given, read from `AI302_API_KEY`.
        base_url: The gateway's address. If not given, `AI302_BASE_URL`, or 302.AI itself.
        timeout: Seconds for a whole call and for a stream's idle timeout.
        max_retries, retry: How often a failed call is retried; or your own `RetryPolicy`.
        http_client, http_async_client: Your own httpx clients; never closed here.
        client, async_client: Shared `core_302` clients; never closed here.

    Every option works here, per call (`model.invoke(..., web_search=True)`), with `model.bind(...)`
    and with `model.configurable_fields(...)`.

    Instantiate:
        ```python
        from langchain_302 import ChatAI302

        model = ChatAI302(model="deepseek-chat", ocr="auto", web_search=True)
        ```

    Invoke:
        ```python
        messages = [("system", "Answer in one sentence."), ("human", "What is an atoll?")]
        model.invoke(messages)
        ```

    Stream:
        ```python
        for chunk in model.stream(messages):
            print(chunk.text, end="")
        ```

    Async:
        ```python
        await model.ainvoke(messages)
        async for chunk in model.astream(messages):
            print(chunk.text, end="")
        ```

    Tool calling:
        ```python
        model.bind_tools([get_weather]).invoke("What is the weather in Paris?").tool_calls
        ```

    Structured output:
        ```python
        model.with_structured_output(Receipt).invoke(messages)
        ```

    Image input:
        ```python
        image = {"type": "image", "base64": data, "mime_type": "image/png"}
        model.invoke([HumanMessage([{"type": "text", "text": "What is this?"}, image])])
        ```

    Token usage:
        ```python
        model.invoke(messages).usage_metadata
        ```

    Cost:
        ```python
        model.cost(model.invoke(messages))  # PTC; 1 PTC is 1 US dollar
        ```

    Response metadata:
        `message.response_metadata` has `model_name`, `finish_reason`, `request_id`, `citations` (a
        list of `{"url", "title"}`), `logprobs` and `model_provider` ("ai302"); the reasoning is the
        message's "reasoning" block, and `additional_kwargs["reasoning_content"]`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _hint: ClassVar[str] = OTHER_FIELDS
    _connection: Connection | None = PrivateAttr(default=None)

    model: Annotated[Text, Field(validation_alias=names_of("LangChain", "model"))]
    """The model's name. An unknown one is sent as it is."""
    streaming: bool = False
    """Request a stream even in `invoke`, for models that only stream."""
    stop: Annotated[
        str | StopTexts | None, Field(validation_alias=names_of("LangChain", "stop"))
    ] = None
    """Texts that end the answer."""

    @model_validator(mode="before")
    @classmethod
    def _look_the_profile_up_again(cls, given: Any) -> Any:
        """Forget a profile that was looked up for another model: `configurable_fields` passes it.

        A profile that the user set stays.
        """
        if isinstance(given, dict) and isinstance(given.get("profile"), ResolvedProfile):
            return {name: value for name, value in given.items() if name != "profile"}
        return given

    @model_validator(mode="after")
    def _set_our_version(self) -> Self:
        """Record the version of this package in traces."""
        self._add_version("langchain-302", version_of("langchain-302"))
        return self

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: dict[str, Any] | str | bool | None = None,
        strict: bool | None = None,
        parallel_tool_calls: bool | None = None,
        response_format: dict[str, Any] | type | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Let the model call tools.

        Args:
            tools: Functions, tools, pydantic classes or JSON schemas; with none, none are sent.
            tool_choice: "auto", "none", "any" or "required" or True (it must call one), a tool's
                name, or the wire's own form.
            strict: Require arguments to match the schema exactly, where the model can.
            parallel_tool_calls: Whether it may call several at once.
            response_format: The form of the answer: the wire's own, or a class that has a schema.
            **kwargs: Further options of each call.

        Raises:
            InvalidInputError: `tool_choice` names no tool of the list.
        """
        with langchain_errors():
            bound = wire_tools(tools, strict=strict)
            options: dict[str, Any] = {
                "tools": bound or None,
                "tool_choice": chosen_tool(tool_choice, bound),
                "parallel_tool_calls": parallel_tool_calls if bound else None,
                "response_format": (
                    response_format
                    if response_format is None or isinstance(response_format, Mapping)
                    else json_schema_format(response_format, strict=strict)
                ),
            }
        given = {name: value for name, value in options.items() if value is not None}
        return super().bind(**given, **kwargs)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type | None = None,
        *,
        method: Literal["function_calling", "json_schema", "json_mode"] | None = None,
        include_raw: bool = False,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, dict[str, Any] | BaseModel]:
        """Return a runnable whose answers are instances of `schema`.

        Args:
            schema: A pydantic class, a TypedDict, a JSON schema or an OpenAI function. Only
                `json_mode` goes without.
            method: "function_calling", which every model of the gateway can (it turns tools into a
                prompt for those that cannot); "json_schema", for models that support it;
                "json_mode", which requests JSON and states the schema in a system message. By
                default the first, and for a model that is known to refuse a forced tool call one of
                the others.
            include_raw: Return `{"raw", "parsed", "parsing_error"}` instead of raising.
            strict: Require the answer to match the schema exactly, where the model can.
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
        with langchain_errors(), schema_advice(kwargs):
            asked = self._asked(stop, kwargs)
            reply = self._gateway.client.chat(
                asked.model, _conversation(messages, asked), asked.options
            )
            return to_result(reply, model=asked.model, split_think=asked.split_think)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        with langchain_errors(), schema_advice(kwargs):
            asked = self._asked(stop, kwargs)
            wire = await _aconversation(messages, asked)
            reply = await self._gateway.async_client.chat(asked.model, wire, asked.options)
            return to_result(reply, model=asked.model, split_think=asked.split_think)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with langchain_errors(), schema_advice(kwargs):
            asked = self._asked(stop, kwargs)
            writer = ChunkWriter(model=asked.model)
            for delta in self._gateway.client.stream_chat(
                asked.model,
                _conversation(messages, asked),
                asked.options,
                stream_usage=asked.stream_usage,
                split_think=asked.split_think,
                merge_chunks=asked.merge_chunks,
            ):
                yield from writer.write(delta)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        with langchain_errors(), schema_advice(kwargs):
            asked = self._asked(stop, kwargs)
            writer = ChunkWriter(model=asked.model)
            deltas = self._gateway.async_client.stream_chat(
                asked.model,
                await _aconversation(messages, asked),
                asked.options,
                stream_usage=asked.stream_usage,
                split_think=asked.split_think,
                merge_chunks=asked.merge_chunks,
            )
            async with aclosing(deltas):
                async for delta in deltas:
                    for chunk in writer.write(delta):
                        yield chunk

    def _should_stream(self, *, async_api: bool, run_manager: Any = None, **kwargs: Any) -> bool:
        """Several answers (`n`) are not streamed, unless the caller itself reads a stream.

        A stream is one message; only a complete response has a generation for each answer.
        """
        several = (kwargs.get("n", self.n) or 1) > 1
        if several and not kwargs.get("stream"):
            return False
        return super()._should_stream(async_api=async_api, run_manager=run_manager, **kwargs)

    def cost(self, message: BaseMessage) -> float:
        """Return what the call that brought `message` cost, in PTC: one free call.

        Raises:
            InvalidInputError: The message has no request id.
            NotFoundError: There is no record of it, or not yet: try again a moment later.
            AI302Error: See the tree in `core_302.errors`.
        """
        with langchain_errors():
            return self._gateway.client.record(request_id_of(message)).cost

    async def acost(self, message: BaseMessage) -> float:
        """Return what the call that brought `message` cost, in PTC. See `cost`."""
        with langchain_errors():
            return (await self._gateway.async_client.record(request_id_of(message))).cost

    def balance(self) -> float:
        """Return what is left, in PTC.

        Raises:
            PermissionDeniedError: The key lacks the permission.
            AI302Error: See the tree in `core_302.errors`.
        """
        with langchain_errors():
            return self._gateway.client.balance()

    async def abalance(self) -> float:
        """Return what is left, in PTC. See `balance`."""
        with langchain_errors():
            return await self._gateway.async_client.balance()

    @property
    def model_name(self) -> str:
        """The model's name, under the name of other chat models' attribute."""
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
        own = [self.stop] if isinstance(self.stop, str) else list(self.stop or ())
        stop = stop or own or None
        params = super()._get_ls_params(stop=stop, **kwargs)
        params["ls_provider"] = PROVIDER
        most = kwargs.get("max_completion_tokens") or self.max_completion_tokens
        if most and "ls_max_tokens" not in params:
            params["ls_max_tokens"] = most
        return params

    def _get_llm_string(self, stop: list[str] | None = None, **kwargs: Any) -> str:
        with langchain_errors():
            return cache_key(self._asked(stop, kwargs), self._gateway.settings, self.output_version)

    def _combine_llm_outputs(self, outputs: list[dict[str, Any] | None], /) -> dict[str, Any]:
        counts = [output["token_usage"] for output in outputs if output and "token_usage" in output]
        combined: dict[str, Any] = {"model_name": self.model, "model_provider": PROVIDER}
        return {**combined, "token_usage": reduce(add_usage, counts)} if counts else combined

    def _resolve_model_profile(self) -> ModelProfile | None:
        return profile_of(self.model, chat_options(self._default_options()))

    def get_token_ids(self, text: str) -> list[int]:
        """Return a number for each token of `text`: an estimate, see `token_estimate`."""
        return self.custom_get_token_ids(text) if self.custom_get_token_ids else token_ids(text)

    def get_num_tokens_from_messages(
        self,
        messages: list[BaseMessage],
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool] | None = None,
    ) -> int:
        """Return how many tokens a conversation has: an estimate, see `token_estimate`.

        Nothing is requested and no link is opened; an image counts as a constant.
        """
        with langchain_errors():
            wire = to_wire(messages)
            return count_conversation(wire, wire_tools(tools or ()))

    @property
    def lc_secrets(self) -> dict[str, str]:
        """Where a serialised model finds its key again."""
        return {"api_key": "AI302_API_KEY"}

    @property
    def lc_attributes(self) -> dict[str, Any]:
        """Values that are serialised in another form: plain ones."""
        plain: dict[str, Any] = {}
        if isinstance(self.web_search, WebSearch):
            plain["web_search"] = self.web_search.model_dump(mode="json", exclude_none=True)
        if self.timeout is not None and not isinstance(self.timeout, (int, float)):
            plain["timeout"] = asdict(Timeouts.of(self.timeout))
        return plain

    def _default_options(self) -> dict[str, Any]:
        """Return the options of the constructor that are set."""
        fields = vars(self)  # not `getattr`: every call runs this twice
        return {name: fields[name] for name in LASTING if fields[name] is not None}

    def _asked(self, stop: list[str] | None, kwargs: Mapping[str, Any]) -> ChatCall:
        """Return what one call requests."""
        call = {name: value for name, value in kwargs.items() if name != "stream"}
        if stop is not None:
            call["stop"] = stop
        return chat_call(self, self.model, self._default_options(), call)


def _conversation(messages: Sequence[BaseMessage], asked: ChatCall) -> list[dict[str, Any]]:
    """Return the conversation in the form that the requested model wants.

    Raises:
        InvalidInputError: It holds content that cannot be sent.
    """
    wire = to_wire(messages, reasoning_back=asked.reasoning_back, model=asked.model)
    return mended(wire, model=asked.model, reasoning_back=asked.reasoning_back)


async def _aconversation(messages: Sequence[BaseMessage], asked: ChatCall) -> list[dict[str, Any]]:
    """Do the same; a large conversation does not hold up the event loop."""
    large = is_large([message.content for message in messages])
    return await off_loop(partial(_conversation, messages, asked), large=large)
