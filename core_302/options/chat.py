"""The options of a chat call, each declared once and checked before it is sent.

Names are plain words here; the gateway's spelling is declared beside each (`Wire`). None means "not
set": nothing is sent for it. Nothing that bills extra is on by default.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from core_302.config import unshown_values
from core_302.errors import InvalidInputError
from core_302.options.answer_format import answer_format
from core_302.options.declaration import Declared, Sites, Text, Wire
from core_302.options.other_names import advice

DEFAULT_OCR_MODEL = "gpt-4o-mini"
"""The gateway's own default, by its page "Chat (Image analysis)"."""

UUID_VERSION = 4
MOST_REASONS = 20  # that one error names
OTHER_FIELDS = "Fields of the body that have no option go in extra_body"
SAID_AS_BOOL = frozenset({"true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0"})
StopTexts = Annotated[Sequence[str], Field(max_length=4)]
Bias = Annotated[float, Field(ge=-100, le=100)]
SEARCH_PAGE = "Chat (Search online)"


class WebSearch(BaseModel):
    """How the gateway searches the web before the model answers.

    Source: the page "Chat (Search online)". Cost: the search service's fee, beside the model's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: Annotated[Text | None, Wire("search-service", SEARCH_PAGE)] = None
    """`search1api` (the gateway's default), `tavily`, `exa`, `bocha`, or a newer one."""
    results: Annotated[
        Annotated[int, Field(ge=1, le=20, strict=True)] | None,
        Wire("search-results", SEARCH_PAGE),
    ] = None
    """How many results the model gets, 1 to 20 (the gateway's default is 10)."""
    include_sites: Annotated[Sites | None, Wire("search-include-sites", SEARCH_PAGE)] = None
    """Only these sites, such as `("arxiv.org",)`."""
    exclude_sites: Annotated[Sites | None, Wire("search-exclude-sites", SEARCH_PAGE)] = None
    """Never these sites."""


def named_service(value: Any) -> Any:
    """Return a text that names a search service as fields of `WebSearch`; all else as it is."""
    if not isinstance(value, str) or value.strip().lower() in SAID_AS_BOOL:
        return value
    return {"service": value}


Search = Annotated[WebSearch, BeforeValidator(named_service)]
"""How the web is searched, or the name of the service alone."""


def _uuid4(value: Any) -> str | None:
    """Return a UUIDv4: the gateway silently drops the memory of any other id."""
    if value is None:
        return None
    try:
        parsed = value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        parsed = None
    if parsed is None or parsed.version != UUID_VERSION:
        raise ValueError("must be a UUIDv4, such as str(uuid.uuid4())")
    return str(parsed)


class ChatFields(Declared):
    """Options of a chat model, set for every call or for one.

    The first group is what every OpenAI-compatible model knows; the second is 302.AI's own.
    """

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """0 to 2; higher is more random."""
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    """Nucleus sampling, 0 to 1; change this or the temperature."""
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    """The most tokens of the answer; sent under its newer name to models that are known to accept
    no other.
    """
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    """The same under its newer name, for models that want it."""
    n: Annotated[int, Field(ge=1)] | None = None
    """How many answers."""
    stop: str | StopTexts | None = None
    """Texts that end the answer, at most 4."""
    seed: int | None = None
    """For answers that are as reproducible as the model allows."""
    presence_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    """-2 to 2; higher favours new topics."""
    frequency_penalty: Annotated[float, Field(ge=-2, le=2)] | None = None
    """-2 to 2; higher means less repetition."""
    logit_bias: Mapping[str, Bias] | None = None
    """Token ids, each with a bias from -100 to 100."""
    logprobs: bool | None = None
    """Return the log-probabilities of the answer's tokens."""
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    """Also return those of this many alternatives for each token, 0 to 20."""
    user: str | None = None
    """Your own id of the end user."""
    reasoning_effort: str | None = None
    """How much the model reasons: `low`, `medium`, `high`, or another value that it knows."""
    thinking: Mapping[str, Any] | None = None
    """The vendor's thinking switch, such as `{"type": "enabled"}`."""
    top_k: Annotated[int, Field(ge=1)] | None = None
    """Sample from this many likeliest tokens only, for models that support it (OpenAI's do not)."""
    verbosity: str | None = None
    """How long the answer is: `low`, `medium`, `high`, for models that support it."""
    service_tier: str | None = None
    """The vendor's service tier for this call: `auto`, `default`, `flex`, `priority`; it affects
    the price.
    """
    prompt_cache_key: str | None = None
    """Calls with the same key and the same beginning of the prompt hit the vendor's cache more
    often.
    """
    modalities: Sequence[str] | None = None
    """The modalities of the answer, such as `("text", "audio")`."""
    audio: Mapping[str, Any] | None = None
    """Voice and format of a spoken answer, such as `{"voice": "alloy", "format": "mp3"}`."""
    prediction: Mapping[str, Any] | None = None
    """Text that most of the answer is expected to repeat, such as `{"type": "content", "content":
    "the text before it was changed"}`.
    """

    web_search: Annotated[
        bool | WebSearch | None,
        BeforeValidator(named_service),
        Wire("web-search", SEARCH_PAGE, "the search service's fee"),
    ] = None
    """Search the web before answering: True, False (switches a `-web-search` suffix off),
    `WebSearch`, or a service's name, such as "tavily"."""
    ocr: Annotated[
        bool | Literal["auto"] | Text | None,
        Wire("ocr_model", "Chat (Image analysis)", "one call of the OCR model for each request"),
    ] = None
    """Let another model read the images: True (the gateway's default model), a model's name, "auto"
    (only for an image that the model cannot see itself), or False."""
    reasoning_fusion: Annotated[
        bool | None, Wire("r1-fusion", "Chat (Reasoning mode)", "one call of DeepSeek-R1")
    ] = None
    """Let DeepSeek-R1 reason first and pass its reasoning to the model."""
    deep_search: Annotated[
        bool | Text | None,
        Wire(None, "Chat (Depth-First Search)", "the search service's fee", "searchType"),
    ] = None
    """Search in depth: True, or the service's name."""
    file_parse: Annotated[
        bool | Text | None,
        Wire("file-parse", "Chat (Link Parsing)", "the parser's fee", "parse-service"),
    ] = None
    """Read links and files in the messages: True, or the service's name."""
    user_id: Annotated[
        str | None,
        BeforeValidator(_uuid4),
        Wire("userid", "Chat (Long-term Memory)", "not documented"),
    ] = None
    """A UUIDv4 that switches the gateway's long-term memory on."""
    model_suffixes: bool = False
    """Send these options as suffixes of the model's name (`gpt-4o-ocr-web-search`) instead of as
    fields.
    """
    extra_body: Mapping[str, Any] | None = None
    """Further fields of the body, sent as they are; they win over all others."""


class ChatOptions(ChatFields):
    """All options of one chat call, apart from the model and the messages.

    `docs/options.md` lists how each option is spelled on the wire, and what it costs.
    """

    model_config = ConfigDict(frozen=True, defer_build=False)

    response_format: Annotated[Mapping[str, Any] | type | None, BeforeValidator(answer_format)] = (
        None
    )
    """`{"type": "json_object"}`, `{"type": "json_schema", ...}`, a JSON schema, or a class that has
    one (pydantic's, a dataclass, a TypedDict)."""
    tools: tuple[Mapping[str, Any], ...] | None = None
    """Tools in OpenAI's form."""
    tool_choice: str | Mapping[str, Any] | None = None
    """`auto`, `none`, `required`, or one function."""
    parallel_tool_calls: bool | None = None
    """Whether several tools may be called at once."""
    timeout: Any = None
    """Time limits of this call: seconds, or what `Timeouts.of` takes. Nothing is sent for it."""
    extra_headers: Annotated[Mapping[str, str] | None, AfterValidator(unshown_values)] = Field(
        default=None, repr=False
    )
    """Further headers of this call; they win over the default ones. No error repeats them, but a
    framework's own traces may."""


NOT_IN_BODY = frozenset({"model_suffixes", "extra_body", "timeout", "extra_headers"})
"""Options that are not fields of the request's body."""
LASTING = tuple(ChatFields.model_fields)
"""The names of the options that a model's class has too."""
PER_CALL_ONLY = frozenset(ChatOptions.model_fields) - frozenset(LASTING)
"""Options that belong to one call: they are passed with the call, never to a class."""


def chat_options(values: Mapping[str, Any]) -> ChatOptions:
    """Check `given` and return it as options.

    Raises:
        InvalidInputError: An option is unknown or its value cannot be sent; the error's text names
            each, with the nearest known name, and says where other fields of the body go.
    """
    try:
        return ChatOptions.model_validate(values)
    except ValidationError as error:
        raise InvalidInputError(explain(error, ChatOptions)) from None


def asked_options(defaults: Mapping[str, Any], call: Mapping[str, Any]) -> ChatOptions:
    """Return the options of one call: the call's own win, and its None switches a default off.

    `extra_body` is merged, field by field.

    Raises:
        InvalidInputError: See `chat_options`.
    """
    values = {**defaults, **call}
    values["model_suffixes"] = bool(values.get("model_suffixes"))  # None: not set
    if isinstance(values.get("stop"), (list, tuple)):
        values["stop"] = tuple(values["stop"]) or None
    if defaults.get("extra_body") and call.get("extra_body"):
        values["extra_body"] = {**defaults["extra_body"], **call["extra_body"]}
    return chat_options(values)


def explain(
    error: ValidationError,
    model: type[BaseModel],
    *,
    hint: str = OTHER_FIELDS,
    also: tuple[str, ...] = (),
) -> str:
    """Describe in one text which of `model`'s options are wrong, and what they must be.

    Args:
        error: What pydantic says.
        model: The class whose options are meant.
        hint: What is said about an option that `model` does not have.
        also: Names that the caller takes beside those of `model`.
    """
    reasons: dict[str, list[str]] = {}
    wrong = error.errors(include_url=False, include_input=False)
    for detail in wrong[:MOST_REASONS]:
        place = detail["loc"]
        name = str(place[0]) if place else ""
        if detail["type"] == "extra_forbidden" and len(place) == 1:
            reasons[name] = [f"unknown: {advice(name, model, hint, also)}"]
            continue
        inner = [str(part) for part in place[1:] if str(part) in WebSearch.model_fields]
        text = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
        reasons.setdefault(".".join([name, *inner]), []).append(text)
    message = "; ".join(
        f"{name}: {' or '.join(dict.fromkeys(texts))}".removeprefix(": ")
        for name, texts in reasons.items()
    )
    if len(wrong) > MOST_REASONS:
        message += f"; and {len(wrong) - MOST_REASONS} more"
    return message if message.endswith("?") else f"{message.rstrip('.')}."
