"""Facts about the providers of the unified search, from one data file: the words that each knows.

They advise: a provider that is not listed is never judged, and no bound is here without a source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

WORDED = ("category", "time_range")
"""The options that take words of the provider's own."""
PLAIN_TIMES = ("hour", "day", "week", "month", "year")
"""The words for a time range that a model may say: each provider's own spelling is ours to know."""
A_DAY_OR_TWO = ("YYYY-MM-DD", "YYYY-MM-DD..YYYY-MM-DD")
DAYS = re.compile(r"\d{4}-\d\d-\d\d(\.\.\d{4}-\d\d-\d\d)?")


@dataclass(frozen=True)
class ProviderFacts:
    """What is known of a provider.

    Attributes:
        name: The provider.
        source: Where it stands.
        dated: When that was written or read.
        words: The words that it knows, by option; none at all if the option is not for it.
        foreign: The options that are for others alone, and for whom.
        days: Whether a time range may be a day or two: `2026-01-01..2026-02-01`.
        most_results: The most results of one call, or None if nothing is said.
    """

    name: str
    source: str
    dated: str
    words: Mapping[str, tuple[str, ...]]
    foreign: Mapping[str, tuple[str, ...]]
    days: bool = False
    most_results: int | None = None

    def word(self, option: str, given: str) -> str | None:
        """Return the provider's own word for `given`, or None if it knows none."""
        if self.days and option == "time_range" and DAYS.fullmatch(given):
            return given
        known = self.words[option]
        alike = [word for word in known if _plain(word) == _plain(given)]
        return given if given in known else next(iter(alike), None)

    def accepted(self, option: str) -> tuple[str, ...]:
        """Return all that `option` takes, in words for people."""
        dated = self.days and option == "time_range"
        return self.words[option] + (A_DAY_OR_TWO if dated else ())

    def plain_words(self, option: str) -> tuple[str, ...]:
        """Return the words of `option` that a model is offered, each meaning once."""
        if option == "time_range":
            return tuple(word for word in PLAIN_TIMES if self.word(option, word) is not None)
        return self.words[option]


def provider_facts(name: str) -> ProviderFacts | None:
    """Return what is known of the provider `name`, or None if it is not listed."""
    return _providers().get(name)


def search_providers() -> tuple[str, ...]:
    """Return the listed providers."""
    return tuple(_providers())


def _plain(word: str) -> str:
    """Return the one spelling of `week`, `Week` and `oneWeek`: each provider has its own."""
    return word.lower().removeprefix("one")


@lru_cache(maxsize=1)
def _providers() -> dict[str, ProviderFacts]:
    text = resources.files(__package__).joinpath("search_providers.json").read_text("utf-8")
    given = json.loads(text)
    only = {option: tuple(names) for option, names in given["only"].items()}
    providers = {}
    for row in given["providers"]:
        name, source = row["name"], given["sources"][row["source"]]
        providers[name] = ProviderFacts(
            name=name,
            source=source["text"],
            dated=source["dated"],
            words={option: tuple(row[option]) for option in WORDED},
            foreign={option: names for option, names in only.items() if name not in names},
            days=row.get("days", False),
            most_results=row.get("most_results"),
        )
    return providers
