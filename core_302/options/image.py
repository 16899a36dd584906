"""The options of the image endpoints, with every documented rule about them.

The documents say that 302.AI silently replaces a value that a model does not take. Here it is
reported before anything is sent: as an error, or, with `on_unsupported="adjust"`, as a warning
beside the documented replacement. Sources: the page "Generate images" of the unified interface; for
OpenAI's form the page "Image generation (gpt-image-1)".
"""

from __future__ import annotations

import base64
import re
import unicodedata
import warnings
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    model_validator,
)

from core_302.catalogue import ImageModelFacts, image_model_facts
from core_302.errors import InvalidInputError
from core_302.image_parts import LARGEST_INPUT, check_pixels, image_part
from core_302.image_size import size_of
from core_302.media_types import media_type_of
from core_302.options.given import Given, format_as_written, ratio_as_written

LONGEST_PROMPT = 32_000  # characters: the longest that a model behind the gateway takes
LONGEST_SIDE = 8_192  # pixels
LONGEST_REPEATED = 80  # characters of a value that an error or a note repeats
DEFAULT_SIDE = 1024  # the unified endpoint's default, in pixels

TOLD_IN_WORDS = {"notes": "told"}
"""The context of a check by a tool, which tells the notes itself: to the model, in the report."""


def check_prompt(prompt: str) -> str:
    """Return `prompt` if a model can draw it."""
    if not prompt.strip():
        raise ValueError("is empty: describe what to draw")
    if len(prompt) > LONGEST_PROMPT:
        raise ValueError(f"has {len(prompt)} characters: shorten it to {LONGEST_PROMPT}")
    if any(
        unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\r\t" for letter in prompt
    ):
        raise ValueError(
            "contains control characters (such as NUL) or invalid Unicode: remove them"
        )
    return prompt


def check_image(image: str | bytes) -> str | bytes:
    """Return `image` if it is a link, a data URI of an image, or an image's bytes.

    A data URI comes back with the type that its data has, whatever it called itself.
    """
    size = len(image) if isinstance(image, bytes) else len(image) * 3 // 4
    if size > LARGEST_INPUT:
        raise ValueError(f"has {size:,} bytes: at most {LARGEST_INPUT:,} are sent")
    if isinstance(image, bytes):
        if media_type_of(image) is None:
            raise ValueError(
                "is not an image (png, jpeg, gif, webp, ...), judging by its first bytes"
            )
        check_pixels(size_of(image))
        return image
    try:
        shown = image_part(image, "it")["image_url"]
    except InvalidInputError as error:
        raise ValueError(str(error).rstrip(".")) from None
    return str(shown["url"])


Prompt = Annotated[str, AfterValidator(check_prompt)]
InputImage = Annotated[str | bytes, AfterValidator(check_image)]
# The bounds of these two are checked last: what the documents replace may be anything.
Side = Annotated[int, Field(json_schema_extra={"minimum": 1, "maximum": LONGEST_SIDE})]
RATIO = r"^[1-9]\d?:[1-9]\d?$"
Ratio = Annotated[
    str, BeforeValidator(ratio_as_written), Field(json_schema_extra={"pattern": RATIO})
]
Format = Annotated[str, BeforeValidator(format_as_written), Field(pattern=r"^[a-z0-9]{2,8}$")]


class Asked(Given):
    """A paid job. Frozen, and without unknown fields."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        protected_namespaces=(),
        defer_build=True,  # most programs import this module and make no image
    )

    on_unsupported: Literal["error", "adjust"] = "error"
    extra_body: Mapping[str, Any] | None = None
    _notes: list[str] = PrivateAttr(default_factory=list)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is sent otherwise than it was given, as the gateway would have done silently."""
        return tuple(self._notes)

    def note(self, said: str, *, warn: bool = True) -> None:
        """Remember a sentence for `notes`, and say it as a Python warning too."""
        self._notes.append(said)
        if warn:
            warnings.warn(said, stacklevel=3)

    def replace_value(self, name: str, value: Any, rule: str) -> None:
        """Refuse the field `name`, or set it to `value`, as the gateway would, with a warning."""
        given = str(getattr(self, name))[:LONGEST_REPEATED]
        instead = f"use {value}" if value is not None else "ignore it"
        if self.on_unsupported == "error":
            raise ValueError(f"{name}: {rule}, not {given}. 302.AI would silently {instead}")
        self.__dict__[name] = value
        self.note(f"{name}: {rule}, not {given}: 302.AI will {instead}.")


