"""Answers from the context that a conversation holds: the passage that fits the question.

The answer is a sentence or a line of a passage, with the passage's name if it has one; nothing is
invented, and where no passage fits, the answer says so.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from emulator_302.rule_model.context import EARLIER, Grounded, Passage, grounded_in
from emulator_302.rule_model.conversation import Message, question, text_of
from emulator_302.rule_model.image_questions import fitting_lines
from emulator_302.rule_model.wording import sentences, stems

UNKNOWN = "The context does not say."
ENOUGH = 0.5  # of what a question is about, by weight
WITH_NUMBER = re.compile(
    r"(?i)\b(?:when|how (?:many|much|long|old|far|often)|what (?:year|date|time))\b"
)
SUMMARY = re.compile(
    r"(?i)\b(?:summar\w+|overview|what (?:is|are) (?:this|these|the (?:context|text|documents?)))\b"
)
MOST_SUMMED = 3  # sentences of a summary
SHORT_LINE = 6  # words, on average: a receipt's lines, and no prose
STANDALONE = re.compile(r"(?i)\bstandalone question\b")
FOLLOW_UP = re.compile(
    r"(?im)^[ \t]*<?follow[ -]?up (?:input|message|question)>?[ \t]*:?[ \t]*\n?(?P<asked>[^\n]+)"
)
RANKED = re.compile(r"^Doc: \d+, Relevance: \d+", re.MULTILINE)


@dataclass(frozen=True)
class Fit:
    """A sentence of a passage, and how much of the question it is about, from 0 to 1."""

    text: str
    share: float
    passage: Passage


def from_context(messages: Sequence[Message]) -> str | None:
    """Return the answer that the conversation's own context gives; None if it has no context."""
    if STANDALONE.search("\n".join(text_of(m.get("content")) for m in messages)):
        return _standalone(messages)
    grounded = grounded_in(messages)
    if grounded is None:
        return None
    if RANKED.search(question(messages)):
        return _ranking(grounded)
    earlier = EARLIER.search("\n".join(text_of(m.get("content")) for m in messages))
    return _refined(grounded, earlier["said"].strip()) if earlier else _answer(grounded)


def _standalone(messages: Sequence[Message]) -> str:
    """Return the follow-up question as it stands: a rule cannot know what a pronoun means."""
    found = FOLLOW_UP.search(question(messages))
    return (found["asked"] if found else question(messages)).strip()


def _answer(grounded: Grounded) -> str:
    if SUMMARY.search(grounded.asked):
        firsts = [sentences(passage.text)[0] for passage in grounded.passages if passage.text]
        return " ".join(firsts[:MOST_SUMMED])
    for passage in grounded.passages:
        lines = [line for line in passage.text.splitlines() if line.strip()]
        if sum(len(line.split()) for line in lines) <= SHORT_LINE * len(lines):
            fitting = fitting_lines(grounded.asked, lines)
            if fitting:
                return _cited("; ".join(fitting), passage)
    best = _best(grounded)
    return UNKNOWN if best is None else _cited(best.text, best.passage)


def _refined(grounded: Grounded, earlier: str) -> str:
    """Return the better one of an earlier answer and of what the new context says."""
    best = _best(grounded)
    if best is None:
        return earlier
    weights = _weights(grounded)
    if UNKNOWN not in earlier and _share(earlier, grounded.asked, weights) >= best.share:
        return earlier
    return _cited(best.text, best.passage)


def _ranking(grounded: Grounded) -> str:
    """Return the documents that fit, the best first, as LlamaIndex's prompt asks for them."""
    weights = _weights(grounded)
    shares = [(_share(p.text, grounded.asked, weights), p.name) for p in grounded.passages]
    fitting = sorted((one for one in shares if one[0] > 0), key=lambda one: -one[0])
    return "\n".join(f"Doc: {name}, Relevance: {math.ceil(10 * share)}" for share, name in fitting)


def _best(grounded: Grounded) -> Fit | None:
    """Return the sentence that is about most of what is asked."""
    weights = _weights(grounded)
    found: Fit | None = None
    for passage in grounded.passages:
        around = _share(passage.text, grounded.asked, weights)
        for text in _units(passage.text):
            share = _share(text, grounded.asked, weights)
            # A sentence may leave to its passage what it is about.
            fit = Fit(
                text, share + 0.2 * around * bool(share) + _bonus(text, grounded.asked), passage
            )
            if found is None or fit.share > found.share:
                found = fit
    return found if found is not None and found.share >= ENOUGH else None


def _units(text: str) -> list[str]:
    return [unit for line in text.splitlines() for unit in sentences(line)]


def _weights(grounded: Grounded) -> dict[str, float]:
    """Return how much each word of the question tells: less, the more sentences have it."""
    units = [stems(unit) for passage in grounded.passages for unit in _units(passage.text)]
    counts = Counter(word for unit in units for word in unit)
    return {word: 1 / (1 + math.log1p(counts[word])) for word in stems(grounded.asked)}


def _share(text: str, asked: str, weights: dict[str, float]) -> float:
    wanted = stems(asked)
    total = sum(weights[word] for word in wanted)
    return sum(weights[word] for word in wanted & stems(text)) / total if total else 0.0


def _bonus(text: str, asked: str) -> float:
    return 0.1 * bool(WITH_NUMBER.search(asked) and re.search(r"\d", text))


def _cited(text: str, passage: Passage) -> str:
    return f"{text} [{passage.name}]" if passage.name else text
