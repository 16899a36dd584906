"""Structured output: by the model's own JSON schema, by a tool call, or by JSON mode.

LlamaIndex's own programs know the second only, and stream it without requiring the call.
"""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Generator,
    Iterable,
    Mapping,
    Sequence,
)
from typing import TYPE_CHECKING, Any, Literal, TypeVar

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
from core_302.endpoints.forced_choice import refuses_forced_choice
from core_302.errors import MalformedReplyError
from core_302.messages.response_format import JSON_OBJECT, json_in, schema_instruction
from core_302.options.answer_format import schema_format
from llama_index_302.tool_calling import tool_options

if TYPE_CHECKING:
    from llama_index_302.llm import AI302

Model = TypeVar("Model", bound=BaseModel)
Method = Literal["json_schema", "function_calling", "json_mode"]
FORMATS_OF_ITS_OWN = ("json_schema", "json_mode")
PER_PROGRAM = ("tool_required", "tool_choice", "allow_parallel_tool_calls")

dispatcher = get_dispatcher(__name__)


class ObjectCall:
    """One request for an instance of a class, by the method that fits its model.

    Args:
        llm: The LLM that is called.
        output_cls: The class.
        llm_kwargs: Options of the call.
    """

    def __init__(
        self, llm: AI302, output_cls: type[BaseModel], llm_kwargs: Mapping[str, Any] | None
    ) -> None:
        self.method = method_of(llm)
        self.options = {k: v for k, v in (llm_kwargs or {}).items() if k not in PER_PROGRAM}
        self._llm = llm
        self._kind = output_cls
        if self.method == "json_mode":
            self.options["response_format"] = dict(JSON_OBJECT)
        elif self.method == "json_schema":
            self.options["response_format"] = _schema_of(output_cls)

    @property
    def by_format(self) -> bool:
        """Whether the answer is the object itself, not a tool call."""
        return self.method in FORMATS_OF_ITS_OWN

    def messages(self, prompt: PromptTemplate, values: Mapping[str, Any]) -> list[ChatMessage]:
        """Return the conversation to send."""
        asked = list(prompt.format_messages(llm=self._llm, **values))
        messages = self._llm._extend_messages(asked)  # noqa: SLF001 - the framework's
        if self.method != "json_mode":
            return messages
        return _with_instruction(messages, schema_instruction(self._kind.model_json_schema()))

    def begin(self, prompt: PromptTemplate, values: dict[str, Any]) -> list[ChatMessage]:
        """Notify LlamaIndex's observers that an object is requested; return the request."""
        event = LLMStructuredPredictStartEvent(
            output_cls=self._kind, template=prompt, template_args=values
        )
        dispatcher.event(event)
        return self.messages(prompt, values)

    def end(self, response: ChatResponse) -> Any:
        """Return the object of a complete answer, and notify LlamaIndex's observers.

        Raises:
            MalformedReplyError: The answer is not one.
        """
        made = _object(response, self._kind)
        dispatcher.event(LLMStructuredPredictEndEvent(output=made))
        return made

    def streamed_options(self) -> dict[str, Any]:
        """Return the options of a call whose answer is streamed."""
        if self.method != "function_calling":
            return self.options
        tool = get_function_tool(self._kind)
        return {
            **self.options,
            **tool_options([tool], None, required=True, parallel=False, strict=None),
        }

    def objects(self, stream: Iterable[ChatResponse]) -> Generator[Any, None, None]:
        """Yield the object as far as it has come.

        Raises:
            MalformedReplyError: The answer has ended and is not one.
        """
        found = None
        for response in stream:
            found = self._so_far(response, found)
            yield found
        self._check_end(found)

    async def aobjects(self, stream: AsyncIterable[ChatResponse]) -> AsyncGenerator[Any, None]:
        """Yield the object as far as it has come, as `objects`."""
        found = None
        async for response in stream:
            found = self._so_far(response, found)
            yield found
        self._check_end(found)

    def _so_far(self, response: ChatResponse, found: Any) -> Any:
        if self.method != "function_calling":
            written = ChatMessage(json_in(response.message.content or ""))
            response = response.model_copy(update={"message": written})
            return process_streaming_content_incremental(response, self._kind, found)
        known = None if found is None else [found]
        return process_streaming_objects(response, self._kind, cur_objects=known, llm=self._llm)

    def _check_end(self, found: Any) -> None:
        """Check that a stream of partial objects has ended in a complete one."""
        if not isinstance(found, self._kind):
            raise _no_object(self._kind, repr(found))


def method_of(llm: AI302) -> Method | None:
    """Return the method; None leaves it to a LlamaIndex mode that the user has set."""
    if llm.structured_output is not None:
        return llm.structured_output
    if llm.pydantic_program_mode != PydanticProgramMode.DEFAULT:
        return None
    facts = facts_about(llm.model)
    if facts is not None and facts.json_schema:
        return "json_schema"
    if refuses_forced_choice(llm.model, llm.thinking):
        return "json_mode"
    return "function_calling" if llm.metadata.is_function_calling_model else None


def _schema_of(output_cls: type[BaseModel]) -> dict[str, Any]:
    schema = output_cls.model_json_schema()
    tool = get_function_tool(output_cls).metadata.to_openai_tool(skip_length_check=True)
    return schema_format(tool["function"]["name"], schema, schema.get("description"))


def _with_instruction(messages: Sequence[ChatMessage], words: str) -> list[ChatMessage]:
    """Return the conversation with `words` in its system message, which is made if missing."""
    if not messages or messages[0].role != MessageRole.SYSTEM:
        return [ChatMessage(role=MessageRole.SYSTEM, content=words), *messages]
    first = messages[0]
    said = ChatMessage(role=first.role, content=f"{first.content or ''}\n\n{words}")
    return [said, *messages[1:]]


def _object(response: ChatResponse, output_cls: type[Model]) -> Model:
    text = response.message.content or ""
    try:
        return output_cls.model_validate_json(json_in(text))
    except ValidationError as error:
        raise _no_object(output_cls, text) from error


def _no_object(output_cls: type[BaseModel], seen: str) -> MalformedReplyError:
    return MalformedReplyError(
        f"The answer is not an instance of {output_cls.__name__}: {seen[:200]}"
    )