class ImageRequest(Asked):
    """An image to be drawn by the unified endpoint, `POST /302/image/generate` and its v2.

    Attributes:
        prompt: A description of what to draw.
        model: An image model. A documented one is checked; another one is sent as it is.
        width: In pixels; only some models accept it. The gateway's default is 1024.
        height: Likewise.
        aspect_ratio: Such as `16:9`, for models that take it.
        negative_prompt: What must not be in the image, for models that take it.
        output_format: `png` (the gateway's default), `jpeg`, `webp`, or what the model knows.
        image: The image to work on: an http(s) link, a data URI, or its bytes.
        on_unsupported: "error", or "adjust" for the documented replacement and a warning.
        extra_body: Further fields of the body, sent as they are; they win over all others.

    Raises:
        pydantic.ValidationError: A value cannot be sent, or the model does not take it.
    """

    prompt: Annotated[
        Prompt, Field(description="What to draw: subject, style, light, colours, in plain words.")
    ]
    model: Annotated[str, Field(min_length=1, description="The image model.")]
    width: Annotated[
        Side | None, Field(description="Width in pixels. Omit unless the user asks for a size.")
    ] = None
    height: Annotated[
        Side | None, Field(description="Height in pixels. Omit unless the user asks for a size.")
    ] = None
    aspect_ratio: Annotated[
        Ratio | None,
        Field(description="Width to height, such as 16:9 or 1:1. Not every model takes it."),
    ] = None
    negative_prompt: Annotated[
        Prompt | None, Field(description="What must not be in the image.")
    ] = None
    output_format: Annotated[
        Format | None,
        Field(description="The file's format: png, jpeg or webp."),
    ] = None
    image: Annotated[
        InputImage | None, Field(description="The image to work on, for models that edit one.")
    ] = None

    @model_validator(mode="after")
    def _suits_the_model(self) -> ImageRequest:
        facts = image_model_facts(self.model)
        if facts is not None:
            self._check_image_is_there(facts)
            self._check_ratio(facts)
            self._check_size(facts)
            self._check_sides(facts)
        return self

    @model_validator(mode="after")
    def _can_be_drawn(self) -> ImageRequest:
        for name in ("width", "height"):
            side = getattr(self, name)
            if side is not None and not 1 <= side <= LONGEST_SIDE:
                bound = (
                    "greater than or equal to 1"
                    if side < 1
                    else f"less than or equal to {LONGEST_SIDE}"
                )
                raise ValueError(f"{name}: should be {bound}")
        if self.aspect_ratio is not None and not re.fullmatch(RATIO, self.aspect_ratio):
            raise ValueError("aspect_ratio: should be width to height, such as 16:9")
        return self

    def _check_image_is_there(self, facts: ImageModelFacts) -> None:
        if facts.needs_image and self.image is None:
            raise ValueError(f"image: {facts.name} works on an image: give one")

    def _check_ratio(self, facts: ImageModelFacts) -> None:
        if self.aspect_ratio is None or facts.aspect_ratios is None:
            return
        if not facts.aspect_ratios:
            self.replace_value("aspect_ratio", None, f"{facts.name} takes none")
        elif self.aspect_ratio not in facts.aspect_ratios:
            rule = f"{facts.name} takes {_either(facts.aspect_ratios)}"
            self.replace_value("aspect_ratio", facts.other_ratio, rule)

    def _check_size(self, facts: ImageModelFacts) -> None:
        if facts.sizes is None or (self.width is None and self.height is None):
            return
        size = f"{self.width or DEFAULT_SIDE}x{self.height or DEFAULT_SIDE}"
        if size in facts.sizes:
            return
        given = [n for n in ("width", "height") if getattr(self, n) is not None]
        # Where one side was left out, the size is no word of the caller's.
        not_this = f"not {size}" if len(given) > 1 else f"not {getattr(self, given[0])} alone"
        rule = f"{facts.name} makes {_either(facts.sizes)} (width x height), {not_this}"
        instead = str(facts.other_size)
        if self.on_unsupported == "error":
            raise ValueError(f"{' and '.join(given)}: {rule}. 302.AI would silently make {instead}")
        self.__dict__["width"], self.__dict__["height"] = map(int, instead.split("x"))
        self.note(f"{rule}: 302.AI will make {instead}.")

    def _check_sides(self, facts: ImageModelFacts) -> None:
        if facts.least_side is None or facts.most_side is None:
            return
        for name in ("width", "height"):
            side = getattr(self, name)
            if side is not None and not facts.least_side <= side <= facts.most_side:
                rule = f"{facts.name} takes {facts.least_side} to {facts.most_side} pixels"
                self.replace_value(name, facts.other_side, rule)


class OpenAIImageRequest(Given):
    """An image request in OpenAI's form: `POST /v1/images/generations`, or `.../edits`.

    Attributes:
        prompt: What to draw, or what to change.
        model: Such as `gpt-image-1`.
        images: The bytes of the images to edit; with none, an image is generated.
        mask: The bytes of a png whose transparent part is edited.
        size: `1024x1024`, `1536x1024`, `1024x1536`, `auto`, or what the model knows.
        n: How many images, 1 to 10.
        quality: `low`, `medium`, `high`, `auto`, ...
        background: `transparent`, `opaque` or `auto`.
        moderation: `low` or `auto`.
        output_format: `png`, `jpeg` or `webp`.
        output_compression: 0 to 100, for jpeg and webp.
        response_format: `url` or `b64_json`; goes into the query, as the page of gpt-image-1 says.
        extra_body: Further fields of the body.

    Raises:
        pydantic.ValidationError: A value cannot be sent.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        protected_namespaces=(),
        defer_build=True,  # most programs import this module and make no image
    )

    prompt: Prompt
    model: Annotated[str, Field(min_length=1)]
    images: tuple[Annotated[bytes, AfterValidator(check_image)], ...] = ()
    mask: Annotated[bytes, AfterValidator(check_image)] | None = None
    size: Annotated[str, Field(min_length=1)] | None = None
    n: Annotated[int, Field(ge=1, le=10)] | None = None
    quality: str | None = None
    background: str | None = None
    moderation: str | None = None
    output_format: Format | None = None
    output_compression: Annotated[int, Field(ge=0, le=100)] | None = None
    response_format: Literal["url", "b64_json"] | None = None
    extra_body: Mapping[str, Any] | None = None

    @model_validator(mode="after")
    def _mask_needs_an_image(self) -> OpenAIImageRequest:
        if self.mask is not None and not self.images:
            raise ValueError("mask: it masks an image: pass that image in images")
        return self


def data_uri(content: bytes) -> str:
    """Return an image's bytes as a data URI."""
    return f"data:{media_type_of(content)};base64,{base64.b64encode(content).decode('ascii')}"


def _either(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
