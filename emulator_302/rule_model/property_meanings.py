"""What a property's name means: places, people, dates, addresses, sums and where texts have them.

Each meaning looks at the text in its own way; none of them invents, except a required format.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from emulator_302.rule_model.arithmetic import asked_sum
from emulator_302.rule_model.text_values import PROPER, PROPERS, Evidence
from emulator_302.rule_model.wording import STOP, word_set, words

EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
URL = r"https?://[^\s\"'<>)\]]+"
FILE = r"https?://[^\s\"'<>)\]]*\w|(?<![~\w./\\-])[~\w./\\-]{0,200}\w\.[A-Za-z]\w{1,4}\b"
PHONE = r"\+?\d[\d ()/-]{6,}\d"
TIME = r"\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?\b"
SIGNS = {"$": "USD", "\N{EURO SIGN}": "EUR", "\N{POUND SIGN}": "GBP", "\N{YEN SIGN}": "JPY"}
CODES = r"\b(?:USD|EUR|GBP|CNY|JPY|CHF|CAD|AUD|INR|KRW|SEK|NOK|DKK|PTC)\b"
LANGUAGES = (
    r"\b(?:English|French|German|Spanish|Italian|Portuguese|Dutch|Russian|Chinese|Japanese|Korean|"
    r"Arabic|Hindi|Polish|Turkish|Swedish|Greek|Latin|Ukrainian|Vietnamese)\b"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST_YEAR = 4
LINES_OF_A_SLIP = 3
# Values for a required format that the text has nothing of.
SAMPLES = {
    "date": "2025-01-01",
    "date-time": "2025-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "email": "nobody@emulator.example",
    "uri": "https://emulator.example/",
    "url": "https://emulator.example/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "hostname": "emulator.example",
    "duration": "P1D",
}
FOUND = {
    "date-time": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})",
    "time": r"\b\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})",
    "email": EMAIL,
    "uri": URL,
    "url": URL,
    "uuid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "ipv4": r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    "duration": r"\bP(?:\d+[DWMY])+\b",
}


def keys_of(name: str) -> frozenset[str]:
    """Return the words of a key, and their singular."""
    parts = words(name)
    return frozenset([*parts, *(part.removesuffix("s") for part in parts)])


def of_format(evidence: Evidence, kind: str, *, must: bool = False) -> str | None:
    """Return a value of a JSON Schema format; a fixed sample if there must be one."""
    found: str | None = None
    if kind == "date":
        said = evidence.date()
        found = iso_date(said) if said else None
    elif kind == "date-time":
        found = evidence.first(FOUND[kind])
        said = evidence.date()
        if found is None and said and iso_date(said):
            found = f"{iso_date(said)}T00:00:00Z"
    elif kind in FOUND:
        found = evidence.first(FOUND[kind])
    return SAMPLES.get(kind) if found is None and must else found


def iso_date(said: str) -> str | None:
    """Return a date as year, month and day; a day over twelve shows which part is the month."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        return said
    numbers = [int(part) for part in re.findall(r"\d+", said)]
    named = next((n for n, m in enumerate(MONTHS, 1) if m in said.lower()), None)
    if named is not None:
        day, year, month = numbers[0], numbers[1], named
    else:
        day, month, year = numbers
        if month > len(MONTHS):
            day, month = month, day
    if len(str(year)) < LONGEST_YEAR:
        year += 2000
    return f"{year:04d}-{month:02d}-{day:02d}" if month <= len(MONTHS) else None


def by_meaning(evidence: Evidence, name: str) -> str | None:
    """Return the value that the words of a key ask for."""
    keys = keys_of(name)
    for wanted, find in MEANINGS:
        if keys & wanted:
            found = find(evidence)
            if found:
                return found
    return None


def _place(evidence: Evidence) -> str | None:
    places = evidence.places()
    if places:
        return places[0]
    plain = evidence.first(r"(?i)\b(?:in|for|at)\s+([a-z][\w' -]*?)\s*(?:[?.!,\n]|$)")
    if plain:
        kept = [w for w in plain.split() if w.lower() not in STOP | {"tomorrow", "tool"}]
        if kept:
            return " ".join(kept)
    named = [n for n in evidence.names() if n.lower() not in STOP]
    if named:
        return named[0]
    return evidence.first(rf"^({PROPER})\s+(?i:weather|forecast|temperature|time)\b")


