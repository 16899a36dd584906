"""Facts about models that turn speech into text, from one data file.

They advise, and never refuse: a model that is not listed is sent as it is, and so is a format that
a listed one is not known to answer in. What the gateway then refuses is explained by them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True)
class FactSource:
    """Where facts stand, and how old they are.

    Attributes:
        text: The document.
        dated: When it was read.
    """

    text: str
    dated: str


@dataclass(frozen=True)
class TranscriptionFacts:
    """What is known of a model.

    Attributes:
        name: The model.
        provider: Whose it is.
        formats: The formats that it answers in.
        source: Where that stands.
        ends: The day on which its vendor ends it, or has ended it; None if none is known.
        ends_source: Where that stands.
        needs: A field that its vendor asks for, and when; or None.
    """

    name: str
    provider: str
    formats: tuple[str, ...]
    source: FactSource
    ends: str | None = None
    ends_source: FactSource | None = None
    needs: str | None = None

    @property
    def advice(self) -> str:
        """What is known, in sentences, for an error that a model's refusal ends in."""
        listed = " or ".join(self.formats)
        told = [f"302.AI's own tool lists {self.name} with {listed} ({self.source.dated})."]
        if self.ends is not None:
            told.append(f"Its vendor ends it on {self.ends}.")
        if self.needs is not None:
            told.append(f"Its vendor asks for {self.needs}.")
        return " ".join(told)


def transcription_model_facts(model: str) -> TranscriptionFacts | None:
    """Return what is known of a model that turns speech into text, or None."""
    return _entries().get(model)


def transcription_models() -> tuple[str, ...]:
    """Return the listed models that turn speech into text."""
    return tuple(_entries())


@lru_cache(maxsize=1)
def _entries() -> dict[str, TranscriptionFacts]:
    text = resources.files(__package__).joinpath("transcription.json").read_text("utf-8")
    given = json.loads(text)
    sources = {name: FactSource(**row) for name, row in given["sources"].items()}
    return {
        row["name"]: TranscriptionFacts(
            source=sources[row.pop("source")],
            ends_source=sources.get(row.pop("ends_source", "")),
            formats=tuple(row.pop("formats")),
            **row,
        )
        for row in given["models"]
    }
