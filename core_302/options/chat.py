"""What a caller may ask, as pydantic models that check it before anything is sent.

Names are words here; the gateway's spelling stands in one table in `endpoints/chat.py`. None means
"not set": nothing is sent for it. Nothing that bills extra is on by default.
"""

from __future__ import annotations

import difflib
import uuid
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core_302.errors import InvalidInputError

DEFAULT_OCR_MODEL = "gpt-4o-mini"
"""The gateway's own default, by its page "Chat (Image analysis)"."""

UUID_VERSION = 4
OTHER_FIELDS = "Fields of the body that have no option go in extra_body"


class WebSearch(BaseModel):
    """How the gateway searches the web before the model answers.

    Source: the page "Chat (Search online)". Cost: the search service's fee, beside the model's.

    Attributes:
        service: `search1api` (the gateway's default), `tavily`, `exa`, `bocha`, or a newer one.
        results: How many results the model is given, 1 to 20 (the gateway's default is 10).
        include_sites: Only these sites, such as `("arxiv.org",)`.
        exclude_sites: Never these sites.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: Annotated[str, Field(min_length=1)] | None = None
    results: Annotated[int, Field(ge=1, le=20, strict=True)] | None = None
    include_sites: tuple[Annotated[str, Field(min_length=1)], ...] | None = None
    exclude_sites: tuple[Annotated[str, Field(min_length=1)], ...] | None = None

    @field_validator("include_sites", "exclude_sites", mode="before")
    @classmethod
    def _sites_are_a_list(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError(f"must be a list of sites, such as [{value!r}]")
        return value


class ChatOptions(BaseModel):
    """Everything that can be asked of one chat call beside the model and the messages.

    The first group is what every OpenAI-compatible model knows; the second is 302.AI's own. How
    each is spelled on the wire, and what it costs, stands in `docs/options.md`.

    Attributes:
        temperature: 0 to 2; higher is more random.
        top_p: Nucleus sampling; change this or the temperature.
        max_tokens: The most tokens of the answer.
        max_completion_tokens: The same under its newer name, for models that want it.
        n: How many answers.
        stop: Up to four texts that end the answer.
        seed: For answers that repeat as far as the model can.
        presence_penalty: -2 to 2.
        frequency_penalty: -2 to 2.
        logit_bias: Token id to a bias from -100 to 100.
        logprobs: Return the log-probabilities of the answer's tokens.
        top_logprobs: And those of so many alternatives, 0 to 20.
        user: Your own id of the end user.
        reasoning_effort: `low`, `medium`, `high`, or what the model knows.
        thinking: The vendor's thinking switch, such as `{"type": "enabled"}`.
        response_format: `{"type": "json_object"}` or `{"type": "json_schema", ...}`.
        tools: Tools in OpenAI's form.
        tool_choice: `auto`, `none`, `required`, or one function.
        parallel_tool_calls: Whether several tools may be called at once.
        web_search: Search the web: True, False (switches a `-web-search` suffix off), `WebSearch`.
        ocr: Let another model read the pictures: True (the gateway's default model), a model's
            name, "auto" (only for a picture that the model cannot see itself), or False.
        reasoning_fusion: Let DeepSeek-R1 think first and hand its thoughts to the model.
        deep_search: Search in depth: True, or the service's name.
        file_parse: Read links and files in the messages: True, or the service's name.
        user_id: A UUIDv4 that switches the gateway's long-term memory on.
        model_suffixes: Ask by the model's name (`gpt-4o-ocr-web-search`) instead of by fields.
        extra_body: Further fields of the body, sent as they are; they win over all others.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, protected_namespaces=()
    )

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    n: Annotated[int, Field(ge=1)] | None = None
    stop: str | tuple[str, ...] | None = None
    seed: int | None = None
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    logit_bias: Mapping[str, float] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    user: str | None = None
    reasoning_effort: str | None = None
    thinking: Mapping[str, Any] | None = None
    response_format: Mapping[str, Any] | None = None
    tools: tuple[Mapping[str, Any], ...] | None = None
    tool_choice: str | Mapping[str, Any] | None = None
    parallel_tool_calls: bool | None = None

    web_search: bool | WebSearch | None = None
    ocr: bool | Literal["auto"] | Annotated[str, Field(min_length=1)] | None = None
    reasoning_fusion: bool | None = None
    deep_search: bool | Annotated[str, Field(min_length=1)] | None = None
    file_parse: bool | Annotated[str, Field(min_length=1)] | None = None
    user_id: str | None = None
    model_suffixes: bool = False
    extra_body: Mapping[str, Any] | None = None

    @field_validator("user_id", mode="before")
    @classmethod
    def _user_id_is_a_uuid4(cls, value: Any) -> str | None:
        """The gateway drops the memory of any other id without a word (page "Long-term Memory")."""
        if value is None:
            return None
        try:
            parsed = value if isinstance(value, uuid.UUID) else uuid.UUID(value)
        except (ValueError, AttributeError, TypeError):
            parsed = None
        if parsed is None or parsed.version != UUID_VERSION:
            raise ValueError("must be a UUIDv4, such as str(uuid.uuid4())")
        return str(parsed)


def chat_options(given: Mapping[str, Any]) -> ChatOptions:
    """Check `given` and return it as options.

    Raises:
        InvalidInputError: An option is unknown or its value cannot be sent; the text names each,
            with the nearest known name, and says where unnamed fields of the body go.
    """
    try:
        return ChatOptions.model_validate(given)
    except ValidationError as error:
        raise InvalidInputError(explain(error, ChatOptions)) from None


# Options that say what one call is about: they are given with the call, never to a model's class.
PER_CALL_ONLY = frozenset({"tools", "tool_choice", "parallel_tool_calls", "response_format"})
LASTING = tuple(name for name in ChatOptions.model_fields if name not in PER_CALL_ONLY)
"""The names of the options that a model's class has too."""


def asked_options(defaults: Mapping[str, Any], call: Mapping[str, Any]) -> ChatOptions:
    """Return what one call asks: what the call says wins, and its None switches a default off.

    `extra_body` is joined, field by field.

    Raises:
        InvalidInputError: See `chat_options`.
    """
    given = {**defaults, **call}
    given["model_suffixes"] = bool(given.get("model_suffixes"))  # None: not set
    if isinstance(given.get("stop"), list):
        given["stop"] = tuple(given["stop"]) or None
    if defaults.get("extra_body") and call.get("extra_body"):
        given["extra_body"] = {**defaults["extra_body"], **call["extra_body"]}
    return chat_options(given)


def explain(error: ValidationError, model: type[BaseModel], *, hint: str = OTHER_FIELDS) -> str:
    """Say in one text which of `model`'s options are wrong, and what they must be.

    `hint` is what is said of an option that `model` does not have.
    """
    reasons: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        place = detail["loc"]
        name = str(place[0]) if place else ""
        if detail["type"] == "extra_forbidden" and len(place) == 1:
            near = difflib.get_close_matches(name, model.model_fields, n=1)
            said = f"did you mean {near[0]!r}? {hint}" if near else hint[0].lower() + hint[1:]
            reasons[name] = [f"unknown: {said}"]
            continue
        inner = [str(part) for part in place[1:] if str(part) in WebSearch.model_fields]
        text = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
        reasons.setdefault(".".join([name, *inner]), []).append(text)
    said = "; ".join(
        f"{name}: {' or '.join(dict.fromkeys(texts))}".removeprefix(": ")
        for name, texts in reasons.items()
    )
    return f"{said.rstrip('.')}."
