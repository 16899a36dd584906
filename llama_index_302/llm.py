"""AI302: 302.AI as a LlamaIndex LLM.

The class lists its options and passes them on. Options are checked by
`core_302.options.chat`, messages are converted in `convert.py`, all else happens in the core.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, ClassVar, cast

from llama_index.core.base.llms.generic_utils import (
    achat_to_completion_decorator,
    astream_chat_to_completion_decorator,
    chat_to_completion_decorator,
    stream_chat_to_completion_decorator,
)
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseAsyncGen,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection
from llama_index.core.prompts import PromptTemplate
from llama_index.core.tools.types import BaseTool
from pydantic import Field, PrivateAttr

from core_302 import ChatOptions
from core_302.adapters.chat_call import ChatCall, chat_call
from core_302.adapters.connection import Connection
from core_302.catalogue import facts_about
from core_302.errors import InvalidInputError
from core_302.log import window_assumed
from core_302.messages.token_estimate import count_conversation, token_ids
from core_302.options.answer import AnswerFields
from core_302.options.chat import LASTING, OTHER_FIELDS, ChatFields
from core_302.options.declaration import Text
from core_302.options.framework_names import names_of
from llama_index_302.answers import ResponseWriter, to_response
from llama_index_302.callbacks import traced_chat, traced_completion
from llama_index_302.client_fields import ClientFields, connected
from llama_index_302.convert import to_wire
from llama_index_302.cost import request_id_of
from llama_index_302.local_files import names_files, with_files_read
from llama_index_302.structured import Method, Model, ObjectCall, dispatcher
from llama_index_302.tool_calling import first_call_only, tool_options, tool_selections, wire_tool

# Tokens, for a model whose window is unknown. LlamaIndex needs a number, and its own default (3900)
# lets memory silently cut a conversation, while one that is too long is a clear error: so it is
# rather too large. A warning is logged that it is a guess.
UNKNOWN_WINDOW = 128_000


@connected
class AI302(FunctionCallingLLM, AnswerFields, ChatFields, ClientFields):
    """An LLM of 302.AI, with the gateway's web search, OCR and other options.

    Setup:
        `pip install llama-index-302`, and set the environment variable `AI302_API_KEY`.

    Use:
        ```python
        from llama_index_302 import AI302

        llm = AI302(model="deepseek-chat", ocr="auto", web_search=True)
        print(llm.complete("What is in the news about AI today?"))
        ```

    Every option can be set here and per call (`llm.chat(messages, web_search=True)`); the call
    wins, and its None switches off what is set here. None sends nothing. `docs/options.md` says
    what each is on the wire and what it costs; `core_302.options.ChatOptions`, what the values
    mean.

    Answers: `response.message.blocks` has the reasoning, the text, its sources, images, audio and
        tool calls. `response.additional_kwargs` has the token counts, `model_name`,
        `finish_reason`, `request_id`, `citations`, and on chunks of a stream `thinking_delta`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _hint: ClassVar[str] = OTHER_FIELDS
    _first: ClassVar[str | None] = "model"
    _connection: Connection | None = PrivateAttr(default=None)

    model: Annotated[Text, Field(validation_alias=names_of("LlamaIndex", "model"))]
    """The model's name. An unknown one is sent as it is."""
    context_window: Annotated[int, Field(ge=1)] | None = None
    """Tokens that LlamaIndex may fill; by default from the catalogue. For a model whose window is
    unknown, 128,000 are assumed, and a warning of the logger `ai302.models` says so once."""
    is_function_calling_model: bool = True
    """The gateway turns tools into a prompt for models that cannot call any."""
    structured_output: Method | None = None
    """How objects are requested. None: by JSON schema where the catalogue knows that the model
    supports it, else by a tool call, or by JSON mode where the model refuses a forced tool call. A
    `pydantic_program_mode` that you set wins over None.
    """
    additional_kwargs: dict[str, Any] = Field(default_factory=dict)
    """More options of every call by name, and other fields of the body. They win over fields."""

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex saves this class."""
        return "AI302"

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex wants to know about the model before it calls it."""
        return LLMMetadata(
            context_window=self.context_window or _window_of(self.model),
            num_output=self.max_completion_tokens or self.max_tokens or -1,
            is_chat_model=True,
            is_function_calling_model=self.is_function_calling_model,
            model_name=self.model,
            system_role=MessageRole.SYSTEM,
        )

    def to_payload(self) -> dict[str, Any]:
        """What observers may see of this LLM: no secrets."""
        options = self._asked({}).options.model_dump(exclude_defaults=True, exclude={"extra_body"})
        host = self._gateway.settings.base_url
        known = {"class_name": self.class_name(), **self.metadata.model_dump()}
        return {**known, "model": self.model, "api_base": host, **options}

    def cost(self, response: ChatResponse | CompletionResponse) -> float:
        """Return what the call that brought `response` cost, in PTC: one free call.

        Raises:
            InvalidInputError: The response has no request id.
            NotFoundError: There is no record of it, or not yet: try again a moment later.
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._gateway.client.record(request_id_of(response)).cost

    async def acost(self, response: ChatResponse | CompletionResponse) -> float:
        """Return what the call that brought `response` cost, in PTC. See `cost`."""
        return (await self._gateway.async_client.record(request_id_of(response))).cost

    def balance(self) -> float:
        """Return what is left, in PTC.

        Raises:
            PermissionDeniedError: The key lacks the permission.
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._gateway.client.balance()

    async def abalance(self) -> float:
        """Return what is left, in PTC. See `balance`."""
        return await self._gateway.async_client.balance()

    def token_ids(self, text: str) -> list[int]:
        """Return a number for each token of `text`: an estimate, for `Settings.tokenizer`.

        Nothing is requested: see `core_302.messages.token_estimate`.
        """
        return token_ids(text)

    def count_tokens(self, messages: Sequence[ChatMessage], tools: Sequence[BaseTool] = ()) -> int:
        """Return how many tokens a conversation has: an estimate.

        Nothing is requested and no link is opened; an image counts as a constant.

        Raises:
            InvalidInputError: A message cannot be sent.
        """
        wire = to_wire(with_files_read(messages))
        wire_tools = [wire_tool(tool) for tool in tools]
        return count_conversation(wire, wire_tools)

    @traced_chat
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Request an answer in one response.

        Args:
            messages: The conversation. It is not changed.
            **kwargs: Options of this call; they win over the constructor's.

        Raises:
            InvalidInputError: An option or a message cannot be sent.
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._chat(messages, **kwargs)

    @traced_chat
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Request an answer in one response, as `chat`."""
        return await self._achat(messages, **kwargs)

    @traced_chat
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """Request an answer as a stream of chunks.

        Args:
            messages: The conversation. It is not changed.
            **kwargs: Options of this call; they win over the constructor's.

        Raises:
            InvalidInputError: An option or a message cannot be sent.
            AI302Error: From the chunks; see the tree in `core_302.errors`.
        """
        return self._stream_chat(messages, **kwargs)

    @traced_chat
    async def astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> ChatResponseAsyncGen:
        """Request an answer as a stream of chunks, as `stream_chat`."""
        return await self._astream_chat(messages, **kwargs)

    @traced_completion
    def complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: ARG002, FBT001, FBT002 - the framework's
        **kwargs: Any,
    ) -> CompletionResponse:
        """Request an answer to one text, in one response.

        Args:
            prompt: The question.
            formatted: Part of LlamaIndex's interface; a prompt is sent as it is.
            **kwargs: Options of this call; they win over the constructor's.

        Raises:
            InvalidInputError: An option or a message cannot be sent.
            AI302Error: See the tree in `core_302.errors`.
        """
        return chat_to_completion_decorator(self._chat)(prompt, **kwargs)

    @traced_completion
    async def acomplete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: ARG002, FBT001, FBT002
        **kwargs: Any,
    ) -> CompletionResponse:
        """Request an answer to one text, in one response, as `complete`."""
        return await achat_to_completion_decorator(self._achat)(prompt, **kwargs)

    @traced_completion
    def stream_complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: ARG002, FBT001, FBT002
        **kwargs: Any,
    ) -> CompletionResponseGen:
        """Request an answer to one text, as a stream of chunks.

        Args:
            prompt: The question.
            formatted: Part of LlamaIndex's interface; a prompt is sent as it is.
            **kwargs: Options of this call; they win over the constructor's.

        Raises:
            InvalidInputError: An option or a message cannot be sent.
            AI302Error: From the chunks; see the tree in `core_302.errors`.
        """
        return stream_chat_to_completion_decorator(self._stream_chat)(prompt, **kwargs)

    @traced_completion
    async def astream_complete(
        self,
        prompt: str,
        formatted: bool = False,  # noqa: ARG002, FBT001, FBT002
        **kwargs: Any,
    ) -> CompletionResponseAsyncGen:
        """Request an answer to one text, as a stream of chunks, as `stream_complete`."""
        return await astream_chat_to_completion_decorator(self._astream_chat)(prompt, **kwargs)

    @dispatcher.span
    def structured_predict(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Model:
        """Request an instance of `output_cls`.

        Raises:
            MalformedReplyError: The answer is not one.
            AI302Error: See the tree in `core_302.errors`.
        """
        asked = ObjectCall(self, output_cls, llm_kwargs)
        if asked.by_format:
            response = self.chat(asked.begin(prompt, prompt_args), **asked.options)
            return cast("Model", asked.end(response))
        made: Model = super().structured_predict(output_cls, prompt, llm_kwargs, **prompt_args)
        return made

    @dispatcher.span
    async def astructured_predict(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Model:
        """Request an instance of `output_cls`, as `structured_predict`."""
        asked = ObjectCall(self, output_cls, llm_kwargs)
        if asked.by_format:
            response = await self.achat(asked.begin(prompt, prompt_args), **asked.options)
            return cast("Model", asked.end(response))
        made: Model = await super().astructured_predict(
            output_cls, prompt, llm_kwargs, **prompt_args
        )
        return made

    def _structured_stream_call(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Generator[Any, None, None]:
        asked = ObjectCall(self, output_cls, llm_kwargs)
        if asked.method is None:
            return super()._structured_stream_call(output_cls, prompt, llm_kwargs, **prompt_args)
        messages = asked.messages(prompt, prompt_args)
        return asked.objects(self.stream_chat(messages, **asked.streamed_options()))

    async def _structured_astream_call(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> AsyncGenerator[Any, None]:
        asked = ObjectCall(self, output_cls, llm_kwargs)
        if asked.method is None:
            return await super()._structured_astream_call(
                output_cls, prompt, llm_kwargs, **prompt_args
            )
        messages = asked.messages(prompt, prompt_args)
        return asked.aobjects(await self.astream_chat(messages, **asked.streamed_options()))

    def get_tool_calls_from_response(
        self,
        response: ChatResponse,
        error_on_no_tool_call: bool = True,  # noqa: FBT001, FBT002
        **kwargs: Any,  # noqa: ARG002
    ) -> list[ToolSelection]:
        """Return the tool calls of a response; for a chunk of a stream, with the arguments so far.

        Raises:
            MalformedReplyError: The arguments of a call in a complete answer are not a JSON object.
            ValueError: There is no call, and `error_on_no_tool_call` is set.
        """
        calls = tool_selections(response)
        if not calls and error_on_no_tool_call:
            text = response.message.content or ""
            raise InvalidInputError(f"The model called no tool. It said: {text[:200]!r}")
        return calls

    def _prepare_chat_with_tools(  # noqa: PLR0917 - the framework's
        self,
        tools: Sequence[BaseTool],
        user_msg: str | ChatMessage | None = None,
        chat_history: list[ChatMessage] | None = None,
        verbose: bool = False,  # noqa: ARG002, FBT001, FBT002
        allow_parallel_tool_calls: bool = False,  # noqa: FBT001, FBT002
        tool_required: bool = False,  # noqa: FBT001, FBT002
        tool_choice: Any = None,
        strict: bool | None = None,  # noqa: FBT001
        **kwargs: Any,
    ) -> dict[str, Any]:
        messages = list(chat_history or ())
        if isinstance(user_msg, str):
            user_msg = ChatMessage(role=MessageRole.USER, content=user_msg)
        if user_msg is not None:
            messages.append(user_msg)
        parallel = allow_parallel_tool_calls
        options = tool_options(
            tools, tool_choice, required=tool_required, parallel=parallel, strict=strict
        )
        return {"messages": messages, **options, **kwargs}

    def _validate_chat_with_tools_response(
        self,
        response: ChatResponse,
        tools: Sequence[BaseTool],  # noqa: ARG002
        allow_parallel_tool_calls: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResponse:
        return response if allow_parallel_tool_calls else first_call_only(response)

    def _chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        asked = self._asked(kwargs)
        wire = to_wire(with_files_read(messages), asked.reasoning_back, asked.model)
        reply = self._gateway.client.chat(asked.model, wire, asked.options)
        return to_response(reply, model=asked.model, split_think=asked.split_think)

    async def _achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        asked = self._asked(kwargs)
        wire = to_wire(await _aread(messages), asked.reasoning_back, asked.model)
        reply = await self._gateway.async_client.chat(asked.model, wire, asked.options)
        return to_response(reply, model=asked.model, split_think=asked.split_think)

    def _stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        asked = self._asked(kwargs)
        wire = to_wire(with_files_read(messages), asked.reasoning_back, asked.model)
        writer = ResponseWriter(model=asked.model, split_think=asked.split_think)
        deltas = self._gateway.client.stream_chat(
            asked.model, wire, asked.options, stream_usage=asked.stream_usage
        )
        return (response for delta in deltas for response in writer.write(delta))

    async def _astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> ChatResponseAsyncGen:
        asked = self._asked(kwargs)
        wire = to_wire(await _aread(messages), asked.reasoning_back, asked.model)
        writer = ResponseWriter(model=asked.model, split_think=asked.split_think)
        deltas = self._gateway.async_client.stream_chat(
            asked.model, wire, asked.options, stream_usage=asked.stream_usage
        )
        return (response async for delta in deltas for response in writer.write(delta))

    def _asked(self, kwargs: Mapping[str, Any]) -> ChatCall:
        """Return what one call requests; the call's options win over the constructor's."""
        fields = vars(self)  # not `getattr`: every call runs this
        defaults = {name: fields[name] for name in LASTING}
        body = {**(self.extra_body or {})}
        for name, value in self.additional_kwargs.items():
            (defaults if name in ChatOptions.model_fields else body)[name] = value
        defaults["extra_body"] = body or None
        return chat_call(self, self.model, defaults, kwargs)


@lru_cache(maxsize=256)
def _window_of(model: str) -> int:
    """Return a model's context window; log it once for each model where that is a guess."""
    facts = facts_about(model)
    known = (facts.context_window or facts.max_input) if facts else None
    if known is None:
        window_assumed(model, UNKNOWN_WINDOW)
    return known or UNKNOWN_WINDOW


async def _aread(messages: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
    """Read the files of a conversation without blocking the event loop."""
    if not names_files(messages):
        return messages
    return await asyncio.to_thread(with_files_read, messages)
