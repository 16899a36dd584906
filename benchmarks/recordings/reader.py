"""Says what a reply holds, from OpenAI's form of chat completions and vendors' documents alone.

It shares no line with the clients that it judges. Documents, beside OpenAI's reference of chat:
openrouter.ai/docs (reasoning, errors), docs.mistral.ai (thinking), console.groq.com/docs,
api-docs.deepseek.com, docs.perplexity.ai, platform.minimaxi.com, docs.databricks.com (reasoning).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

REASONING = ("reasoning_content", "reasoning", "thinking", "reasoning_text")
LINE_END = re.compile("\r\n|\n|\r")
FIRST_ERROR_STATUS = 400
NO_ID = ("", "null", None)


class NotJudgedError(Exception):
    """The reply cannot serve as a measure; its text says why, in words for a table."""


@dataclass
class Call:
    """A tool call: its name, its arguments as they came, and what told its pieces apart."""

    name: str = ""
    arguments: str = ""
    id: str | None = None
    index: int | None = None

    def parsed(self) -> dict[str, Any] | None:
        """Return the arguments; None if they are no JSON object. Nothing and null mean none."""
        if self.arguments.strip() in ("", "null"):
            return {}
        try:
            value = json.loads(self.arguments, strict=False)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None


@dataclass
class Reading:
    """What the user of a client should be told.

    Attributes:
        error: Whether the reply is an error, wherever in it the error stands.
        text: The answer's text.
        structure: The answer, where it came as a JSON object in place of a text.
        reasoning: The model's reasoning.
        calls: The tool calls.
        function_call: The call in the form from before tool calls, or None.
        spoken: What may stand in place of an empty text: a refusal, an audio's transcript.
        finish_reason: Why the answer ended; empty if it does not say.
        counts: Input, output and total tokens, as far as they were sent.
        forms: The unusual things about it, in words for a table.
    """

    error: bool = False
    text: str = ""
    structure: Mapping[str, Any] | None = None
    reasoning: str = ""
    calls: list[Call] = field(default_factory=list)
    function_call: Call | None = None
    spoken: str = ""
    finish_reason: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    forms: set[str] = field(default_factory=set)


def read(body: bytes, status: int, *, stream: bool) -> Reading:
    """Return what the reply says to a client's user.

    Raises:
        NotJudgedError: It is no reply, or not the whole of one.
    """
    if status >= FIRST_ERROR_STATUS:
        return Reading(error=True, forms={f"status {status}"})
    text = _decoded(body)
    reading = Reading()
    if stream:
        _add_stream(reading, text)
    else:
        _add_body(reading, _json(text, "the body is not JSON"))
    return reading


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise NotJudgedError("bytes that are not UTF-8: a scrubbed or binary body") from None


def _json(text: str, otherwise: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        raise NotJudgedError(otherwise) from None


def _add_stream(reading: Reading, text: str) -> None:
    ended = False
    chunks = 0
    for data in _events(text):
        if data.strip() == "[DONE]":
            ended = True
            break
        chunk = _json(data, "an event that is not JSON")
        if not isinstance(chunk, Mapping):
            raise NotJudgedError("an event that is not an object")
        chunks += "choices" in chunk
        _add_chunk(reading, chunk, stream=True)
    if not chunks and not reading.error:
        raise NotJudgedError("a stream without chunks of a chat completion")
    if not (ended or reading.finish_reason or reading.error):
        raise NotJudgedError("a stream that was cut before its end")


def _events(text: str) -> Iterator[str]:
    """Yield the data of each event; the last one counts even without its empty line."""
    data: list[str] = []
    for line in [*LINE_END.split(text.removeprefix("\ufeff")), ""]:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []


def _add_body(reading: Reading, value: Any) -> None:
    if not isinstance(value, Mapping):
        raise NotJudgedError("a body that is not an object")
    _add_error(reading, value)
    choices = value.get("choices")
    if reading.error:
        return
    if not isinstance(choices, list) or not choices:
        raise NotJudgedError("a body without choices")
    if not any(isinstance(one, Mapping) and _is_of_a_chat(one) for one in choices):
        raise NotJudgedError("choices that are not of a chat completion")
    _add_chunk(reading, value, stream=False)


def _is_of_a_chat(choice: Mapping[str, Any]) -> bool:
    return "message" in choice or (
        "finish_reason" in choice and not {"text", "delta"} & set(choice)
    )


def _add_chunk(reading: Reading, chunk: Mapping[str, Any], *, stream: bool) -> None:
    _add_error(reading, chunk)
    _add_counts(reading, chunk)
    choices = chunk.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, Mapping) and not choice.get("index"):
            _add_choice(reading, choice, stream=stream)
        else:
            reading.forms.add("more than one choice")


def _add_error(reading: Reading, value: Mapping[str, Any]) -> None:
    told = value.get("base_resp")
    vendors = isinstance(told, Mapping) and told.get("status_code") not in (0, None)
    if value.get("error") or vendors or value.get("error_code"):
        reading.error = True
        reading.forms.add("an error under status 200")


def _add_choice(reading: Reading, choice: Mapping[str, Any], *, stream: bool) -> None:
    """Add a choice; some vendors put an empty delta beside a whole message, some the reverse."""
    if choice.get("error") or choice.get("finish_reason") == "error":
        reading.error = True
        reading.forms.add("an error inside the choice")
    reading.finish_reason = str(choice.get("finish_reason") or reading.finish_reason)
    _add_counts(reading, choice)
    message, delta = choice.get("message"), choice.get("delta")
    if isinstance(delta, Mapping) and (stream or not isinstance(message, Mapping)) and _says(delta):
        _add_said(reading, delta)
    elif isinstance(message, Mapping) and (reading.text or reading.reasoning or reading.calls):
        reading.forms.add("the whole message after its chunks")
    elif isinstance(message, Mapping):
        _add_said(reading, message)
    elif not stream:
        reading.forms.add("a choice without a message")


def _says(delta: Mapping[str, Any]) -> bool:
    return any(value for name, value in delta.items() if name != "role")


def _add_said(reading: Reading, said: Mapping[str, Any]) -> None:
    content = said.get("content")
    if isinstance(content, Mapping):  # Cloudflare's JSON mode
        reading.structure = content
        reading.forms.add("content that is an object")
    text, thoughts = _content(content, reading.forms)
    reading.text += text
    named = next((said[name] for name in REASONING if _filled_text(said.get(name))), "")
    reading.reasoning += named or thoughts or _detailed(said.get("reasoning_details"))
    for name in (*REASONING, "reasoning_details", "refusal", "audio", "annotations", "images"):
        if said.get(name):
            reading.forms.add(f"`{name}`")
    audio = said.get("audio")
    transcript = audio.get("transcript") if isinstance(audio, Mapping) else ""
    reading.spoken += str(said.get("refusal") or transcript or "")
    calls = said.get("tool_calls")
    for piece in calls if isinstance(calls, list) else ():
        if isinstance(piece, Mapping):
            _add_call(reading, piece)
    old = said.get("function_call")
    if isinstance(old, Mapping) and (old.get("name") or old.get("arguments")):
        reading.forms.add("`function_call`")
        reading.function_call = reading.function_call or Call()
        _add_function(reading.function_call, old)


def _filled_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _content(content: Any, forms: set[str]) -> tuple[str, str]:
    """Return the text and the reasoning of a content, which may be a list of parts."""
    if not isinstance(content, list):
        return (content, "") if isinstance(content, str) else ("", "")
    forms.add("content in parts")
    text = thoughts = ""
    for part in content:
        if isinstance(part, str):
            text += part
        elif isinstance(part, Mapping) and part.get("type") in ("thinking", "reasoning"):
            forms.add("reasoning in the content's parts")
            thoughts += _flat(part.get("thinking") or part.get("text") or part.get("summary"))
        elif isinstance(part, Mapping):
            text += _flat(part.get("text"))
    return text, thoughts


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return "".join(_flat(one) for one in value)
    if isinstance(value, Mapping):
        return _flat(value.get("text"))
    return value if isinstance(value, str) else ""


def _detailed(details: Any) -> str:
    parts = (
        [one for one in details if isinstance(one, Mapping)] if isinstance(details, list) else []
    )
    return "".join(_flat(part.get("text") or part.get("summary")) for part in parts)


def _add_call(reading: Reading, piece: Mapping[str, Any]) -> None:
    function = _function(piece)
    if function.get("arguments") == "null":
        reading.forms.add("arguments that are null")
    if piece.get("type") == "custom":
        reading.forms.add("a custom tool")
    call = _call_of(reading.calls, piece, named=bool(function.get("name")))
    if call is None:
        call = Call(index=piece.get("index"))
        reading.calls.append(call)
    if call.id is None and piece.get("id") not in NO_ID:
        call.id = str(piece["id"])
    _add_function(call, function)


def _call_of(calls: list[Call], piece: Mapping[str, Any], *, named: bool) -> Call | None:
    """Return the call that a piece goes on with, or None if it begins one.

    A piece with a name of its own begins one, unless its id says otherwise: some vendors give every
    call the index 0, and others give each piece a new id.
    """
    call_id, index = piece.get("id"), piece.get("index")
    if call_id not in NO_ID:
        known = next((call for call in calls if call.id == call_id), None)
        if known is not None or named:
            return known
    same = [call for call in calls if index is None or call.index == index]
    if named and (index is None or (same and call_id in NO_ID and _ended(same[-1]))):
        return None
    return same[-1] if same else None


def _function(piece: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return name and arguments; a custom tool of OpenAI has a text in place of arguments."""
    custom = piece.get("custom")
    if isinstance(custom, Mapping) and custom.get("name"):
        return {"name": custom["name"], "arguments": custom.get("input")}
    function = piece.get("function")
    return function if isinstance(function, Mapping) else {}


def _ended(call: Call) -> bool:
    return bool(call.arguments) and call.parsed() is not None


def _add_function(call: Call, function: Mapping[str, Any]) -> None:
    call.name = call.name or str(function.get("name") or "")
    arguments = function.get("arguments")
    if isinstance(arguments, (dict, list)):
        arguments = json.dumps(arguments)
    call.arguments += arguments if isinstance(arguments, str) else ""


def _add_counts(reading: Reading, value: Mapping[str, Any]) -> None:
    """Take the latest counts: of a chunk, a choice (Moonshot), or `x_groq`."""
    groq = value.get("x_groq")
    usage = value.get("usage")
    if not usage and isinstance(groq, Mapping) and groq.get("usage"):
        usage = groq["usage"]
        reading.forms.add("token counts in x_groq")
    if not isinstance(usage, Mapping):
        return
    names = {"input": "prompt_tokens", "output": "completion_tokens", "total": "total_tokens"}
    found = {ours: usage.get(theirs) for ours, theirs in names.items()}
    counts = {name: count for name, count in found.items() if isinstance(count, int)}
    reading.counts = counts or reading.counts
