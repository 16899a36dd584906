"""Structured output: by the model's own JSON schema, by a tool call, or by JSON mode.

LlamaIndex's own programs know the second only, and stream it without requiring the call.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Sequence
from typing import Any, Literal, TypeVar

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.instrumentation.events.llm import (
    LLMStructuredPredictEndEvent,
    LLMStructuredPredictStartEvent,
)
from llama_index.core.program.function_program import get_function_tool
from llama_index.core.program.streaming_utils import process_streaming_content_incremental
from llama_index.core.program.utils import process_streaming_objects
from llama_index.core.prompts import PromptTemplate
from llama_index.core.types import PydanticProgramMode
from llama_index_instrumentation import get_dispatcher
from pydantic import BaseModel, ValidationError

from core_302.catalogue import facts_about
from core_302.errors import MalformedReplyError
from core_302.messages.response_format import JSON_OBJECT, schema_format, told_in_words
from llama_index_302.tool_calling import ToolCalling

Model = TypeVar("Model", bound=BaseModel)
Method = Literal["json_schema", "function_calling", "json_mode"]
FORMATS_OF_ITS_OWN = ("json_schema", "json_mode")
PER_PROGRAM = ("tool_required", "tool_choice", "allow_parallel_tool_calls")

dispatcher = get_dispatcher(__name__)


class StructuredOutput(ToolCalling):
    """What an LLM of 302.AI does when it is asked for an object."""

    model: str
    structured_output: Method | None = None
    """How objects are asked for. None: by JSON schema where the catalogue knows that the model has
    it, else by a tool call. An own `pydantic_program_mode` wins over None."""

    @dispatcher.span
    def structured_predict(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Model:
        """Ask for an instance of `output_cls`.

        Raises:
            MalformedReplyError: The answer is none.
        """
        method = self._method()
        if method not in FORMATS_OF_ITS_OWN:
            made: Model = super().structured_predict(output_cls, prompt, llm_kwargs, **prompt_args)
            return made
        _tell_start(output_cls, prompt, prompt_args)
        messages = self._messages(output_cls, prompt, prompt_args, method)
        response = self.chat(messages, **_options(output_cls, method, llm_kwargs))
        return _told_end(_object(response, output_cls))

    @dispatcher.span
    async def astructured_predict(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Model:
        """Ask for an instance of `output_cls`.

        Raises:
            MalformedReplyError: The answer is none.
        """
        method = self._method()
        if method not in FORMATS_OF_ITS_OWN:
            made: Model = await super().astructured_predict(
                output_cls, prompt, llm_kwargs, **prompt_args
            )
            return made
        _tell_start(output_cls, prompt, prompt_args)
        messages = self._messages(output_cls, prompt, prompt_args, method)
        response = await self.achat(messages, **_options(output_cls, method, llm_kwargs))
        return _told_end(_object(response, output_cls))

    def _structured_stream_call(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> Generator[Any, None, None]:
        method = self._method()
        if method is None:
            yield from super()._structured_stream_call(
                output_cls, prompt, llm_kwargs, **prompt_args
            )
            return
        messages = self._messages(output_cls, prompt, prompt_args, method)
        options = _options(output_cls, method, llm_kwargs)
        if method == "function_calling":
            options |= self._calling(output_cls)
        found = None
        for response in self.stream_chat(messages, **options):
            found = self._so_far(response, output_cls, found, method)
            yield found
        _check_end(found, output_cls)

    async def _structured_astream_call(
        self,
        output_cls: type[Model],
        prompt: PromptTemplate,
        llm_kwargs: dict[str, Any] | None = None,
        **prompt_args: Any,
    ) -> AsyncGenerator[Any, None]:
        method = self._method()
        if method is None:
            return await super()._structured_astream_call(
                output_cls, prompt, llm_kwargs, **prompt_args
            )
        messages = self._messages(output_cls, prompt, prompt_args, method)
        options = _options(output_cls, method, llm_kwargs)
        if method == "function_calling":
            options |= self._calling(output_cls)
        stream = await self.astream_chat(messages, **options)

        async def objects() -> AsyncGenerator[Any, None]:
            found = None
            async for response in stream:
                found = self._so_far(response, output_cls, found, method)
                yield found
            _check_end(found, output_cls)

        return objects()

    def _method(self) -> Method | None:
        """Return how to ask; None leaves it to a mode of LlamaIndex's that the user has set."""
        if self.structured_output is not None:
            return self.structured_output
        if self.pydantic_program_mode != PydanticProgramMode.DEFAULT:
            return None
        facts = facts_about(self.model)
        if facts is not None and facts.json_schema:
            return "json_schema"
        return "function_calling" if self.metadata.is_function_calling_model else None

    def _messages(
        self,
        output_cls: type[BaseModel],
        prompt: PromptTemplate,
        prompt_args: dict[str, Any],
        method: Method,
    ) -> list[ChatMessage]:
        messages = self._extend_messages(list(prompt.format_messages(llm=self, **prompt_args)))
        if method != "json_mode":
            return messages
        return _told(messages, told_in_words(output_cls.model_json_schema()))

    def _calling(self, output_cls: type[BaseModel]) -> dict[str, Any]:
        tool = get_function_tool(output_cls)
        options = self._prepare_chat_with_tools([tool], tool_required=True)
        return {name: value for name, value in options.items() if name != "messages"}

    def _so_far(
        self, response: ChatResponse, output_cls: type[BaseModel], found: Any, method: Method
    ) -> Any:
        """Return the object as far as it has come."""
        if method != "function_calling":
            return process_streaming_content_incremental(response, output_cls, found)
        known = None if found is None else [found]
        return process_streaming_objects(response, output_cls, cur_objects=known, llm=self)


