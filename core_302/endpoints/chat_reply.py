"""Chat completions: how to read a response that is not a stream, and the values it is read into.

The gateway relays hundreds of vendors, so a reader takes what it needs, ignores what it does not
know, and lets almost any field be null or absent. What it cannot read at all is an error.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core_302.endpoints.logprobs import read_logprobs
from core_302.endpoints.message_text import (
    content_text,
    partial_text,
    reasoning_text,
    refusal_text,
)
from core_302.endpoints.parsing import (
    MOST_OF_A_KIND,
    any_object,
    check_number,
    items,
    malformed,
    text_or_none,
)
from core_302.endpoints.provider_details import DetailsReader
from core_302.endpoints.sources import (
    Citation,
    annotations_of,
    citations_in,
    citations_of,
    merge_citations,
)
from core_302.endpoints.tool_calls import ToolCall, read_tool_calls
from core_302.endpoints.usage import Usage, usage_in
from core_302.error_replies.from_reply import error_in, error_in_choice
from core_302.errors import ApiError, MalformedReplyError
from core_302.http import Reply
from core_302.image_parts import is_image_data
from core_302.json_text import holds_more_than
from core_302.links import is_web_link

# Before a reply is read at all, its fields are counted: in some dialects they stand there twice.
MOST_FIELDS = 4 * MOST_OF_A_KIND
COUNTED_FIELDS = {"answers": b'"message"', "tool calls": b'"arguments"'}

# Finish reasons that imply a message: a choice that has one of these and no message has lost it.
ENDS_OF_MESSAGES = frozenset({"stop", "tool_calls", "function_call"})


@dataclass(frozen=True)
class Audio:
    """A spoken answer.

    Attributes:
        data: The audio as base64, in the requested format.
        id: The vendor's id of it, by which a later message may name it; or None.
        transcript: Its text.
        expires_at: When the id expires, in seconds since 1970; or None.
    """

    data: str
    id: str | None = None
    transcript: str = ""
    expires_at: int | None = None


@dataclass(frozen=True)
class About:
    """The metadata of one response.

    Attributes:
        id: The completion's id.
        model: The model that answered, by its own name.
        created: Seconds since 1970, or None.
        system_fingerprint: The vendor's build, or None.
        service_tier: The vendor's tier, or None.
        request_id: The gateway's id of the call.
        usage: Token counts, or None if none came.
        citations: The sources, in order, without repeats.
    """

    id: str | None = None
    model: str | None = None
    created: int | None = None
    system_fingerprint: str | None = None
    service_tier: str | None = None
    request_id: str | None = None
    usage: Usage | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Choice:
    """One answer.

    `provider_details` is what its vendor wants back: see `core_302.endpoints.provider_details`.
    """

    index: int
    text: str = ""
    reasoning: str = ""
    refusal: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
    logprobs: Mapping[str, Any] | None = None
    annotations: tuple[Mapping[str, Any], ...] = ()
    images: tuple[str, ...] = ()
    audio: Audio | None = None
    provider_details: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Completion:
    """A complete response: one or more answers, and its metadata. `raw` is its body as it came."""

    choices: tuple[Choice, ...]
    about: About
    raw: Mapping[str, Any]


def read_completion(reply: Reply) -> Completion:
    """Read the response to a chat call that was not streamed.

    Raises:
        ApiError: The body is an error although the status is 200, or reports one beside its
            answers; `partial_text` has their text.
        ReplyTooLargeError: There are more than 10,000 answers, or tool calls in one of them.
        MalformedReplyError: The body is not a chat completion, or the content of an answer is
            neither text nor parts nor null. The error's text shows how it begins.
    """
    if holds_more_than(2 * MOST_FIELDS, '"', reply.body):  # each name has two of these
        for kind, name in COUNTED_FIELDS.items():
            check_number(reply.body.count(name), kind, MOST_FIELDS)
    raw = any_object(reply, "a chat completion")
    choices = raw.get("choices")
    check_number(len(items(choices)), "answers")
    if failure := error_in(raw, reply) or _failed_choice(choices, reply):
        failure.partial_text = _text_of_all(choices)
        if failure.partial_text:
            failure.billed = "maybe"
        raise failure
    if not isinstance(choices, list) or not choices:
        raise malformed("a chat completion with choices", reply)
    read = tuple(_read_choice(choice, place, reply) for place, choice in enumerate(choices))
    cited = [
        merge_citations(citations_in(_message_in(choice)), citations_of(one.annotations))
        for choice, one in zip(choices, read, strict=True)
    ]
    citations = merge_citations(citations_in(raw), *cited)
    return Completion(read, about_of(raw, reply.request_id, citations), raw)


def _failed_choice(choices: Any, reply: Reply) -> ApiError | None:
    found = (error_in_choice(choice, reply) for choice in items(choices))
    return next((failure for failure in found if failure is not None), None)


def _text_of_all(choices: Any) -> str:
    messages = (choice.get("message") for choice in items(choices) if isinstance(choice, Mapping))
    return "".join(partial_text(m.get("content")) for m in messages if isinstance(m, Mapping))


def about_of(
    raw: Mapping[str, Any], request_id: str | None, citations: tuple[Citation, ...] = ()
) -> About:
    """Read the metadata of a completion, or of a chunk."""
    return About(
        id=text_or_none(raw.get("id")),
        model=text_or_none(raw.get("model")),
        created=raw["created"] if isinstance(raw.get("created"), int) else None,
        system_fingerprint=text_or_none(raw.get("system_fingerprint")),
        service_tier=text_or_none(raw.get("service_tier")),
        request_id=request_id,
        usage=usage_in(raw),
        citations=citations,
    )


def image_links(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the links (or data URIs) of the images in a message.

    Any other address is not an image: a program that shows or opens it must not meet `file:`.
    """
    parts = [*items(message.get("images")), *items(message.get("content"))]
    if not parts:
        return ()
    links = (
        part["image_url"].get("url")
        if isinstance(part["image_url"], Mapping)
        else part["image_url"]
        for part in parts
        if isinstance(part, Mapping) and part.get("image_url")
    )
    return tuple(str(link) for link in links if is_web_link(link) or is_image_data(link))


