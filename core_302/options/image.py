"""The options of the image endpoints, with every documented rule about them.

The documents say that 302.AI silently replaces a value that a model does not take. Here it is
reported before anything is sent: as an error, or, with `on_unsupported="adjust"`, as a warning
beside the documented replacement. What each model takes is in the catalogue, with its source.
"""

from __future__ import annotations

import base64
import re
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    model_validator,
)

from core_302.catalogue.image_facts import image_model_facts
from core_302.errors import InvalidInputError
from core_302.image_parts import LARGEST_INPUT, check_pixels, image_part
from core_302.image_size import size_of
from core_302.media_types import media_type_of
from core_302.options.declaration import Text
from core_302.options.given import (
    LONGEST_REPEATED,
    Given,
    format_as_written,
    ratio_as_written,
    size_as_written,
)
from core_302.options.image_rules import Fitting

LONGEST_PROMPT = 32_000  # characters: the longest that a model behind the gateway takes
LONGEST_SIDE = 8_192  # pixels
MOST_IMAGES = 15  # of one call: what the model that makes the most makes (Seedream)
MOST_INPUTS = 16  # images to work on: what the model that takes the most takes (gpt-image-2)

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


def several(images: Any) -> Any:
    """Return a list of one for an image that stands alone, as people and models write it."""
    return (images,) if isinstance(images, (str, bytes)) else images


Prompt = Annotated[str, AfterValidator(check_prompt)]
InputImage = Annotated[str | bytes, AfterValidator(check_image)]
# A list is what people write, so strict checkers must take it. Once checked, it is a tuple.
InputImages = Annotated[
    Sequence[InputImage],
    BeforeValidator(several),
    Field(max_length=MOST_INPUTS),
    AfterValidator(tuple),
]
# The bounds of these two are checked last: what the documents replace may be anything.
Side = Annotated[int, Field(json_schema_extra={"minimum": 1, "maximum": LONGEST_SIDE})]
RATIO = r"^[1-9]\d?:[1-9]\d?$"
Ratio = Annotated[
    str, BeforeValidator(ratio_as_written), Field(json_schema_extra={"pattern": RATIO})
]
Size = Annotated[str, BeforeValidator(size_as_written), Field(pattern=r"^[A-Za-z0-9*]{2,12}$")]
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
    """An image to be drawn, or to be made of others, by any image model of 302.AI.

    Which endpoint serves the model, and how it spells what is asked, the catalogue knows: see
    `docs/evidence/image-models.md`. A model that is not listed is sent as it is.

    Attributes:
        prompt: What to draw, or what to change, in words.
        model: An image model.
        images: The images to work on, in order: http(s) links, data URIs, or their bytes. One of
            them may stand alone.
        mask: What to change, as an image: for models that take one.
        size: `WIDTHxHEIGHT` in pixels, or a preset of the model, such as `2K`.
        width: In pixels; the same as `size`, side by side.
        height: Likewise.
        aspect_ratio: Such as `16:9`. A model that takes sizes alone gets a size of this ratio.
        quality: Such as `low`, `medium` or `high`.
        background: `transparent`, `opaque` or `auto`.
        n: How many images; one by default. They are paid for one by one.
        seed: A number by which a model draws the same again.
        output_format: `png`, `jpeg`, `webp`, or what the model knows.
        negative_prompt: What must not be in the image.
        on_unsupported: "error", or "adjust" for the documented replacement and a warning; what has
            none is left out.
        extra_body: Further fields of the body, sent as they are; they win over all others.

    Raises:
        pydantic.ValidationError: A value cannot be sent, or the model does not take it.
    """

    prompt: Annotated[
        Prompt, Field(description="What to draw: subject, style, light, colours, in plain words.")
    ]
    model: Annotated[str, Field(min_length=1, description="The image model.")]
    images: Annotated[InputImages, Field(description="The images to work on.")] = ()
    mask: Annotated[
        InputImage | None,
        Field(description="An image whose transparent part says where to change the first one."),
    ] = None
    size: Annotated[
        Size | None,
        Field(
            description="Such as 1024x768, or a preset such as 2K. Leave out unless a size is "
            "asked for."
        ),
    ] = None
    width: Side | None = None
    height: Side | None = None
    aspect_ratio: Annotated[
        Ratio | None,
        Field(description="Width to height, such as 16:9 or 1:1."),
    ] = None
    quality: Text | None = None
    background: Text | None = None
    n: Annotated[
        Annotated[int, Field(ge=1, le=MOST_IMAGES)] | None,
        Field(description="How many images; one if left out."),
    ] = None
    seed: Annotated[int, Field(ge=0)] | None = None
    output_format: Annotated[
        Format | None,
        Field(description="The file's format: png, jpeg or webp."),
    ] = None
    negative_prompt: Prompt | None = None

    @model_validator(mode="after")
    def _suits_the_model(self) -> ImageRequest:
        if self.mask is not None and not self.images:
            raise ValueError("mask: it masks an image: give that in images")
        facts = image_model_facts(self.model)
        if facts is not None:
            Fitting(self, facts).fit()
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
