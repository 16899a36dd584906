"""Finds the question in a prompt, and what else the prompt holds: whatever its wording.

Labels and tags tell where a question stands; without any, it is the last sentence that asks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from emulator_302.rule_model.conversation import Message, question, text_of

NOUNS = (
    "contexts?|passages?|documents?|docs?|sources?|excerpts?|extracts?|articles?|notes|facts|"
    "background|references?|snippets?|materials?|information|knowledge(?: base)?|texts?|results?|"
    "\u4e0a\u4e0b\u6587|\u8d44\u6599|\u80cc\u666f|\u6587\u6863|\u5185\u5bb9|\u6750\u6599"
)
ASKING = (
    r"follow[- ]?up(?: input| message| question)?|question|query|user(?:'s)? (?:input|message)|"
    r"user|human|input|\u95ee\u9898|\u63d0\u95ee"
)
TAG = re.compile(
    r"<(?P<tag>(?:\w+[_ ])?(?:question|query)|(?:user_)?input|follow up message)>"
    r"(?P<asked>[^<]+)",
    re.IGNORECASE,
)
LABEL = re.compile(
    rf"^[ \t]{{0,20}}[#*\[(]{{0,6}}[ \t]{{0,4}}(?:[\w' ]{{0,30}}[ ])?(?:{ASKING})"
    r"[^:\uff1a.!?\n]{0,16}(?:[:\uff1a]\**|[*\])]*$)"
    r"[ \t]{0,20}\n?[ \t]{0,20}(?P<asked>[^\s<#`*-][^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
SHORT_LABEL = re.compile(r"^[ \t]{0,20}Q[:.)][ \t]{0,20}(?P<asked>\S[^\n]*)", re.MULTILINE)
ASKS = re.compile(r"[^\n.!?\u3002\uff01\uff1f]{0,300}[?\uff1f](?=\W|$)")
# What leads to a question within its sentence: "a customer asks: ...".
LEAD = re.compile(r"^[^:\uff1a?]{1,60}[:\uff1a]\s*(?=\S)")
# What comes before is an example of the prompt's own.
EXAMPLE = re.compile(
    r"\A.*(?:now it's your turn|let's try this now|^begin!)",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
MARKED = re.compile(
    rf"</?(?:\w+[_ ])?(?:{NOUNS})\b[^>\n]*>|\b(?:{NOUNS})\b[^.!?\n]{{0,60}}[:\uff1a]|"
    rf"\b(?:following|provided|given|retrieved)\b[^.!?\n]{{0,30}}\b(?:{NOUNS})\b|"
    rf"\b(?:{NOUNS})\b[^.!?\n]{{0,30}}\b(?:below|above)\b|(?:{NOUNS})[:\uff1a]|"
    rf"^#+[^\n]{{0,20}}\b(?:{NOUNS})\b|^(?:-{{5,}}|={{5,}}|`{{3}}\w*|\"{{3}})$|^\[[^\[\]\n]+\]\n",
    re.IGNORECASE | re.MULTILINE,
)
EXISTING = re.compile(r"\b(?:existing|original|previous) answer:\s*(?P<text>[^\n]+)", re.IGNORECASE)
JSON = re.compile(r"[\[{](?=\s*[\"{\[])")
LONGEST_QUESTION = 300  # characters
SHORTEST_CONTEXT = 200  # characters: so much beside a question is there to answer it


@dataclass(frozen=True)
class Prompt:
    """A conversation, cut for answering from what it holds.

    Attributes:
        asked: The question.
        beside: The texts of the system, the user and the tools, without the question.
        marked: Whether they say that they hold a context.
        answered: The answer that is to be refined, or "".
    """

    asked: str
    beside: tuple[str, ...]
    marked: bool
    answered: str


def prompt_of(messages: Sequence[Message]) -> Prompt:
    """Return the parts of a conversation."""
    last = question(messages)
    whole = EXAMPLE.sub("", last).strip()
    asked, rest = _cut(whole)
    earlier = [text for text in _texts(messages, "system", "developer", "user") if text != whole]
    answered, beside = "", []
    for text in (rest, *earlier):
        found = EXISTING.search(text)
        if found:
            answered = found["text"].strip()
        beside.append(text if found is None else text[: found.start()] + text[found.end() :])
    marked = len(rest) >= SHORTEST_CONTEXT or any(map(MARKED.search, beside))
    if rest.strip():
        marked = marked or bool(MARKED.search(last))
    beside += _texts(messages, "tool")  # what a tool said is known, and no context of a prompt
    return Prompt(asked, tuple(text for text in beside if text.strip()), marked, answered)


def _texts(messages: Sequence[Message], *roles: str) -> list[str]:
    """Return the texts of some roles without the examples in them, the latest first."""
    said = [text_of(one.get("content")) for one in messages if one.get("role") in roles]
    return [EXAMPLE.sub("", text).strip() for text in reversed(said)]


def _cut(text: str) -> tuple[str, str]:
    """Return the question of a text, and the text without it."""
    for pattern in (TAG, LABEL, SHORT_LABEL, ASKS):
        found = [
            one for one in pattern.finditer(text) if pattern is ASKS or not _introduces(one[0])
        ]
        if found:
            start, end = found[-1].span("asked" if pattern is not ASKS else 0)
            asked = LEAD.sub("", text[start:end].strip(" *\n"))
            return asked, f"{text[:start]}\n{text[end:]}"
    first, _, rest = text.rpartition("\n\n")
    if first and len(rest) <= LONGEST_QUESTION:
        return rest.strip(), first
    return text[:LONGEST_QUESTION], text[LONGEST_QUESTION:]


def without_json(text: str) -> str:
    """Return a text with the texts of its JSON in lines of their own, in place of the JSON."""
    plain, place = [], 0
    for start in (match.start() for match in JSON.finditer(text)):
        if start < place:
            continue
        try:
            value, end = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        plain += [text[place:start], *(f"{said}\n" for said in _strings(value))]
        place = end
    return "".join([*plain, text[place:]])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _introduces(text: str) -> bool:
    """Return whether a label says where the context is: "answer the query by the notes:"."""
    label = re.split(r"[:\uff1a\n]", text, maxsplit=1)[0]
    return bool(re.search(rf"\b(?:{NOUNS})\b", label, re.IGNORECASE))
