"""Where a conversation holds a context, and what is asked about it, in any wording.

A context stands between tags or rules, or below a line that announces it; in the user's message or
in the system's. What stands before "now it's your turn" is an example.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from emulator_302.rule_model.conversation import Message, last_user, question, text_of

COLON = "[:\uff1a]"
OF_CONTEXT = (
    r"context|documents?|docs?|passages?|sources?|excerpts?|snippets?|chunks?|materials?|"
    r"articles?|knowledge(?:[ _-]base)?|information|notes?|references?|facts?|background|data|"
    r"manual|handbook|policy|text|content|results?|"
    "\u4e0a\u4e0b\u6587|\u8d44\u6599|\u6587\u6863|\u6750\u6599|\u5185\u5bb9"
)
OF_QUESTION = (
    r"(?:the )?(?:original )?(?:user(?:'s)?[ _-]?)?(?:question|query|request)(?: is as follows)?|q|"
    "\u95ee\u9898|\u7528\u6237\u95ee\u9898|\u63d0\u95ee"
)
EXAMPLES = re.compile(r"(?is).*\b(?:now it'?s your turn|let'?s try this now)\b")
TAGGED = re.compile(rf"(?is)<(?P<tag>{OF_CONTEXT})\b[^>\n]*>(?P<text>.*?)</(?P=tag)>")
TAGGED_QUESTION = re.compile(rf"(?is)<(?P<tag>{OF_QUESTION})>(?P<asked>.*?)</(?P=tag)>")
RULE = re.compile(r"(?m)^[ \t]*(?:-{3,}|={3,}|\*{3,}|`{3,}\w*|\"{3,}|~{3,}|_{3,}|#{3,})[ \t]*$")
# A line such as "Here are the relevant documents for the context:", or a heading.
ANNOUNCED = re.compile(
    rf"(?im)^[ \t]*(?:[#>*]+[ \t]*)?(?:[^\n]{{0,160}}\b)?(?:{OF_CONTEXT})\b[^\n.?!]{{0,80}}?{COLON}"
    rf"[ \t*]*(?P<rest>[^\n]*)$|^[ \t]*#+[ \t]*(?:{OF_CONTEXT})\b[^\n]*$"
)
ASKED = re.compile(
    rf"(?im)^[ \t]*(?:[#>*]+[ \t]*)?(?:{OF_QUESTION})[ \t*]*{COLON}[ \t*]*(?P<asked>[^\n]+)|"
    rf"^[ \t]*#+[ \t]*(?:{OF_QUESTION})[ \t]*\n+(?P<below>[^\n]+)"
)
# What a prompt says to the model, and is no part of a context.
ORDER = re.compile(
    r"(?i)^\W*(?:answer|use|using|given|if|do not|don't|never|always|please|you are|you must|only|"
    r"be|write|provide|cite|reply|respond|think|keep|instruction|helpful answer|avoid|say|refine|"
    r"refined answer|new answer|let's|based on|according to|we have|the following|below|"
    r"here (?:is|are)|with this|read|look|rely|consider|ground|\u8bf7|\u6839\u636e|\u56de\u7b54)"
)
ENDS = re.compile(
    rf"(?im)^[ \t]*(?:[\w ]{{0,20}}answer|assistant|\u56de\u7b54|\u7b54\u6848)[ \t]*{COLON}[ \t]*$"
)
NAMED = re.compile(
    r"(?im)^[ \t]*(?:\[(?P<name>[^\[\]\n]{1,80})\][ \t]*[:.]?|"
    r"(?:source|document|doc|passage|chunk|excerpt|snippet)[ \t]*#?(?P<number>\d+)[ \t]*[:.)]|"
    r"<(?:document|source|doc|passage)[^>\n]*?(?:id|index|name|source)=[\"']?(?P<id>[^\"'>\s]+)[^>]*>)"
)
TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>")
EARLIER = re.compile(
    r"(?is)\b(?:existing|original|previous) answer\b[ \t]*:\s*(?P<said>.+?)"
    r"(?=\n\s*-{3,}|\s*\n\s*(?:we have|instruction|new answer|refine)|below are|\Z)"
)
BULLET = re.compile(r"(?m)^[ \t]*[-*\u2022][ \t]+")
SHORTEST = 3  # words of a context


@dataclass(frozen=True)
class Passage:
    """A part of a context.

    Attributes:
        text: What it says.
        name: How an answer cites it; "" if it has no name.
    """

    text: str
    name: str = ""


@dataclass(frozen=True)
class Grounded:
    """What is asked, and what there is to answer it from."""

    asked: str
    passages: tuple[Passage, ...]


def grounded_in(messages: Sequence[Message]) -> Grounded | None:
    """Return the question and the context of a conversation; None if it has no context."""
    prompt = EARLIER.sub("\n", EXAMPLES.sub("", question(messages))).strip()
    asked, rest = _question_in(prompt)
    latest = last_user(messages)
    earlier = [
        text_of(message.get("content"))
        for place, message in enumerate(messages)
        if place != latest and message.get("role") in ("system", "developer", "user")
    ]
    texts = [rest, *(EARLIER.sub("\n", EXAMPLES.sub("", text)) for text in earlier)]
    passages = [passage for text in texts for passage in _passages_in(text)]
    return Grounded(asked, tuple(passages)) if asked and passages else None


def _question_in(prompt: str) -> tuple[str, str]:
    """Return what is asked, and the prompt without it."""
    if tagged := [*TAGGED_QUESTION.finditer(prompt)]:
        last = tagged[-1]
        return last["asked"].strip(), f"{prompt[: last.start()]}\n{prompt[last.end() :]}"
    if labelled := [*ASKED.finditer(prompt)]:
        last = labelled[-1]
        said = last["asked"] or last["below"]
        return said.strip(), f"{prompt[: last.start()]}\n{prompt[last.end() :]}"
    outside = TAGGED.sub(lambda match: " " * len(match[0]), prompt)
    asked = [*re.finditer(r"[^\n.?!\u3002\uff1f]*[?\uff1f]", outside)]
    if asked and len(prompt.split()) > len(asked[-1][0].split()) + SHORTEST:
        last = asked[-1]
        return last[0].strip(), f"{prompt[: last.start()]}\n{prompt[last.end() :]}"
    return prompt, ""


def _contexts_in(text: str) -> list[str]:
    """Return the contexts of a text: in tags, between rules, or below their announcement."""
    tagged = [match["text"] for match in TAGGED.finditer(text)]
    if tagged:
        return tagged
    rules = [*RULE.finditer(text)]
    if len(rules) > 1 and re.search(rf"\b(?:{OF_CONTEXT})\b", text, re.IGNORECASE):
        return [text[rules[0].end() : rules[1].start()]]
    named = [*NAMED.finditer(text)]
    if len(named) > 1:
        return [text[named[0].start() :]]
    announced = ANNOUNCED.search(text)
    if announced is None:
        return []
    return [f"{announced['rest'] or ''}\n{text[announced.end() :]}"]


def _passages_in(text: str) -> Iterator[Passage]:
    for part in _contexts_in(text):
        plain = ENDS.sub("", part)
        named = [*NAMED.finditer(plain)]
        if not named:
            yield from _paragraphs(plain)
        for place, match in enumerate(named):
            end = named[place + 1].start() if place + 1 < len(named) else len(plain)
            name = match["name"] or match["number"] or match["id"]
            yield from _one(plain[match.end() : end], name)


def _paragraphs(text: str) -> Iterator[Passage]:
    for paragraph in re.split(r"\n[ \t]*\n", text):
        yield from _one(paragraph)


def _strings_in(text: str) -> str:
    """Return the texts in a context that is JSON, each on its line; any other context as it is."""
    try:
        value = json.loads(text)
    except ValueError:
        try:  # a list as Python writes it: LlamaIndex's simple_summarize has such
            value = ast.literal_eval(text.strip()) if text.strip().startswith("[") else text
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return text
    return "\n".join(_strings(value))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _one(text: str, name: str = "") -> Iterator[Passage]:
    """Yield a passage without orders to the model and without tags, if anything is left."""
    plain = BULLET.sub("", TAG.sub(" ", _strings_in(text)))
    kept = "\n".join(line.strip() for line in plain.splitlines() if not ORDER.match(line)).strip()
    if kept and (name or len(kept.split()) >= SHORTEST or not kept.isascii()):
        yield Passage(kept, name)
