"""The prompts of retrieval that want no answer: a question made whole, or documents rated.

A follow-up question is given the subject of the one before it; a document is rated by its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from emulator_302.rule_model.conversation import Message, all_text, question, user_texts
from emulator_302.rule_model.passages import best, sentences_in
from emulator_302.rule_model.prompt_parts import prompt_of

STANDALONE = re.compile(r"\bstand-?alone (?:question|query)\b", re.IGNORECASE)
RATED = re.compile(r"^Doc: \d+, Relevance: \d+", re.MULTILINE)
MOST_RELEVANT = 10
DOCUMENT = re.compile(r"^Document (\d+):", re.MULTILINE)
REFERS = re.compile(r"\b(?:it|this|that|they|them|he|him|she|its|their|his|her)\b", re.IGNORECASE)
OWNS = ("its", "their", "his", "her")
SUBJECT = re.compile(
    r"\b(?:the|an?|my|our|your) [\w-]+(?: of (?:the )?[\w-]+)?|(?<=\w )[A-Z][\w-]+(?: [A-Z][\w-]+)*"
)
HISTORY = re.compile(
    r"^\W{0,20}(?:chat history|conversation|history)\b[^\n]*\n?", re.IGNORECASE | re.MULTILINE
)
TURN = re.compile(r"^[ \t]{0,20}(?:human|user):[ \t]{0,20}(.+)", re.IGNORECASE | re.MULTILINE)


def of_retrieval(messages: Sequence[Message]) -> str | None:
    """Return what such a prompt wants; None for any other."""
    said = question(messages)
    if RATED.search(said):
        return _relevance(messages)
    if STANDALONE.search(all_text(messages)):
        return _alone(messages)
    return None


def _alone(messages: Sequence[Message]) -> str:
    """Return a question that names what it is about: the subject of a question before it."""
    asked = prompt_of(messages).asked
    earlier = [*user_texts(messages)[:-1], *TURN.findall(_history(question(messages)))]
    subject = next((found[0] for text in earlier[::-1] if (found := SUBJECT.search(text))), None)
    refers = REFERS.search(asked)
    if subject is None or refers is None:
        return asked
    owns = "'s" if refers[0].lower() in OWNS else ""
    return f"{asked[: refers.start()]}{subject}{owns}{asked[refers.end() :]}"


def _history(prompt: str) -> str:
    found = HISTORY.search(prompt)
    return prompt[found.end() :] if found else ""


def _relevance(messages: Sequence[Message]) -> str:
    """Return the numbers of the documents that fit a question, the best first, from 1 to 10."""
    prompt = prompt_of(messages)
    cut = DOCUMENT.split(prompt.beside[0] if prompt.beside else "")
    fits = [
        (best(prompt.asked, list(sentences_in(text)))[1], number)
        for number, text in zip(cut[1::2], cut[2::2], strict=True)
    ]
    fitting = sorted((one for one in fits if one[0]), key=lambda one: -one[0])
    lines = [
        f"Doc: {number}, Relevance: {max(1, min(MOST_RELEVANT, round(fit * 8)))}"
        for fit, number in fitting
    ]
    return "\n".join(lines) or "None of the documents says anything about it."