def _origin(evidence: Evidence) -> str | None:
    return evidence.first(rf"\bfrom\s+({PROPERS})")


def _destination(evidence: Evidence) -> str | None:
    return evidence.first(rf"\bto\s+({PROPERS})")


def _called(evidence: Evidence) -> str | None:
    """Return who or what the text names."""
    named = evidence.first(
        r"(?i)\b(?:named|called|titled|name(?:'s| is| of)?|i'm|i am)\s+"
        r"[\"'`\u201c\u2018]?((?-i:[^\W\d_a-z][^\"'`\u201d\u2019,.;:!?()\n]*))"
    )
    if named:
        return re.split(r"\s+(?:and|with|who|from|for|at|in|is)\s+", named)[0].strip()
    for found in re.finditer(
        rf"({PROPERS})\s*(?:\b(?:is|was|has|works|lives|aged)\b|,\s*\d|\(\d)",
        evidence.text,
    ):
        if found[1].lower() not in STOP:
            return found[1]
    return None


def _seller(evidence: Evidence) -> str | None:
    """Return the head of a receipt or an invoice: its first line without a number."""
    lines = [line.strip() for line in evidence.text.splitlines() if line.strip()]
    if len(lines) < LINES_OF_A_SLIP:
        return evidence.first(rf"\b(?:at|from)\s+({PROPERS})")
    heads = [line for line in lines if not re.search(r"\d|[:?.]$", line)]
    return heads[0] if heads else None


def _currency(evidence: Evidence) -> str | None:
    code = evidence.first(CODES)
    return code or next((code for sign, code in SIGNS.items() if sign in evidence.text), None)


def _expression(evidence: Evidence) -> str | None:
    solved = asked_sum(evidence.text)
    return solved[0] if solved else None


def _date(evidence: Evidence) -> str | None:
    return evidence.date() or evidence.first(r"(?i)\b(today|tomorrow|yesterday|tonight)\b")


def _subject(evidence: Evidence) -> str | None:
    return evidence.first(r"(?i)\babout\s+((?:an? |the )?[^.?!,\n]+)")


def _described(evidence: Evidence) -> str | None:
    """Return the text after a dash, as in "Hello Group - a company"."""
    return evidence.first(r"\s[-\u2013\u2014]\s+([^\n]*\w)")


def _searched(evidence: Evidence) -> str | None:
    """Return the search query, without the instruction to search."""
    quoted = evidence.quoted()
    if quoted:
        return quoted
    return evidence.first(
        r"(?i)\b(?:search(?: the (?:web|internet))? for|look up|google|research|search|"
        r"find out(?: about)?)\s+([^.?!\n]+)"
    )


def _pattern(pattern: str) -> Callable[[Evidence], str | None]:
    return lambda evidence: evidence.first(pattern)


PLACES = word_set("location city place town country region")
PEOPLE = word_set("name person customer user username author owner employee")
# The first fitting meaning wins: "origin city" is an origin before it is a city.
MEANINGS: tuple[tuple[frozenset[str], Callable[[Evidence], str | None]], ...] = (
    (frozenset(["email", "mail", "to", "recipient"]), _pattern(EMAIL)),
    (frozenset(["url", "link", "uri", "website"]), _pattern(URL)),
    (frozenset(["audio", "video", "file", "document", "path"]), _pattern(FILE)),
    (frozenset(["phone", "telephone", "mobile"]), _pattern(PHONE)),
    (frozenset(["date", "day", "deadline", "birthday"]), _date),
    (frozenset(["time"]), _pattern(TIME)),
    (frozenset(["currency"]), _currency),
    (frozenset(["language", "lang"]), _pattern(LANGUAGES)),
    (frozenset(["expression", "formula", "equation", "calculation"]), _expression),
    (frozenset(["origin", "departure", "source"]), _origin),
    (frozenset(["destination", "arrival"]), _destination),
    (frozenset(["merchant", "vendor", "store", "shop", "seller", "supplier"]), _seller),
    (PLACES | {"destination"}, _place),
    (PEOPLE | {"title"}, _called),
    (frozenset(["description"]), _described),
    (frozenset(["topic", "subject"]), _subject),
    (frozenset(["query", "q", "search", "keyword"]), _searched),
)
