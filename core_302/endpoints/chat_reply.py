"""Chat completions: how to read an answer that came in one piece, and the values it is read into.

The gateway relays hundreds of vendors, so a reader takes what it needs, ignores what it does not
know, and lets almost any field be null or absent. What it cannot read at all it says.
"""

from __future__ import annotations

import base64
import json
import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core_302.endpoints.logprobs import read_logprobs
from core_302.endpoints.parsing import any_object, count, items, malformed, text_or_none
from core_302.error_replies.from_reply import error_in, error_in_choice
from core_302.errors import ApiError
from core_302.http import Reply
from core_302.image_parts import is_picture_data
from core_302.json_text import read_json
from core_302.links import is_web_link

# What some servers write where they have no id: "null" and its like.
NO_IDS = frozenset({"null", "none", "undefined", "nil"})
# Nine letters and digits: Mistral refuses any other form, and everybody takes this one.
CALL_ID_LENGTH = 9
CALL_ID_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Usage:
    """Token counts. Details are parts of the totals; 0 where nothing was said.

    `raw` is the gateway's own object.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    cached_tokens: int = 0
    cache_creation_tokens: int = 0
    reasoning_tokens: int = 0
    input_audio_tokens: int = 0
    output_audio_tokens: int = 0
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Citation:
    """A source of the answer: its address, and its title if one came."""

    url: str
    title: str | None = None


@dataclass(frozen=True)
class ToolCall:
    """A call that the model asks for. `arguments` is the JSON text as it came, maybe broken."""

    id: str
    name: str
    arguments: str

    def read_arguments(self) -> dict[str, Any]:
        """Return the arguments; none are an empty object.

        Raises:
            ValueError: They are no JSON object.
        """
        arguments = read_json(self.arguments) if self.arguments.strip() else {}
        if not isinstance(arguments, dict):
            raise ValueError("the arguments are no JSON object")
        return arguments


@dataclass(frozen=True)
class Audio:
    """What an answer says aloud.

    Attributes:
        data: The sound as base64, in the format that was asked for.
        id: The vendor's id of it, by which a later message may name it; or None.
        transcript: Its words.
        expires_at: Until when the id is known, in seconds since 1970; or None.
    """

    data: str
    id: str | None = None
    transcript: str = ""
    expires_at: int | None = None


@dataclass(frozen=True)
class About:
    """What a reply says about itself, once.

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
    """One answer."""

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


@dataclass(frozen=True)
class Completion:
    """A whole reply: one or more answers, and what it says about itself. `raw` is what came."""

    choices: tuple[Choice, ...]
    about: About
    raw: Mapping[str, Any]


def read_completion(reply: Reply) -> Completion:
    """Read the reply to a chat call that was not streamed.

    Raises:
        ApiError: The body is an error although the status is 200, or tells of one beside its
            answers; `partial_text` has their text.
        MalformedReplyError: The body is no chat completion. The text shows how it begins.
    """
    raw = any_object(reply, "a chat completion")
    choices = raw.get("choices")
    if failure := error_in(raw, reply) or _failed_choice(choices, reply):
        failure.partial_text = _text_of_all(choices)
        if failure.partial_text:
            failure.billed = "maybe"
        raise failure
    if not isinstance(choices, list) or not choices:
        raise malformed("a chat completion with choices", reply)
    read = tuple(_read_choice(choice, place, reply) for place, choice in enumerate(choices))
    citations = merge_citations(citations_in(raw), *map(citations_of, read))
    return Completion(read, about_of(raw, reply.request_id, citations), raw)


def _failed_choice(choices: Any, reply: Reply) -> ApiError | None:
    found = (error_in_choice(choice, reply) for choice in items(choices))
    return next((failure for failure in found if failure is not None), None)


def _text_of_all(choices: Any) -> str:
    messages = (choice.get("message") for choice in items(choices) if isinstance(choice, Mapping))
    return "".join(content_text(m.get("content")) for m in messages if isinstance(m, Mapping))


def about_of(
    raw: Mapping[str, Any], request_id: str | None, citations: tuple[Citation, ...] = ()
) -> About:
    """Read what a completion, or a chunk of one, says about itself."""
    return About(
        id=text_or_none(raw.get("id")),
        model=text_or_none(raw.get("model")),
        created=raw["created"] if isinstance(raw.get("created"), int) else None,
        system_fingerprint=text_or_none(raw.get("system_fingerprint")),
        service_tier=text_or_none(raw.get("service_tier")),
        request_id=request_id,
        usage=read_usage(raw.get("usage")),
        citations=citations,
    )


def read_usage(raw: Any) -> Usage | None:
    """Read token counts under either pair of names; the non-zero one wins, as vendors mix them."""
    if not isinstance(raw, dict):
        return None
    given = count(raw.get("prompt_tokens")) or count(raw.get("input_tokens"))
    written = count(raw.get("completion_tokens")) or count(raw.get("output_tokens"))
    total = count(raw.get("total_tokens"))
    if not (given or written or total):
        return None
    inputs = _details(raw, "prompt_tokens_details", "input_tokens_details")
    outputs = _details(raw, "completion_tokens_details", "output_tokens_details")
    return Usage(
        input_tokens=given,
        output_tokens=written,
        total_tokens=total or given + written,
        cached_tokens=count(inputs.get("cached_tokens")),
        cache_creation_tokens=count(inputs.get("cache_creation_tokens")),
        reasoning_tokens=count(outputs.get("reasoning_tokens")),
        input_audio_tokens=count(inputs.get("audio_tokens")),
        output_audio_tokens=count(outputs.get("audio_tokens")),
        raw=raw,
    )


