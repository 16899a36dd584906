"""Facts about video models, from one data file: what each takes, and what it is called.

They advise, and never refuse a model: one that is not listed has no facts, and is sent as it is.
Every fact has a source and a date.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from core_302.catalogue.image_facts import FieldFacts, fields_in


@dataclass(frozen=True)
class VideoSource:
    """Where facts stand, and how old they are.

    Attributes:
        name: The package in short.
        text: The package and its files.
        dated: When it was read.
        fields: What it takes for every model.
        today: Whether it lists what 302.AI offers now, by `dated`.
    """

    name: str
    text: str
    dated: str
    fields: Mapping[str, FieldFacts] = field(default_factory=dict)
    today: bool = False


@dataclass(frozen=True)
class VideoModelFacts:
    """What is known of a video model.

    Attributes:
        name: The model.
        source: Where it stands.
        fields: What it takes beside what its source takes for every model, and with which bounds.
        needs_image: Whether it is offered for work on images alone.
        wire: What it is called in a request, where that is another name.
        extra: Other fields, and their values in words: for `extra_body`.
    """

    name: str
    source: VideoSource
    fields: Mapping[str, FieldFacts] = field(default_factory=dict)
    needs_image: bool = False
    wire: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    def takes(self, name: str) -> FieldFacts | None:
        """Return what it takes in the field `name`, or None if it takes no such field."""
        return self.fields.get(name) or self.source.fields.get(name)


def video_model_facts(model: str) -> VideoModelFacts | None:
    """Return what 302.AI's own tool says of the video model `model`, or None if it lists none."""
    return _entries().get(model)


def video_models(*, today: bool = False) -> tuple[str, ...]:
    """Return the listed video models; with `today`, those that 302.AI's own tool offers now."""
    known = _entries().items()
    return tuple(name for name, facts in known if facts.source.today or not today)


@lru_cache(maxsize=1)
def _entries() -> dict[str, VideoModelFacts]:
    text = resources.files(__package__).joinpath("videos.json").read_text("utf-8")
    given = json.loads(text)
    sources = {
        name: VideoSource(fields=fields_in(row), **row) for name, row in given["sources"].items()
    }
    rows: list[dict[str, Any]] = given["models"]
    return {
        row["name"]: VideoModelFacts(
            source=sources[row.pop("source")], fields=fields_in(row), **row
        )
        for row in rows
    }
