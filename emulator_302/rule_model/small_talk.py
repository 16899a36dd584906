"""Answers plain talk: echoes, sums, greetings, names, counting; else it says what it is.

A rule answers only what it can know; for all else the model admits that it follows rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from emulator_302.rule_model.arithmetic import asked_sum
from emulator_302.rule_model.conversation import Message, question, user_texts
from emulator_302.rule_model.wording import topic, word_set, words

MOST_COUNTED = 200
QUOTES = "\"'`\u201c\u201d\u2018\u2019\u300c\u300d"
ECHO = re.compile(
    r"(?:^|[.!?:]\s+|\bplease\s+|\bjust\s+|\bonly\s+)"
    r"(?P<order>say|repeat|echo|(?:reply|respond|answer)\s+(?:only\s+|just\s+)?with)\b"
    r"(?P<exact>(?:\s+(?:exactly|only|just|back|after me|this|the following|nothing but|"
    r"(?:the|one|a single)(?: exact| single| one)? (?:words?|texts?|phrase|sentence|string)))*"
    r"\s*:?)\s*(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
# What follows "say" or "answer with" without being the words to be said.
NO_ECHO = re.compile(
    r"(?:something|anything|why|how|what|whether|if|that|who|where|when|it|so|more|less|your|my|"
    r"(?:a|an|the|one|two|three|at most|no more)\s+(?!\S+[.!]?$)|json\b|yes or no)\b",
    re.IGNORECASE,
)
NAMED = re.compile(
    r"\b(?:my name is|call me|my name's|i am called|(?:hi|hello|hey)[,!.]? (?:i'm|i am|this is)|"
    r"^i'm|^i am)\s+(?P<name>[^\W\d_][\w'-]*(?: (?=[A-Z])[\w'-]+)*)",
    re.IGNORECASE | re.MULTILINE,
)
ASKS_NAME = re.compile(
    r"\b(?:what(?:'s| is| was) my name|who am i|(?:know|remember|tell me|say) my name)\b",
    re.IGNORECASE,
)
COUNT = re.compile(
    r"\bcount\b(?: \w+)*? (?:from (?P<start>-?\d+) )?(?:up )?to (?P<end>-?\d+)", re.IGNORECASE
)
GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|hallo|bonjour|hola|"
    r"\u4f60\u597d)\b(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
NEWS = re.compile(
    r"\b(?:today|tonight|right now|latest|current(?:ly)?|this (?:week|morning)|yesterday|news)\b",
    re.IGNORECASE,
)
JOKE = re.compile(r"\b(?:tell|give|make|write|know)\b.*\bjoke\b", re.IGNORECASE)
THANKS = re.compile(r"^\W*(?:thanks|thank you|thx)\b", re.IGNORECASE)
SELF = "I am the rule-based model of the 302.AI emulator"
# Words that may follow a greeting without asking anything.
SMALL = word_set("there hi hello all everyone world friend you again to how are")


def talk(messages: Sequence[Message]) -> str:
    """Return an answer to the latest user message."""
    asked = question(messages)
    known = simple(messages)
    if known is not None:
        return known
    if JOKE.search(asked):
        return " ".join(joke(asked))
    if NEWS.search(asked):
        return f"I cannot know this without web search: {SELF}, and I know no news."
    if not topic(asked):
        return f"{SELF}; there was no question."
    return f"{SELF}, so I can only repeat what you ask about: {topic(asked)}."


def simple(messages: Sequence[Message]) -> str | None:
    """Return an answer if one of the rules has it."""
    asked = question(messages)
    if ASKS_NAME.search(asked):
        return _name(messages)
    rules: tuple[Callable[[str], str | None], ...] = (_echo, _count, _sum, _greeting, _thanks)
    return next((said for rule in rules if (said := rule(asked)) is not None), None)


def joke(about: str) -> tuple[str, str]:
    """Return setup and punchline of a short joke about what a text is about."""
    found = re.search(r"\babout (?:an? |the )?([^\W\d_]+)", about, re.IGNORECASE)
    subject = found[1].lower() if found else ""
    known = {
        "cat": ("Why did the cat sit on the computer?", "To keep an eye on the mouse!"),
        "dog": ("Why did the dog sit in the shade?", "It did not want to be a hot dog!"),
        "bear": ("What do you call a bear with no teeth?", "A gummy bear!"),
        "computer": ("Why was the computer cold?", "It left its Windows open!"),
        "parrot": ("Why did the parrot join the band?", "It already knew every song by heart!"),
    }
    line = known.get(subject.removesuffix("s"))
    if line is not None:
        return line
    if not subject:
        return "Why did the function return early?", "It had nothing left to call for!"
    return (
        f"Why did somebody ask a rule-based model for a joke about {subject}?",
        f"Because even jokes about {subject} need rules!",
    )


def thought(asked: str, means: str) -> str:
    """Return what a reasoning model would have thought first."""
    return f"The user asks: {topic(asked) or 'nothing'}. I can answer from {means}, by my rules."


def _echo(asked: str) -> str | None:
    found = ECHO.search(asked)
    if found is None:
        return None
    rest = found["rest"].strip()
    literal = re.search(r"exactly|:", found["exact"], re.IGNORECASE)
    if NO_ECHO.match(rest) and not literal:
        return None
    quoted = re.match(rf"[{QUOTES}](.+?)[{QUOTES}](?=\W|$)", rest, re.DOTALL)
    if quoted:
        return quoted[1]
    first = rest.splitlines()[0].strip() if "\n" in rest and not rest.startswith("\n") else rest
    plain = re.sub(r"(?:,? (?:and )?nothing else|,? please)\.?$", "", first, flags=re.IGNORECASE)
    kept = plain.strip()
    # The full stop ends the order, not the word to be said.
    return kept[:-1] if kept.endswith(".") and " " not in kept and len(kept) > 1 else kept


def _count(asked: str) -> str | None:
    found = COUNT.search(asked)
    if found is None:
        return None
    start, end = int(found["start"] or 1), int(found["end"])
    step = 1 if end >= start else -1
    numbers = range(start, end + step, step)[:MOST_COUNTED]
    return ", ".join(str(number) for number in numbers)


def _sum(asked: str) -> str | None:
    solved = asked_sum(asked)
    return None if solved is None else f"{solved[0]} = {solved[1]}"


def _greeting(asked: str) -> str | None:
    found = GREETING.match(asked)
    if found is None:
        return None
    named = NAMED.search(asked)
    if named:
        return f"Hello, {named['name']}! {SELF}. How can I help?"
    if set(words(found["rest"])) - SMALL:
        return None
    return f"Hello! {SELF}. How can I help you?"


def _thanks(asked: str) -> str | None:
    return "You are welcome!" if THANKS.match(asked) else None


def _name(messages: Sequence[Message]) -> str:
    for text in reversed(user_texts(messages)):
        found = NAMED.search(text)
        if found and not ASKS_NAME.search(found[0]):
            return f"Your name is {found['name']}."
    for message in reversed(messages):
        if message.get("role") == "user" and isinstance(message.get("name"), str):
            return f"Your name is {message['name']}."
    return "You have not told me your name."
