"""The list of models: how to request it, and how to read it (page "Models (List models)").

The list differs between 302.AI's hosts, and names with a suffix (`gpt-4o-web-search`) are not in
it: more models can be called than it lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core_302.endpoints.parsing import count, json_object, malformed, text_or_none
from core_302.http import Reply, Request

MODELS_PATH = "/v1/models"


@dataclass(frozen=True)
class Model:
    """One entry of the list.

    Attributes:
        id: The name to send.
        name: A name to show.
        context_length: The context window in tokens; 0 if the list does not say.
        max_output: The most output tokens; 0 if the list does not say.
        tools: Whether it calls tools, or None if the list does not say.
        input_price: As the list has it, such as "$1.500 / M tokens", or None.
        output_price: Likewise.
        raw: The entry as it came.
    """

    id: str
    name: str
    context_length: int
    max_output: int
    tools: bool | None
    input_price: str | None
    output_price: str | None
    raw: Mapping[str, Any]


def models_request(*, chat_only: bool = False) -> Request:
    """Build the request for the models; with `chat_only`, for language models alone (`?llm=1`)."""
    return Request("GET", MODELS_PATH, query={"llm": "1"} if chat_only else {})


def read_models(reply: Reply) -> tuple[Model, ...]:
    """Read the list.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: The body is not a list of models.
    """
    data = json_object(reply, "a list of models").get("data")
    if not isinstance(data, list):
        raise malformed("a list of models", reply)
    return tuple(
        _read_model(entry) for entry in data if isinstance(entry, Mapping) and entry.get("id")
    )


def _read_model(entry: Mapping[str, Any]) -> Model:
    price = entry.get("price")
    price = price if isinstance(price, Mapping) else {}
    tools = entry.get("supported_tools")
    return Model(
        id=str(entry["id"]),
        name=text_or_none(entry.get("name")) or str(entry["id"]),
        context_length=count(entry.get("context_length")),
        max_output=count(entry.get("max_completion_tokens")),
        tools=tools if isinstance(tools, bool) else None,
        input_price=text_or_none(price.get("input_token")),
        output_price=text_or_none(price.get("output_token")),
        raw=entry,
    )
