"""Finds the value of one property in a text, by the property's name, type and limits.

A value that need not be there is given only if the text has it; `MISSING` says that it has not.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from emulator_302.rule_model.arithmetic import asked_sum
from emulator_302.rule_model.property_meanings import (
    PEOPLE,
    PLACES,
    URL,
    by_meaning,
    keys_of,
    of_format,
)
from emulator_302.rule_model.schema_limits import whole
from emulator_302.rule_model.sentiment import NAMES, polarity
from emulator_302.rule_model.text_values import AMOUNT, Evidence, labels, plain_number
from emulator_302.rule_model.wording import content_words, sentences, word_set, words

MISSING: Any = object()
UNKNOWN = "unknown"
LONGEST_GUESS = 80
YES, NO = ("true", "yes", "on", "enabled", "y"), ("false", "no", "off", "disabled", "n")
# Words of a key that say nothing about which value is meant.
GENERIC = word_set(
    """amount name value number num no id code date of the in count max min n is has type text str
    price paid"""
)
REPLY = word_set("answer response reply result explanation summary output solution")
TEXTUAL = word_set(
    """query question text prompt input message content body description summary topic subject task
    instruction instructions note notes request q search keywords story comment detail details
    thought reason reasoning answer response"""
)
ALSO = {
    "total": ("grand total", "total amount", "amount due", "total"),
    "tax": ("tax", "vat", "gst"),
    "subtotal": ("subtotal", "sub total"),
    "quantity": ("quantity", "qty"),
}
# A model of rules has no measure of its certainty.
UNSURE = frozenset(["confidence", "probability", "certainty"])
FEELINGS = frozenset(["sentiment", "polarity", "mood", "feeling"])
COSTS = word_set("price amount cost total sum value")
QUANTITIES = word_set("quantity qty count number units")
NO_ITEM = re.compile(
    r"\b(?:sub)?[ -]?total\b|\btax\b|\bvat\b|\bchange\b|\bcash\b|\bcard\b|\bdate\b|\btip\b|"
    r"\btel\b|\bphone\b|\bdue\b|\bpaid\b|\d{4}-\d{2}-\d{2}|\d:\d\d",
    re.IGNORECASE,
)
ITEM = re.compile(
    r"^\W*(?:(?P<many>\d+)\s*[x\u00d7*]?\s+)?(?P<name>[^\W\d].*?)\s+(?:[x\u00d7]\s*(?P<times>\d+)\s+)?"
    r"(?:[A-Z]{3}\s?|[$\u20ac\u00a3\u00a5]\s?)?(?P<price>\d+[.,]\d{2})\s?(?:[A-Z]{3}|[\u20ac$])?\W*$"
)
WORD_BEFORE_NAME = r"(?=[A-Z\u4e00-\u9fff])"


def boolean(evidence: Evidence, name: str) -> Any:
    """Return whether the text says yes or no to a key."""
    said = (evidence.labelled(name) or "").lower().split(" ")[0]
    if said in YES or said in NO:
        return said in YES
    for label in labels(name):
        found = re.search(
            rf"(?P<no>\b(?:not|no|non|without|isn't|don't|never)\W+(?:\w+\W+)?)?\b{label}\b",
            evidence.text,
            re.IGNORECASE,
        )
        if found and len(name) > 1:
            return found["no"] is None
    return MISSING


def number(evidence: Evidence, name: str, schema: Mapping[str, Any], *, must: bool) -> Any:
    """Return the number of a key; if there must be one, the next in the text, else the least."""
    found = _found_number(evidence, name)
    if found is None and must and "default" not in schema:
        found = evidence.number()
        found = 0.0 if found is None else found
    if found is None:
        return MISSING
    integer = schema.get("type") == "integer"
    fitting = within(found, schema, integer=integer)
    if fitting != found and not must and not integer:
        return MISSING
    return int(fitting) if integer or fitting == int(fitting) else fitting


def string(
    evidence: Evidence, name: str, schema: Mapping[str, Any], reply: str, *, must: bool
) -> Any:
    """Return the text of a key; if there must be one, the nearest guess."""
    found = _found_string(evidence, name, schema, reply)
    if found is None and must and "default" not in schema:
        found = _guess(evidence, name, schema)
    if found is None:
        return MISSING
    evidence.spend(found)
    return bounded(found, schema)


def strings(evidence: Evidence, name: str, *, must: bool) -> list[str]:
    """Return the texts of a key that holds several."""
    listed = evidence.listed(name)
    keys = keys_of(name)
    if listed:
        return listed
    if keys & {"source", "citation", "reference", "url", "link"}:
        return re.findall(URL, evidence.text)
    if keys & {"location", "city", "place", "town", "country"} and evidence.places():
        return evidence.places()
    if not must:
        return []
    quoted = list(iter(evidence.quoted, None))
    if quoted:
        return quoted
    if keys & {"step", "sentence", "point", "line", "reason", "action"}:
        return sentences(evidence.text)
    if keys & {"name", "person", "people", "entity", "participant", "attendee"}:
        return evidence.names()
    return content_words(evidence.text)[:3]


def rows_of(text: str, items: Mapping[str, Any]) -> list[str]:
    """Return the parts of a text that may each be one object of a list."""
    properties: Mapping[str, Any] = items.get("properties") or {}
    if any(keys_of(key) & COSTS for key in properties):
        rows = [_item_row(line, properties) for line in text.splitlines()]
        return [row for row in rows if row]
    ends = rf"\n|;|(?<=[.!?])\s+|,?\s+and\s+{WORD_BEFORE_NAME}|,\s+{WORD_BEFORE_NAME}"
    return [part for part in re.split(ends, text) if part.strip()]


def _item_row(line: str, properties: Mapping[str, Any]) -> str:
    """Return a row of a receipt with its values labelled by the keys of an item."""
    found = None if NO_ITEM.search(line) else ITEM.match(line)
    if found is None:
        return ""
    many = found["many"] or found["times"] or "1"
    labelled = []
    for key in properties:
        if keys_of(key) & QUANTITIES:
            labelled.append(f"{key}: {many}")
        elif keys_of(key) & COSTS:
            labelled.append(f"{key}: {found['price']}")
        elif keys_of(key) & {"name", "description", "item", "product", "title", "label"}:
            labelled.append(f'{key}: "{found["name"]}"')
    return "\n".join(labelled)


def _found_number(evidence: Evidence, name: str) -> float | None:
    said = evidence.labelled(name)
    if said:
        amount = re.search(rf"(?<![\w]){AMOUNT.pattern}", said)
        if amount:
            return plain_number(amount[0])
    meant = _meant_number(evidence, keys_of(name))
    if meant is not None:
        return meant
    if len(name) < 2:  # noqa: PLR2004 - "a" and "b" are words of any sentence
        return None
    for label in [name, *_telling(name)]:
        found = evidence.labelled_number(label)
        if found is not None:
            return found
    return None


def _meant_number(evidence: Evidence, keys: frozenset[str]) -> float | None:
    """Return the number that the words of a key ask for: a result, an age."""
    if keys & UNSURE:
        return 0.5
    found: str | None = None
    if keys & REPLY or "sum" in keys:
        solved = asked_sum(evidence.text)
        found = solved[1] if solved else None
    elif "age" in keys:
        found = evidence.first(r"\b(\d{1,3})[ -]years?\b") or evidence.first(
            r"(?:\b(?:is|am|aged)|,|\()\s*(\d{1,3})\b(?!\s*[-+*/:.]\s*\d)"
        )
    return plain_number(found) if found else None


def _head(name: str) -> str:
    """Return the word of a key that says what it is: the style of "answer_style"."""
    parts = [part for part in words(name) if part not in ("text", "string", "str", "value")]
    return (parts or words(name) or [""])[-1]


def _telling(name: str) -> list[str]:
    """Return the words of a key that name a value on their own, and what else stands for them."""
    telling = [part for part in words(name) if part not in GENERIC and len(part) > 1]
    return [also for part in telling for also in ALSO.get(part, (part,))]


def _found_string(
    evidence: Evidence, name: str, schema: Mapping[str, Any], reply: str
) -> str | None:
    if "format" in schema:
        return of_format(evidence, schema["format"])
    if "pattern" in schema:
        found = evidence.first(schema["pattern"].lstrip("^").rstrip("$"))
        if found is not None:
            return found
    if not name:
        return None
    labelled = evidence.labelled(name) or evidence.titled(name) or by_meaning(evidence, name)
    if labelled:
        return labelled
    for part in _telling(name):
        labelled = evidence.labelled(part) or evidence.first(
            rf"(?i)\b{re.escape(part)}\s*(?:id|number|no\.?|code)?\s*[:#]?\s*"
            rf"([A-Z]*-?\d[\w-]*)"
        )
        if labelled and part in words(name):
            return labelled
    return reply if reply and keys_of(name) & REPLY else None


def _guess(evidence: Evidence, name: str, schema: Mapping[str, Any]) -> str:
    """Return the likeliest text for a key that the text does not mention."""
    if "format" in schema:
        return of_format(evidence, schema["format"], must=True) or UNKNOWN
    quoted = evidence.quoted()
    if quoted:
        return quoted
    text = " ".join(evidence.text.split())
    if not name or _head(name) in TEXTUAL:
        return text or UNKNOWN
    if keys_of(name) & FEELINGS:
        return NAMES[polarity(text)]
    places = evidence.places() if keys_of(name) & PEOPLE else []
    names = [one for one in evidence.names() if one not in places]
    if names:
        return names[0]
    if keys_of(name) & (PEOPLE | PLACES):
        return UNKNOWN
    return text if 0 < len(text) <= LONGEST_GUESS else UNKNOWN


def by_chance(members: Sequence[Any], text: str) -> Any:
    """Return a member that the hash of the text chooses: the same each time, and not the first."""
    digest = hashlib.sha256(text.encode(errors="replace")).digest()
    return members[int.from_bytes(digest[:4], "big") % len(members)] if members else None


def within(value: float, schema: Mapping[str, Any], *, integer: bool) -> float:
    """Return the nearest number that the schema's limits allow."""
    step = 1 if integer else 0.001
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if isinstance(above, (int, float)) and not isinstance(above, bool):
        low = max(low, (math.floor(above) if integer else above) + step)
    if isinstance(below, (int, float)) and not isinstance(below, bool):
        high = min(high, (math.ceil(below) if integer else below) - step)
    if integer:
        value = int(value)
        low = math.ceil(low) if math.isfinite(low) else low
    fitting: float = min(max(value, low), high)
    multiple = schema.get("multipleOf")
    if multiple:
        rounded = fitting // multiple * multiple
        fitting = rounded if rounded >= low else rounded + multiple
    return fitting


def bounded(text: str, schema: Mapping[str, Any]) -> str:
    """Return the text cut or filled to the schema's length."""
    most = schema.get("maxLength")
    if isinstance(most, int):
        text = text[:most]
    return text.ljust(whole(schema, "minLength"), ".")
