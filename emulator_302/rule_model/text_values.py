"""What a text offers as values: labelled ones, numbers, quotations, places, dates, names.

Each number and quotation is handed out once, in order of appearance; nothing is invented here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from emulator_302.rule_model.wording import DATE, word_set, words

OPEN, CLOSE = "\"'`\u201c\u2018\u300c\u300e\u00ab", "\"'`\u201d\u2019\u300d\u300f\u00bb"
QUOTED = re.compile(
    rf"(?<!\w)[{OPEN}](?P<said>[^{CLOSE}\n]+(?:(?<=\w)'(?=\w)[^{CLOSE}\n]+)*)[{CLOSE}](?!\w)"
)
NUMBER = re.compile(
    # The digits of an id such as "A-17" are no number.
    r"(?<![\w.])(?<![A-Za-z]-)(?:(?<![)\d] )(?<!\d)-)?"
    r"(?:\d{1,3}(?:,\d{3}){1,5}(?:\.\d+)?|\d{1,18}(?:\.\d+)?)(?:e[+-]?\d+)?(?!\w|\.\w)",
    re.IGNORECASE,
)
# Numbers that are part of something else: dates, times, versions, addresses.
NO_NUMBER = re.compile(
    rf"{DATE.pattern}|\b\d{{1,2}}:\d{{2}}(?::\d{{2}})?|\b\d+(?:\.\d+){{2,}}|https?://\S+|\S+@\S+",
    re.IGNORECASE,
)
AMOUNT = re.compile(r"-?(?:\d{1,3}(?:[,.]\d{3})+(?=[.,]\d{2}\b|\b)|\d{1,18})(?:[.,]\d+)?")
NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve"
SPELLED = {word: number for number, word in enumerate(NUMBER_WORDS.split())}
MONEY = r"(?:[A-Z]{3}\s?|[$\u20ac\u00a3\u00a5]\s?)?"
STATES = word_set(
    """argentina australia austria belgium brazil canada chile china denmark egypt england finland
    france germany greece india indonesia ireland israel italy japan kenya korea mexico morocco
    netherlands nigeria norway peru poland portugal russia scotland singapore spain sweden
    switzerland thailand turkey uk ukraine us usa vietnam california texas florida ontario"""
)
# A run of capitalised words, or of words in a script without capitals.
PROPER = (
    r"(?:St\.|[A-Z\u00c0-\u00de](?:[\w'-]|\.(?=\w))*|"
    r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]+)"
)
PROPERS = rf"{PROPER}(?:\s+{PROPER})*"
PLACE = re.compile(
    rf"\b(?i:in|at|for|near|around|to|from|between|of)\s+(?P<first>{PROPERS})"
    rf"(?P<more>(?:\s*,\s*(?:and\s+)?(?:in\s+)?{PROPERS}"
    rf"|\s+(?:and|or|vs|versus)\s+(?:in\s+)?{PROPERS})*)"
)
NO_PLACE = word_set(
    """i the a an json monday tuesday wednesday thursday friday saturday sunday january february
    march april may june july august september october november december english german french
    chinese spanish celsius fahrenheit"""
)
TITLES = word_set("mr mrs ms dr")
LONGEST = 20_000  # characters: enough for values, and quick to go through
MOST_LABELLED = 300
SHORTEST_PLURAL = 3


class Evidence:
    """The values that one text offers."""

    def __init__(self, text: str) -> None:
        text = text[:LONGEST]
        self.text = text
        self.used: list[tuple[int, int]] = []
        self._plain = NO_NUMBER.sub(lambda found: "_" * len(found[0]), text)
        self._numbers = [(m.start(), m.end(), m[0]) for m in NUMBER.finditer(self._plain)]
        self._quotes = [(m.start("said"), m.end("said"), m["said"]) for m in QUOTED.finditer(text)]
        if not self._numbers:
            self._numbers = [
                (m.start(), m.end(), str(SPELLED[m[0].lower()]))
                for m in re.finditer(r"\b(?:" + "|".join(SPELLED) + r")\b", text, re.IGNORECASE)
            ]

    def number(self) -> float | None:
        """Return the next number not yet given away."""
        found = next(self._free(self._numbers), None)
        return None if found is None else plain_number(found)

    def quoted(self) -> str | None:
        """Return the next quotation not yet given away."""
        return next(self._free(self._quotes), None)

    def _free(self, entries: list[tuple[int, int, str]]) -> Iterator[str]:
        for start, end, said in entries:
            if not any(start < to and end > since for since, to in self.used):
                self.used.append((start, end))
                yield said

    def spend(self, value: str) -> None:
        """Mark a value as given away, so that no other key gets the same quotation."""
        start = self.text.find(value)
        if start >= 0:
            self.used.append((start, start + len(value)))

    def labelled(self, name: str) -> str | None:
        """Return what follows a label: "key: value", "key = value", "key is value"."""
        for label in labels(name):
            found = re.search(
                rf"(?<![\w]){label}[*\"'`]*(?:\s*(?::|=)\s*|\s+(?:is|are|was|named|called)\s+)"
                rf"(?P<value>\S[^\n]*)",
                self.text,
                re.IGNORECASE,
            )
            if found:
                value = _first_value(found["value"])
                if value:
                    self.spend(value)
                    return value[:MOST_LABELLED]
        return None

    def titled(self, name: str) -> str | None:
        """Return the quotation or the name right after a label: "subject Hello"."""
        for label in labels(name):
            value = rf"(?:[{OPEN}](?P<quoted>[^{CLOSE}\n]+)[{CLOSE}]|(?P<named>{PROPERS}))"
            found = re.search(rf"(?<!\w)(?i:{label})\s+(?:of\s+)?{value}", self.text)
            if found:
                return found["quoted"] or found["named"]
        return None

    def listed(self, name: str) -> list[str]:
        """Return the entries of "key: one, two and three"."""
        for label in labels(name):
            found = re.search(
                rf"(?<!\w){label}\s*(?::|=|\bare\b)\s*\[?([^\n.\]]+)", self.text, re.IGNORECASE
            )
            if found:
                entries = re.split(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+", found[1])
                return [entry.strip(OPEN + CLOSE + " ") for entry in entries if entry.strip()]
        return []

    def labelled_number(self, name: str) -> float | None:
        """Return the number that a label is for.

        It stands after the label ("Total EUR 6.27"), before it ("5 days") or later in its row.
        """
        for label in labels(name):
            whole = rf"(?<!sub )(?<!sub-)(?<!\w){label}(?![\w-])"
            amount = rf"(?P<n>{AMOUNT.pattern})(?!\w)"
            for pattern in (
                rf"{whole}\s*[:=#]?\s*{MONEY}{amount}",
                rf"(?P<n>{NUMBER.pattern})[ -](?:more )?{label}\b",
                rf"{whole}[^\d\n]{{0,20}}?{amount}",
            ):
                found = re.search(pattern, self._plain, re.IGNORECASE)
                if found:
                    self.used.append(found.span("n"))
                    return plain_number(found["n"])
        return None

    def places(self) -> list[str]:
        """Return the places of "in Paris, France and Tokyo", each once."""
        found: list[str] = []
        for match in PLACE.finditer(self.text):
            group = match["first"] + match["more"]
            for part in re.split(r"\s*,?\s+(?:and|or|vs|versus)\s+(?:in\s+)?", group):
                found += _cities(part)
        return [
            place
            for place in dict.fromkeys(found)
            if place.lower() not in NO_PLACE and place.split()[0].rstrip(".").lower() not in TITLES
        ]

    def date(self) -> str | None:
        """Return the first date, as it stands."""
        found = DATE.search(self.text)
        return found[0] if found else None

    def first(self, pattern: str) -> str | None:
        """Return the first match of a pattern; its group if it has one."""
        try:
            found = re.search(pattern, self.text)
        except re.error:
            return None
        if found is None:
            return None
        return found[1] if found.re.groups and found[1] else found[0]

    def names(self) -> list[str]:
        """Return capitalised names that do not start a sentence."""
        pattern = rf"(?<=[\w,:] ){PROPERS}"
        return [
            name.rstrip(".")
            for name in re.findall(pattern, self.text)
            if not NO_PLACE & set(name.lower().split())
        ]


def labels(name: str) -> list[str]:
    """Return patterns for the ways a text may write a key such as `order_id`."""
    parts = words(name)
    if not parts:
        return []
    return [r"[\s_-]*".join(_either_number(part) for part in parts)]


def _either_number(word: str) -> str:
    """Return a pattern for singular and plural of a word."""
    bare = word.removesuffix("s") if len(word) > SHORTEST_PLURAL else word
    return re.escape(bare) + ("s?" if len(word) >= SHORTEST_PLURAL else "")


def plain_number(text: str) -> float:
    """Return the number: a last comma with two digits after it is a decimal one."""
    if re.fullmatch(r"-?\d+(?:\.\d{3})*,\d{2}", text):
        text = text.replace(".", "").replace(",", ".")
    text = text.replace(",", "")
    if text.lstrip("-").isdigit():
        return int(text)
    value = float(text)
    return 0.0 if math.isinf(value) else value


def _cities(part: str) -> list[str]:
    """Return the places of a list with commas; a country or state stays with its city."""
    cities: list[str] = []
    for chunk in re.split(r"\s*,\s*(?:and\s+)?(?:in\s+)?", part):
        bare = chunk.strip().rstrip(".'")
        bare = re.sub(r"'s$", "", bare)
        region = bare.lower() in STATES or re.fullmatch(r"[A-Z]{2}", bare)
        if cities and region:
            cities[-1] = f"{cities[-1]}, {bare}"
        elif bare:
            cities.append(bare)
    return cities


def _first_value(rest: str) -> str:
    """Return the value at the start of what follows a label."""
    quoted = QUOTED.match(rest)
    if quoted:
        return quoted["said"]
    ends = r"\s*[,;|](?=\s|$)|[.!?](?=\s|$)|\s+and\s+\w+(?:\s\w+)?\s*(?:\bis\b|\bare\b|:|=)|[)}\]]"
    return re.split(ends, rest, maxsplit=1)[0].strip().strip(OPEN + CLOSE + "*")
