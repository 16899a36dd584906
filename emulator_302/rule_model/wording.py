"""The words of a text: how all rules of the emulator cut, compare and summarise language.

One list of small words serves tools, pictures, search and talk, so that they agree on a topic.
"""

from __future__ import annotations

import re


def word_set(text: str) -> frozenset[str]:
    """Return the words that a list of words in one string holds."""
    return frozenset(text.split())


STOP = word_set(
    """a about all also am an and any are as at be been but by can could did do does done for from
    get give had happen happened happening happens has have he her hers him his how i if in into
    is it its just let like me may more most my no not now of off on one only or our out over
    please s say she should so some such t tell than that the their them then there these they
    this those to today too up us use used using very was we were what when where which who whom
    whose why will with would you your show find know want need make latest current currently
    there's what's it's i'm d ll m re ve"""
)
DATE = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|"
    r"\b\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? \d{4}\b|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2},? \d{4}\b",
    re.IGNORECASE,
)
ENDINGS = ("ings", "ing", "ers", "ies", "er", "ed", "es", "s", "e", "y")
SHORTEST_STEM = 3
MOST_TOPIC_WORDS = 30


def words(text: str) -> list[str]:
    """Return the words in lower case; names such as `get_weather` and `getWeather` are split."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).replace("_", " ")
    return re.findall(r"[^\W_]+", split.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").lower())


def content_words(text: str) -> list[str]:
    """Return the words that carry a topic, in order, each once."""
    return list(dict.fromkeys(word for word in words(text) if word not in STOP))


def stem(word: str) -> str:
    """Return the word without its ending, so that `adder`, `adds` and `add` are one."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def stems(text: str) -> set[str]:
    """Return the stems of the words that carry a topic."""
    return {stem(word) for word in content_words(text)}


def topic(text: str) -> str:
    """Return the question, in one line, of at most thirty words."""
    line = " ".join(text.split())
    parts = line.split(" ")
    if len(parts) > MOST_TOPIC_WORDS:
        line = " ".join(parts[:MOST_TOPIC_WORDS]) + " ..."
    return line.rstrip(" ?!.")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]