def _options(
    output_cls: type[BaseModel], method: Method, llm_kwargs: dict[str, Any] | None
) -> dict[str, Any]:
    given = {k: v for k, v in (llm_kwargs or {}).items() if k not in PER_PROGRAM}
    if method == "json_mode":
        given["response_format"] = dict(JSON_OBJECT)
    elif method == "json_schema":
        schema = output_cls.model_json_schema()
        name = get_function_tool(output_cls).metadata.to_openai_tool(skip_length_check=True)
        given["response_format"] = schema_format(
            name["function"]["name"], schema, schema.get("description")
        )
    return given


def _told(messages: Sequence[ChatMessage], words: str) -> list[ChatMessage]:
    """Return the conversation with `words` in its system message, which is made if missing."""
    if not messages or messages[0].role != MessageRole.SYSTEM:
        return [ChatMessage(role=MessageRole.SYSTEM, content=words), *messages]
    first = messages[0]
    said = ChatMessage(role=first.role, content=f"{first.content or ''}\n\n{words}")
    return [said, *messages[1:]]


def _object(response: ChatResponse, output_cls: type[Model]) -> Model:
    text = response.message.content or ""
    try:
        return output_cls.model_validate_json(text)
    except ValidationError as error:
        raise _no_object(output_cls, text) from error


def _check_end(found: Any, output_cls: type[BaseModel]) -> None:
    """Check that a stream of partial objects has ended in a whole one."""
    if not isinstance(found, output_cls):
        raise _no_object(output_cls, repr(found))


def _no_object(output_cls: type[BaseModel], seen: str) -> MalformedReplyError:
    return MalformedReplyError(f"The answer is no {output_cls.__name__}: {seen[:200]}")


def _tell_start(output_cls: Any, prompt: PromptTemplate, prompt_args: dict[str, Any]) -> None:
    dispatcher.event(
        LLMStructuredPredictStartEvent(
            output_cls=output_cls, template=prompt, template_args=prompt_args
        )
    )


def _told_end(made: Model) -> Model:
    dispatcher.event(LLMStructuredPredictEndEvent(output=made))
    return made
