"""Fits a request to its video model: checks what the catalogue knows, spells it as the model does.

The rule it keeps: nothing is judged that no source says, and an input image is never dropped: the
video would be paid for, and not be what was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core_302.catalogue.image_facts import FieldFacts
from core_302.catalogue.video_facts import VideoModelFacts, video_model_facts, video_models
from core_302.options.given import LONGEST_REPEATED

if TYPE_CHECKING:
    from core_302.options.video import VideoRequest

INPUTS = ("images", "end_image")
JUDGED = (*INPUTS, "duration", "resolution", "aspect_ratio", "negative_prompt", "fps")


class VideoFitting:
    """One request, and what is known of its model.

    Args:
        asked: The request; its fields are set to what is sent.
        facts: The model's facts.
    """

    def __init__(self, asked: VideoRequest, facts: VideoModelFacts) -> None:
        self._asked = asked
        self._facts = facts

    def fit(self) -> None:
        """Check the request.

        Raises:
            ValueError: The model does not take a value, and nobody wants it left out.
        """
        name = self._facts.name
        if self._facts.needs_image and not self._asked.images:
            able = _siblings(name, lambda facts: not facts.needs_image)
            without = f" (without one: {able})" if able else ""
            raise ValueError(f"images: {name} works on an image: give one{without}")
        for field in JUDGED:
            self._check(field)

    def _check(self, field: str) -> None:
        given = getattr(self._asked, field)
        if given is None or given == ():
            return
        known = self._facts.takes(field)
        if known is None:
            self._refuse(field, f"{self._facts.name} takes none")
            return
        if field == "images":
            if known.most is not None and len(given) > known.most:
                self._refuse(field, f"{self._facts.name} takes {known.rule}, not {len(given)}")
            return
        self._check_value(field, given, known)

    def _check_value(self, field: str, given: Any, known: FieldFacts) -> None:
        name, values = self._facts.name, known.values
        if self._asked.images and known.with_images is not None:
            values = known.with_images
            if not values:
                self._refuse(field, f"{name} takes none where images are given")
                return
        if values is not None:
            same = [value for value in values if value.lower() == str(given).lower()]
            if not same:
                rule = FieldFacts(values).rule
                self._refuse(field, f"{name} takes {rule}, not {str(given)[:LONGEST_REPEATED]}")
            elif isinstance(given, str):
                self._asked.__dict__[field] = same[0]
        elif known.most is not None and not (known.least or 0) <= given <= known.most:
            self._refuse(field, f"{name} takes {known.rule} seconds, not {given}")

    def _refuse(self, field: str, rule: str) -> None:
        """Refuse the value, or leave it out with a note."""
        if field in INPUTS:
            able = _siblings(self._facts.name, lambda facts: facts.takes(field) is not None)
            raise ValueError(f"{field}: {rule}{f' ({able} can)' if able else ''}")
        if self._asked.on_unsupported == "error":
            source = self._facts.source
            raise ValueError(f"{field}: {rule}. Source: {source.name}, {source.dated}")
        self._asked.__dict__[field] = None
        self._asked.note(f"{field}: {rule}: it is left out.")


def _siblings(model: str, able: Callable[[VideoModelFacts], bool]) -> str:
    """Name the models, called like `model` but for their last word, that are able; or nothing."""
    stem = model.rpartition("-")[0]
    alike = [name for name in video_models() if name.rpartition("-")[0] == stem and name != model]
    return ", ".join(
        n for n in alike if (facts := video_model_facts(n)) is not None and able(facts)
    )