def read_audio(*chunks: Mapping[str, Any]) -> Audio | None:
    """Join the chunks of a spoken answer; None if there is neither audio nor transcript."""
    audio = b"".join(_bytes_of(chunk.get("data")) for chunk in chunks)
    transcript = "".join(text_or_none(chunk.get("transcript")) or "" for chunk in chunks)
    if not (audio or transcript):
        return None
    ids = [found for chunk in chunks if (found := text_or_none(chunk.get("id")))]
    ends = [e for chunk in chunks if isinstance(e := chunk.get("expires_at"), int)]
    return Audio(
        data=base64.b64encode(audio).decode("ascii"),
        id=ids[0] if ids else None,
        transcript=transcript,
        expires_at=ends[-1] if ends else None,
    )


def _bytes_of(data: Any) -> bytes:
    """Decode base64 text: each chunk of a stream is padded by itself."""
    try:
        return base64.b64decode(data) if isinstance(data, str) else b""
    except ValueError:
        return b""


def _message_in(choice: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the message of a choice; an empty one for a choice that was filtered and has none."""
    message = choice.get("message")
    return message if isinstance(message, dict) else {}


def _is_empty(choice: Any) -> bool:
    """Return whether a choice says why it holds nothing, as Azure's filtered ones do."""
    if not isinstance(choice, dict):
        return False
    reason = text_or_none(choice.get("finish_reason"))
    if reason is None or reason in ENDS_OF_MESSAGES:
        return False
    return not any(choice.get(name) for name in ("message", "delta", "text"))


def _read_choice(choice: Any, place: int, reply: Reply) -> Choice:
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict) and not _is_empty(choice):
        # `delta` stands beside `message` in real captures; it is never read here.
        raise malformed("a chat completion whose choices have a message", reply)
    message = _message_in(choice)
    index = choice.get("index")
    details = DetailsReader()
    details.add_whole(message)
    calls = read_tool_calls(message, details)
    return Choice(
        index=index if isinstance(index, int) else place,
        text=_text_of(message, reply),
        reasoning=reasoning_text(message),
        refusal=refusal_text(message) or None,
        tool_calls=calls,
        finish_reason=text_or_none(choice.get("finish_reason")),
        logprobs=read_logprobs(choice.get("logprobs")),
        annotations=annotations_of(message),
        images=image_links(message),
        audio=read_audio(message["audio"]) if isinstance(message.get("audio"), dict) else None,
        provider_details=details.read({call.id: call.id for call in calls}),
    )


def _text_of(message: Mapping[str, Any], reply: Reply) -> str:
    try:
        return content_text(message.get("content"))
    except MalformedReplyError as error:
        error.status, error.request_id = reply.status, reply.request_id
        raise
