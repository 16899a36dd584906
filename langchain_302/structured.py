"""Structured output: three ways to request an instance of a schema, and their parsers.

LangChain derives only the first from `bind_tools`, and silently drops `method` and `strict`. In
JSON mode the schema is stated in a system message, as the wire has no field for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import (
    BaseMessage,
    HumanMessage,
    SystemMessage,
    convert_to_messages,
)
from langchain_core.output_parsers import (
    JsonOutputKeyToolsParser,
    JsonOutputParser,
    PydanticOutputParser,
    PydanticToolsParser,
)
from langchain_core.prompt_values import PromptValue
from langchain_core.runnables import Runnable, RunnableLambda, RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_core.utils.pydantic import is_basemodel_subclass

from core_302.catalogue import facts_about
from core_302.endpoints.forced_choice import refuses_forced_choice
from core_302.error_replies.vendor_phrases import says_no_schema
from core_302.errors import InvalidInputError, InvalidRequestError
from core_302.messages.response_format import JSON_OBJECT, schema_instruction
from core_302.options.answer_format import schema_format

if TYPE_CHECKING:
    from langchain_core.output_parsers import BaseOutputParser

    from langchain_302.chat_model import ChatAI302

METHODS = ("function_calling", "json_schema", "json_mode")

REFUSED = (
    "This model does not accept a JSON schema for its answer: use with_structured_output(..., "
    "method='function_calling'), or, in create_agent, response_format=ToolStrategy(...)."
)


def structured_output(
    model: ChatAI302,
    schema: Any,
    *,
    method: str | None,
    include_raw: bool,
    strict: bool | None,
    kwargs: dict[str, Any],
) -> Runnable[LanguageModelInput, Any]:
    """Return `model`, called by `method`, followed by the parser of `schema`.

    Raises:
        InvalidInputError: The method is unknown, or needs a schema.
    """
    method = method or _method_for(model)
    if method not in METHODS:
        raise InvalidInputError(f"method: {method!r} is unknown; use one of {', '.join(METHODS)}.")
    if schema is None and method != "json_mode":
        raise InvalidInputError(f"method {method!r} needs a schema.")
    traced = {"kwargs": {"method": method, "strict": strict}, "schema": schema}
    if method == "function_calling":
        name = convert_to_openai_tool(schema)["function"]["name"]
        options = {**kwargs, "ls_structured_output_format": traced}
        asked = model.bind_tools([schema], tool_choice=name, strict=strict, **options)
    else:
        by_schema = method == "json_schema"
        wanted = json_schema_format(schema, strict=strict) if by_schema else dict(JSON_OBJECT)
        options = kwargs if schema is None else {**kwargs, "ls_structured_output_format": traced}
        asked = model.bind(response_format=wanted, **options)
        if schema is not None and not by_schema:
            asked = _telling(schema) | asked
    parser = _parser(schema, by_function=method == "function_calling")
    if not include_raw:
        return asked | parser
    tried = RunnablePassthrough.assign(
        parsed=itemgetter("raw") | parser, parsing_error=lambda _: None
    )
    failed = RunnablePassthrough.assign(parsed=lambda _: None)
    return RunnableMap(raw=asked) | tried.with_fallbacks([failed], exception_key="parsing_error")


def _method_for(model: ChatAI302) -> str:
    """Return the method that works with every model, or one that this model does not refuse."""
    if not refuses_forced_choice(model.model, model.thinking):
        return "function_calling"
    facts = facts_about(model.model)
    return "json_schema" if facts is not None and facts.json_schema else "json_mode"


def json_schema_format(schema: Any, *, strict: bool | None) -> dict[str, Any]:
    """Return the `response_format` that requests an instance of `schema`."""
    function = convert_to_openai_tool(schema, strict=strict)["function"]
    parameters = function.get("parameters", {})
    return schema_format(function["name"], parameters, function.get("description"), strict=strict)


@contextmanager
def schema_advice(asked: Mapping[str, Any]) -> Iterator[None]:
    """Tell a user whose model does not accept a schema what to do instead.

    Nothing is tried instead: another method costs another call, gives weaker guarantees, and would
    do so silently (docs/decisions/0006-a-refused-schema.md).
    """
    try:
        yield
    except InvalidRequestError as error:
        wanted = asked.get("response_format")
        by_schema = isinstance(wanted, type) or (
            isinstance(wanted, Mapping) and wanted.get("type") == "json_schema"
        )
        if by_schema and says_no_schema(error.message):
            error.add(REFUSED)
        raise


def told_schema(messages: Sequence[BaseMessage], schema: Mapping[str, Any]) -> list[BaseMessage]:
    """Return the conversation with a system message that states the schema of the answer.

    It joins a system message that comes first: many models take only one, and only there.
    """
    instruction = schema_instruction(schema)
    first = messages[0] if messages else None
    if not isinstance(first, SystemMessage):
        return [SystemMessage(instruction), *messages]
    content = first.content
    more = f"{content}\n\n{instruction}" if isinstance(content, str) else [*content, instruction]
    return [first.model_copy(update={"content": more}), *messages[1:]]


def _telling(schema: Any) -> Runnable[LanguageModelInput, list[BaseMessage]]:
    printed = schema
    if not isinstance(schema, Mapping) or {"function", "parameters"} & schema.keys():
        printed = convert_to_openai_tool(schema)["function"].get("parameters", {})

    def tell(given: LanguageModelInput) -> list[BaseMessage]:
        if isinstance(given, str):
            return told_schema([HumanMessage(given)], printed)
        if isinstance(given, PromptValue):
            return told_schema(given.to_messages(), printed)
        return told_schema(convert_to_messages(given), printed)

    async def tell_at_once(given: LanguageModelInput) -> list[BaseMessage]:
        return tell(given)  # without it, LangChain would start a thread for this

    return RunnableLambda(tell, tell_at_once, name="tell_schema")


def _parser(schema: Any, *, by_function: bool) -> BaseOutputParser[Any]:
    wants_object = isinstance(schema, type) and is_basemodel_subclass(schema)
    if by_function:
        if wants_object:
            return PydanticToolsParser(tools=[schema], first_tool_only=True)
        name = convert_to_openai_tool(schema)["function"]["name"]
        return JsonOutputKeyToolsParser(key_name=name, first_tool_only=True)
    return PydanticOutputParser(pydantic_object=schema) if wants_object else JsonOutputParser()
