"""Fits a request to its image model: checks what the catalogue knows, spells it as the model does.

The rule it keeps: nothing is judged that no source says, and an input image is never dropped: it
would be paid for, and not be what was asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from core_302.catalogue.image_facts import PRESETS, FieldFacts, ImageModelFacts, image_models
from core_302.catalogue.image_facts import image_model_facts as facts_of
from core_302.options.given import LONGEST_REPEATED

if TYPE_CHECKING:
    from core_302.options.image import ImageRequest

DEFAULT_SIDE = 1024  # what the unified endpoint makes where nothing is said, in pixels
SIZE = re.compile(r"(\d{1,5})[x*](\d{1,5})", re.IGNORECASE)
INPUTS = ("images", "mask")
JUDGED = (
    *INPUTS,
    *("size", "width", "height", "aspect_ratio", "quality", "background", "n", "seed"),
    *("output_format", "negative_prompt"),
)


class Fitting:
    """One request, and what is known of its model.

    Args:
        asked: The request; its fields are set to what is sent.
        facts: The model's facts.
    """

    def __init__(self, asked: ImageRequest, facts: ImageModelFacts) -> None:
        self._asked = asked
        self._facts = facts

    def fit(self) -> None:
        """Check the request.

        Raises:
            ValueError: The model does not take a value, and nobody wants it adjusted.
        """
        if self._facts.needs_image and not self._asked.images:
            raise ValueError(f"images: {self._facts.name} works on an image: give one")
        self._spell_ratio()
        self._spell_size()
        for name in JUDGED:
            self._check(name)
        self._check_sides()
        self._check_area()

    def _set(self, **values: Any) -> None:
        self._asked.__dict__.update(values)

    def _spell_ratio(self) -> None:
        """Make a size of an aspect ratio, for a model that takes sizes alone."""
        asked, facts = self._asked, self._facts
        ratio, preset = asked.aspect_ratio, asked.size and asked.size.upper()
        if ratio is None or facts.takes("aspect_ratio") or asked.width or asked.height:
            return
        if preset is not None and preset not in PRESETS:
            return
        if (size := facts.size_for(ratio, preset)) is not None:
            self._set(size=size, aspect_ratio=None)

    def _spell_size(self) -> None:
        """Put a size where the model takes it: in one field, or side by side."""
        asked, takes = self._asked, self._facts.takes
        if asked.size is not None:
            known, size = takes("size"), _plain(asked.size)
            same = [v for v in (known and known.values) or () if _plain(v) == size]
            if same:
                self._set(size=same[0])
            elif (found := SIZE.fullmatch(asked.size)) and takes("width"):
                self._set(size=None, width=int(found[1]), height=int(found[2]))
        elif (asked.width or asked.height) and takes("size") and not takes("width"):
            self._set(size=self._sides, width=None, height=None)

    @property
    def _sides(self) -> str:
        return f"{self._asked.width or DEFAULT_SIDE}x{self._asked.height or DEFAULT_SIDE}"

    def _check(self, name: str) -> None:
        given = getattr(self._asked, name)
        if given is None or given == ():
            return
        known = self._facts.takes(name)
        if name == "n" and given == 1 and (known is None or (known.least or 1) > 1):
            self._set(n=None)  # what every model does when nothing is said
        elif known is None:
            self._refuse(name, self._none_of(name), None)
        elif (rule := _broken(known, given, edits=bool(self._asked.images))) is not None:
            free = ", or WIDTHxHEIGHT" if name == "size" and self._facts.takes("width") else ""
            self._refuse(name, f"{self._facts.name} takes {rule}{free}", known.otherwise)

    def _none_of(self, name: str) -> str:
        """Say that the model takes no such field, and what it takes in its place."""
        facts = self._facts
        if name == "aspect_ratio" and facts.ratios:
            return f"{facts.name} takes {FieldFacts(tuple(facts.ratios)).rule}"
        if name == "size" and facts.takes("width"):
            return f"{facts.name} takes a width and a height, such as 1024x768"
        able = _siblings_that_take(name, facts.name) if name in INPUTS else ()
        return f"{facts.name} takes none" + (f" ({', '.join(able)} does)" if able else "")

    def _check_sides(self) -> None:
        bounds, asked = self._facts.fields.get("sides"), self._asked
        if bounds is None or bounds.values is None or not (asked.width or asked.height):
            return
        if self._sides not in bounds.values:
            rule = f"{self._facts.name} makes {bounds.rule} (width x height)"
            self._refuse_size(rule, bounds.otherwise)

    def _check_area(self) -> None:
        least, asked = self._facts.least_pixels, self._asked
        if least is None or asked.width is None or asked.height is None:
            return
        if asked.width * asked.height < least:
            self._refuse_size(f"{self._facts.name} draws at least {least:,} pixels", None)

    def _refuse_size(self, rule: str, otherwise: str | int | None) -> None:
        given = [name for name in ("width", "height") if getattr(self._asked, name) is not None]
        # Where one side was left out, the size is not what the caller wrote.
        size = self._sides if len(given) > 1 else f"{getattr(self._asked, given[0])} alone"
        does = f"make {otherwise}" if otherwise else None
        self._tell(f"{' and '.join(given)}: {rule}, not {size}", does)
        sides = str(otherwise).split("x") if otherwise else (None, None)
        self._set(**{n: s and int(s) for n, s in zip(("width", "height"), sides, strict=True)})

    def _refuse(self, name: str, rule: str, otherwise: str | int | None) -> None:
        given = getattr(self._asked, name)
        if name in INPUTS:
            count = f", not {len(given)}" if name == "images" and "at most" in rule else ""
            raise ValueError(f"{name}: {rule}{count}")
        does = f"use {otherwise}" if otherwise is not None else "ignore it"
        shown = str(given)[:LONGEST_REPEATED]
        self._tell(f"{name}: {rule}, not {shown}", does if self._documented else None)
        self._set(**{name: otherwise})

    @property
    def _documented(self) -> bool:
        """Whether the source says what the gateway makes of other values."""
        return self._facts.endpoint == "v1"

    def _tell(self, said: str, does: str | None) -> None:
        """Refuse the value, or warn of what is sent in its place."""
        source = self._facts.source
        if self._asked.on_unsupported == "error":
            tail = (
                f"302.AI would silently {does}"
                if does
                else f"Source: {source.name}, {source.dated}"
            )
            raise ValueError(f"{said}. {tail}")
        self._asked.note(f"{said}: {f'302.AI will {does}' if does else 'it is left out'}.")


def _plain(size: str) -> str:
    """Return the one spelling of `2k` and `2K`, of `1664*928` and `1664x928`."""
    return size.lower().replace("*", "x")


def _siblings_that_take(field: str, model: str) -> list[str]:
    """Return the models that are called like `model` but for their last word, and take `field`."""
    stem = model.rpartition("-")[0]
    alike = [name for name in image_models() if name.rpartition("-")[0] == stem]
    return [name for name in alike if (facts := facts_of(name)) is not None and facts.takes(field)]


def _broken(known: FieldFacts, given: Any, *, edits: bool) -> str | None:
    """Return the rule that `given` breaks, or None if it breaks none."""
    values = known.with_images if edits and known.with_images is not None else known.values
    if values is not None:
        return None if given in values else FieldFacts(values).rule
    count = len(given) if isinstance(given, tuple) else given
    if known.most is not None and not (known.least or 0) <= count <= known.most:
        return known.rule if known.least is None else f"{known.rule}{_unit(known)}"
    return None


def _unit(known: FieldFacts) -> str:
    return " pixels" if isinstance(known.otherwise, int) else ""