def citations_in(raw: Mapping[str, Any]) -> tuple[Citation, ...]:
    """Read the sources of a reply or chunk: `citations` (links) and `search_results` (titles)."""
    if "citations" not in raw and "search_results" not in raw:
        return ()
    found = [_citation(item) for item in items(raw.get("citations"))]
    titled = [_citation(item) for item in items(raw.get("search_results"))]
    return merge_citations(found, titled)


def citations_of(choice: Choice) -> tuple[Citation, ...]:
    """Read the sources in an answer's `url_citation` annotations."""
    return tuple(
        citation
        for note in choice.annotations
        if (citation := _citation(note.get("url_citation"))) is not None
    )


def merge_citations(*groups: Iterable[Citation | None]) -> tuple[Citation, ...]:
    """Join sources in order, each address once; a title that comes later is kept."""
    merged: dict[str, Citation] = {}
    for group in groups:
        for citation in group:
            if citation is None:
                continue
            known = merged.get(citation.url)
            if known is None or (known.title is None and citation.title):
                merged[citation.url] = citation
    return tuple(merged.values())


def content_text(content: Any) -> str:
    """Return the text of a message's content, which may be text, parts, or null."""
    if isinstance(content, str):
        return content
    parts = (part.get("text") for part in items(content) if isinstance(part, Mapping))
    return "".join(part for part in parts if isinstance(part, str))


def reasoning_text(message: Mapping[str, Any]) -> str:
    """Return the model's thoughts, under either name that vendors use."""
    for name in ("reasoning_content", "reasoning"):
        if isinstance(message.get(name), str) and message[name]:
            return str(message[name])
    return ""


def image_links(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the links (or data URIs) of the pictures in a message.

    Any other address is no picture: a program that shows or opens it must not meet `file:`.
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
    return tuple(str(link) for link in links if is_web_link(link) or is_picture_data(link))


def read_audio(*pieces: Mapping[str, Any]) -> Audio | None:
    """Join the pieces of a spoken answer; None if there is nothing to hear or read."""
    sound = b"".join(_bytes_of(piece.get("data")) for piece in pieces)
    transcript = "".join(text_or_none(piece.get("transcript")) or "" for piece in pieces)
    if not (sound or transcript):
        return None
    ids = [found for piece in pieces if (found := text_or_none(piece.get("id")))]
    ends = [e for piece in pieces if isinstance(e := piece.get("expires_at"), int)]
    return Audio(
        data=base64.b64encode(sound).decode("ascii"),
        id=ids[0] if ids else None,
        transcript=transcript,
        expires_at=ends[-1] if ends else None,
    )


def _bytes_of(data: Any) -> bytes:
    """Return what base64 text stands for: each piece of a stream is padded by itself."""
    try:
        return base64.b64decode(data) if isinstance(data, str) else b""
    except ValueError:
        return b""


def annotations_of(message: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the annotations of a message that are objects, but no sources without a web link."""
    return tuple(
        note
        for note in items(message.get("annotations"))
        if isinstance(note, Mapping) and _is_harmless(note.get("url_citation"))
    )


def _is_harmless(source: Any) -> bool:
    return not isinstance(source, Mapping) or is_web_link(source.get("url"))


def vendor_id(value: Any) -> str:
    """Return the id of a tool call as the vendor gave it; empty if it is none."""
    given = text_or_none(value) or ""
    return "" if given.lower() in NO_IDS else given


def new_call_id() -> str:
    """Make an id for a tool call that came without one; it is made once only."""
    return "".join(secrets.choice(CALL_ID_LETTERS) for _ in range(CALL_ID_LENGTH))


def arguments_text(arguments: Any) -> str:
    """Return a tool call's arguments as JSON text; some vendors send the object itself."""
    if isinstance(arguments, str):
        return arguments
    return "" if arguments is None else json.dumps(arguments, ensure_ascii=False)


def _read_choice(choice: Any, place: int, reply: Reply) -> Choice:
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        # `delta` stands beside `message` in real captures; it is never read here.
        raise malformed("a chat completion whose choices have a message", reply)
    index = choice.get("index")
    return Choice(
        index=index if isinstance(index, int) else place,
        text=content_text(message.get("content")),
        reasoning=reasoning_text(message),
        refusal=text_or_none(message.get("refusal")),
        tool_calls=read_tool_calls(message),
        finish_reason=text_or_none(choice.get("finish_reason")),
        logprobs=read_logprobs(choice.get("logprobs")),
        annotations=annotations_of(message),
        images=image_links(message),
        audio=read_audio(message["audio"]) if isinstance(message.get("audio"), dict) else None,
    )


def read_tool_calls(message: Mapping[str, Any]) -> tuple[ToolCall, ...]:
    """Read the calls of a whole message. Each has an id, which no other of them has."""
    calls: dict[str, ToolCall] = {}
    for call in items(message.get("tool_calls")):
        function = call.get("function") if isinstance(call, Mapping) else None
        if isinstance(function, Mapping):
            given = vendor_id(call.get("id"))
            call_id = given if given and given not in calls else new_call_id()
            name = text_or_none(function.get("name")) or ""
            calls[call_id] = ToolCall(call_id, name, arguments_text(function.get("arguments")))
    return tuple(calls.values())


def _details(raw: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        if isinstance(raw.get(name), dict):
            found: dict[str, Any] = raw[name]
            return found
    return {}


def _citation(item: Any) -> Citation | None:
    if is_web_link(item):
        return Citation(item)
    if isinstance(item, Mapping) and is_web_link(item.get("url")):
        return Citation(item["url"], text_or_none(item.get("title")))
    return None
