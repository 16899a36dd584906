"""The contents of a request's messages, in whatever shape.

A message's content may be a text, a list of parts, or absent; every reader goes through here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Message = Mapping[str, Any]


@dataclass(frozen=True)
class Tool:
    """One tool that a request offers."""

    name: str
    description: str
    schema: Mapping[str, Any]


class BadRequest(Exception):  # noqa: N818 - named after what the gateway says
    """The request cannot be answered: the gateway's -10003. Its text is the message."""


def text_of(content: Any) -> str:
    """Return the text of a message's content; parts that hold none are skipped."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = []
    for part in content:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, Mapping) and isinstance(part.get("text"), str):
            texts.append(part["text"])
    return "\n".join(text for text in texts if text)


def messages_of(body: Mapping[str, Any]) -> list[Message]:
    """Return the messages that are objects."""
    return [message for message in body.get("messages", ()) if isinstance(message, Mapping)]


def last_user(messages: Sequence[Message]) -> int:
    """Return the place of the latest user message, or -1.

    Images of a tool's result come in a message of the user's own that follows it, as the wire has
    no other place for them: nobody has asked anything by that.
    """
    for place in range(len(messages) - 1, -1, -1):
        if messages[place].get("role") == "user" and not _shows_results(messages, place):
            return place
    return -1


def _shows_results(messages: Sequence[Message], place: int) -> bool:
    if not place or messages[place - 1].get("role") != "tool":
        return False
    content = messages[place].get("content")
    shows = isinstance(content, list) and any(
        isinstance(part, Mapping) and part.get("type") != "text" for part in content
    )
    said = text_of(content).strip()
    return shows and (not said or said.endswith(":"))


def question(messages: Sequence[Message]) -> str:
    """Return the user's latest text; without a user message, the latest text."""
    if not messages:
        return ""
    return text_of(messages[last_user(messages)].get("content")).strip()


def user_texts(messages: Sequence[Message]) -> list[str]:
    """Return the user's texts, the earliest first."""
    return [text_of(m.get("content")) for m in messages if m.get("role") == "user"]


def all_text(messages: Sequence[Message]) -> str:
    """Return all texts of the system and the user."""
    roles = ("system", "developer", "user")
    return "\n".join(text_of(m.get("content")) for m in messages if m.get("role") in roles)


@dataclass(frozen=True)
class Result:
    """A tool's result, and its arguments."""

    name: str
    arguments: Mapping[str, Any]
    text: str


def tool_results(messages: Sequence[Message]) -> list[Result]:
    """Return each tool result since the latest user message."""
    return results_in(messages[last_user(messages) + 1 :])


def results_in(messages: Sequence[Message]) -> list[Result]:
    """Return each tool result in some messages, with what the tool was asked there."""
    asked: dict[str, Mapping[str, Any]] = {}
    for message in messages:
        for call in message.get("tool_calls") or ():
            asked[str(call.get("id"))] = call.get("function") or {}
    found = []
    for message in messages:
        if message.get("role") == "tool":
            call = asked.get(str(message.get("tool_call_id")), {})
            name = str(call.get("name") or message.get("name") or "the tool")
            text = text_of(message.get("content")).strip()
            found.append(Result(name, _arguments(call.get("arguments")), text))
    return found


def results(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Return name and text of each tool result since the latest user message."""
    return [(result.name, result.text) for result in tool_results(messages)]


def _arguments(text: Any) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
