"""Facts about models, from a data file that is read on first use. They advise; they never refuse.

An unknown name has no facts, and is always sent. A name is looked up by the longest entry that it
starts with, so `gpt-4o-2024-08-06` and `gpt-4o-web-search` have the facts of `gpt-4o`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model.

    Attributes:
        name: The entry that matched.
        context_window: Tokens that fit in, or None if unknown.
        max_output: Tokens that come out at the most, or None if unknown.
        vision: Whether it sees pictures, or None if unknown.
        tools: Whether it calls tools by itself, or None if unknown (the gateway helps the others).
        reasoning: Whether it thinks before it answers, or None if unknown.
    """

    name: str
    context_window: int | None = None
    max_output: int | None = None
    vision: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None


@lru_cache(maxsize=1024)
def facts_about(model: str) -> ModelFacts | None:
    """Return what is known of `model`, or None."""
    name = model.lower().rpartition("/")[2]
    matches = [entry for entry in _entries() if name.startswith(entry)]
    return _entries()[max(matches, key=len)] if matches else None


@lru_cache(maxsize=1)
def _entries() -> dict[str, ModelFacts]:
    text = resources.files(__name__).joinpath("models.json").read_text("utf-8")
    return {row["name"]: ModelFacts(**row) for row in json.loads(text)["models"]}
