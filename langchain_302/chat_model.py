"""ChatAI302: 302.AI as a LangChain chat model.

The class asks the gateway. Its options stand in `chat_settings.py`, what it knows of itself in
`identity.py`; messages are converted in `convert.py`, everything else happens in the core.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from langchain_core.callbacks import (
    AsyncCallbackManagerForLLMRun,
    CallbackManagerForLLMRun,
)
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import BaseModel, ConfigDict

from core_302.messages.tool_choice import chosen_tool
from langchain_302.answers import ChunkWriter, to_result
from langchain_302.blocks import register
from langchain_302.connection import Connection
from langchain_302.cost import Account
from langchain_302.errors import langchain_errors
from langchain_302.identity import Identity
from langchain_302.structured import json_schema_format, schema_advice, structured_output
from langchain_302.tool_binding import wire_tools

register()


class ChatAI302(Identity, Account):
    """302.AI chat model: any model of the gateway, with its web search, OCR and other extras.

    Setup:
        Install `langchain-302` and set the environment variable `AI302_API_KEY`.

        ```bash
        pip install langchain-302
        export AI302_API_KEY="your-key"
        ```

    Key init args (completion params):
        model: Name of the model, such as "gpt-4o" or "deepseek-chat". Unknown ones are sent.
        temperature: Sampling temperature, 0 to 2.
        max_tokens: The most tokens of the answer.
        reasoning_effort, thinking: How much the model thinks.
        web_search, ocr, reasoning_fusion, deep_search, file_parse, user_id: 302.AI's own options;
            what each is on the wire and what it costs stands in `docs/options.md`.
        extra_body: Further fields of the body.

    Key init args (client params):
        api_key: 302.AI key. If not given, read from `AI302_API_KEY`.
        base_url: The gateway's address. If not given, `AI302_BASE_URL`, or 302.AI itself.
        timeout: Seconds for a whole call and for a stream's silence.
        max_retries: How often a failed call is repeated.
        http_client, http_async_client: Your own httpx clients; never closed here.

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
        picture = {"type": "image", "base64": data, "mime_type": "image/png"}
        model.invoke([HumanMessage([{"type": "text", "text": "What is this?"}, picture])])
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
        `message.response_metadata` has `model_name`, `finish_reason`, `request_id`, `citations`
        (a list of `{"url", "title"}`), `logprobs` and `model_provider` ("ai302"); the thoughts are
        the message's "reasoning" block, and `additional_kwargs["reasoning_content"]`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    # In full, or pydantic would let the framework's class win.
    model_config = ConfigDict(**{**Connection.model_config, "defer_build": False})

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
            strict: Ask that arguments match the schema exactly, where the model can.
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
        with langchain_errors(), schema_advice(kwargs):
            asked = self._asked(stop, kwargs)
            reply = self._blocking().chat(asked.model, asked.wire(messages), asked.options)
            return to_result(reply, split_think=asked.split_think)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        with langchain_errors(), schema_advice(kwargs):
            asked = self._asked(stop, kwargs)
            reply = await self._awaiting().chat(asked.model, asked.wire(messages), asked.options)
            return to_result(reply, split_think=asked.split_think)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with langchain_errors(), schema_advice(kwargs):
            asked = self._asked(stop, kwargs)
            writer = ChunkWriter(split_think=asked.split_think)
            for delta in self._blocking().stream_chat(
                asked.model, asked.wire(messages), asked.options, stream_usage=asked.stream_usage
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
            writer = ChunkWriter(split_think=asked.split_think)
            async for delta in self._awaiting().stream_chat(
                asked.model, asked.wire(messages), asked.options, stream_usage=asked.stream_usage
            ):
                for chunk in writer.write(delta):
                    yield chunk

    def _should_stream(self, *, async_api: bool, run_manager: Any = None, **kwargs: Any) -> bool:
        """Several answers (`n`) are asked for whole, unless the caller itself reads a stream.

        A stream is one message; only a whole reply has a generation for each answer.
        """
        several = (kwargs.get("n", self.n) or 1) > 1
        if several and not kwargs.get("stream"):
            return False
        return super()._should_stream(async_api=async_api, run_manager=run_manager, **kwargs)
