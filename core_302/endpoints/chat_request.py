"""Chat completions: how to build the request, with the gateway's own spelling of its options.

The wire is that of the 302.AI API Document, pages "Chat (Talk)", "Chat (Image analysis)",
"Chat (Search online)", "Chat (Depth-First Search)", "Chat (Reasoning mode)", "Chat (Link Parsing)"
and "Chat (Long-term Memory)". Answers are read in `chat_reply.py` and `chat_stream.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from core_302.catalogue import facts_about
from core_302.catalogue.names import GATEWAY_SUFFIXES, without_gateway_suffixes
from core_302.endpoints.forced_choice import refuses_forced_choice, with_choice_in_words
from core_302.endpoints.strict_schema import with_strict_schemas
from core_302.endpoints.tool_names import own_names, with_wire_names
from core_302.endpoints.vendor_tools import check_tools
from core_302.errors import InvalidInputError
from core_302.http import Request, json_content
from core_302.options.chat import (
    DEFAULT_OCR_MODEL,
    LASTING,
    NOT_IN_BODY,
    ChatOptions,
    WebSearch,
)
from core_302.options.declaration import Wire, wire_of

Message = Mapping[str, Any]
"""One message as the wire has it: `role`, `content` (text or parts), `tool_calls` ..."""

CHAT_PATH = "/v1/chat/completions"
NEWER_NAME = "max_completion_tokens"

# How the gateway spells its own options; the others are sent under their own names.
_OWN: Mapping[str, Wire] = {
    name: wire for name in LASTING if (wire := wire_of(ChatOptions, name)) is not None
}
_SEARCH: Mapping[str, Wire] = {
    name: wire for name in WebSearch.model_fields if (wire := wire_of(WebSearch, name)) is not None
}
_STANDARD = tuple(
    name for name in ChatOptions.model_fields if name not in _OWN and name not in NOT_IN_BODY
)


def chat_request(
    model: str,
    messages: Sequence[Message],
    options: ChatOptions | None = None,
    *,
    stream: bool = False,
    stream_usage: bool = True,
) -> Request:
    """Build the request of one chat call.

    Args:
        model: The model's name; an unknown one is sent as it is.
        messages: The conversation, in wire form.
        options: What else is requested.
        stream: Request the answer as a stream.
        stream_usage: Request the token counts at the end of the stream.

    Raises:
        InvalidInputError: There is no model or no message, or something cannot be encoded as JSON.
    """
    if not isinstance(model, str) or not model.strip():
        raise InvalidInputError("model is empty: name one, such as 'gpt-4o'.")
    if not messages:
        raise InvalidInputError("messages is empty: send at least one message.")
    options = options or ChatOptions()
    body: dict[str, Any] = {"model": model, "messages": list(messages)}
    for name in _STANDARD:
        value = getattr(options, name)
        if value is not None:
            body[name] = value
    _add_own_options(body, options)
    if stream:
        body["stream"] = True
        if stream_usage:
            body["stream_options"] = {"include_usage": True}
    check_tools(options.tools or ())
    _name_most_tokens(body, options)
    if refuses_forced_choice(model, options.thinking):
        body = with_choice_in_words(body)
    body = with_strict_schemas(body)
    own = own_names(options.tools or ())
    body = {**with_wire_names(body, own), **(options.extra_body or {})}
    content = json_content(body)
    return Request("POST", CHAT_PATH, content, stream=stream, model=model, own_names=own)


def has_image(messages: Sequence[Message]) -> bool:
    """Return whether any message holds an image."""
    return any(
        isinstance(part, Mapping) and part.get("type") == "image_url"
        for message in messages
        if isinstance(message.get("content"), (list, tuple))
        for part in message["content"]
    )


def _name_most_tokens(body: dict[str, Any], options: ChatOptions) -> None:
    """Write the limit of output tokens under the only name that the model accepts.

    What the caller wrote under that name, or into `extra_body`, wins.
    """
    facts = facts_about(body["model"])
    if "max_tokens" not in body or facts is None or facts.token_parameter != NEWER_NAME:
        return
    most = body.pop("max_tokens")
    if not {"max_tokens", NEWER_NAME} & (options.extra_body or {}).keys():
        body.setdefault(NEWER_NAME, most)


def _add_own_options(body: dict[str, Any], options: ChatOptions) -> None:
    """Write 302.AI's own options into `body`, as fields or as suffixes of the model's name."""
    if all(getattr(options, name) is None for name in _OWN):
        return
    ocr_model = _ocr_model(body, options)
    on = {name: value for name, value in _switches(options, ocr_model).items() if value}
    # The page of the deep search knows no field for the switch, only the suffix.
    by_name = set(on) if options.model_suffixes else {"deep_search"} & set(on)
    fields = {name: value for name, value in on.items() if name not in by_name}
    if "ocr" in by_name and ocr_model != DEFAULT_OCR_MODEL:
        fields["ocr"] = ocr_model  # the suffix alone means the default model
    if options.web_search is False:
        fields["web_search"] = False  # switches a suffix of the model's name off
    body["model"] = with_suffixes(body["model"], by_name)
    body |= {str(_OWN[name].name): value for name, value in fields.items()}
    body |= _parameters(options)


def _switches(options: ChatOptions, ocr_model: str | None) -> dict[str, Any]:
    """Return what each switch's field is set to; a false value stands for off."""
    return {
        "ocr": ocr_model,
        "web_search": bool(options.web_search),
        "reasoning_fusion": options.reasoning_fusion,
        "file_parse": bool(options.file_parse),
        "deep_search": bool(options.deep_search),
    }


def _parameters(options: ChatOptions) -> dict[str, Any]:
    """Return the fields beside the switches: services, counts, sites, the user's id."""
    values: dict[str | None, Any] = {_OWN["user_id"].name: options.user_id}
    for name, wire in _OWN.items():
        if wire.service is not None and isinstance(getattr(options, name), str):
            values[wire.service] = getattr(options, name)
    if isinstance(options.web_search, WebSearch):
        values |= {wire.name: getattr(options.web_search, n) for n, wire in _SEARCH.items()}
    return {str(name): value for name, value in values.items() if value is not None}


def with_suffixes(model: str, names: set[str]) -> str:
    """Return `model` with the suffixes of the options `names`; one that it ends in is kept once."""
    missing = names - without_gateway_suffixes(model)[1]
    return model + "".join(suffix for name, suffix in GATEWAY_SUFFIXES.items() if name in missing)


def _ocr_model(body: Mapping[str, Any], options: ChatOptions) -> str | None:
    """Return the model that is to read the images, or None for none."""
    facts = facts_about(body["model"])
    sees = facts.vision if facts else None
    if options.ocr == "auto":
        # Only where it helps: OCR replaces the sight of a model that can see (its page warns).
        return DEFAULT_OCR_MODEL if sees is False and has_image(body["messages"]) else None
    if not options.ocr:
        return None
    if sees:
        _warn_that_ocr_replaces_sight(body["model"])
    return DEFAULT_OCR_MODEL if options.ocr is True else options.ocr


@lru_cache(maxsize=256)
def _warn_that_ocr_replaces_sight(model: str) -> None:
    """Warn once for each model (hence the cache)."""
    warnings.warn(
        f"{model} can see images itself: ocr replaces its vision with a text that another model "
        "writes, and both are billed. Use ocr='auto' to read images only for models that cannot "
        "see them.",
        UserWarning,
        stacklevel=2,
    )
