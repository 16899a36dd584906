"""Tells whether a text is glad or cross, by plain words of both kinds and what denies them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from emulator_302.rule_model.wording import word_set, words

GOOD = word_set(
    """amazing awesome beautiful best brilliant delicious delighted delightful enjoy enjoyed
    excellent fantastic favorite favourite fine friendly glad good great happy helpful impressed
    like liked love loved lovely nice perfect pleasant pleased recommend superb thanks wonderful"""
)
BAD = word_set(
    """angry annoying awful bad boring broke broken cold complaint damaged defective dirty
    disappointed disappointing dreadful fail failed failure hate hated horrible late lousy never
    poor rude sad scam slow terrible ugly unhappy upset useless worse worst wrong"""
)
DENIES = frozenset(["not", "no", "never", "hardly", "isn", "wasn", "don", "didn", "doesn", "won"])
DENIED_WITHIN = 3  # words
KINDS = {
    1: word_set("positive pos good happy glad favorable favourable satisfied like"),
    -1: word_set("negative neg bad unhappy sad angry unfavorable unfavourable unsatisfied dislike"),
    0: word_set("neutral mixed none unknown other"),
}
NAMES = {1: "positive", -1: "negative", 0: "neutral"}


def polarity(text: str) -> int:
    """Return 1 for a glad text, -1 for a cross one, 0 for any other."""
    said = words(text)
    total = 0
    for place, word in enumerate(said):
        worth = (word in GOOD) - (word in BAD)
        denied = DENIES & set(said[max(0, place - DENIED_WITHIN) : place])
        total += -worth if denied else worth
    return (total > 0) - (total < 0)


def judged(members: Sequence[Any], text: str) -> Any:
    """Return the member that names the feeling of a text; None if the members name no feelings."""
    kinds = {kind: _member(members, kind) for kind in KINDS}
    if kinds[1] is None or kinds[-1] is None:
        return None
    names = "|".join(re.escape(str(member)) for member in members)
    # The order names the feelings; the text that it is about comes behind.
    told = re.split(rf"\b(?:{names})\b[^:\n]*[:\n]", text, flags=re.IGNORECASE)[-1]
    return kinds[polarity(told)]


def _member(members: Sequence[Any], kind: int) -> Any:
    return next((one for one in members if set(words(str(one))) & KINDS[kind]), None)
