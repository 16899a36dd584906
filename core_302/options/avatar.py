"""The options of the avatar maker, `POST /302/headshot/generate`.

Source: the page "AI Avatar Maker: Generate Avatar". It says that values out of range are silently
replaced; here they are reported before anything is sent, as in `options/image.py`. It says too that
a style is ignored beside a custom prompt: that is not an error of the caller's, so it is a note.
"""

from __future__ import annotations

import difflib
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from core_302.options.given import LONGEST_REPEATED, word_as_written
from core_302.options.image import TOLD_IN_WORDS, Asked, InputImage, Prompt

MOST_AVATARS = 4
LEAST_SIDE = 256  # pixels
MOST_SIDE = 1036  # pixels; so on the page (not 1024)
OTHER_SIDE = 1024  # what any other width or height becomes, by the page
# A style that is ignored is not checked, so it may be anything when LangChain serializes it.
AS_IT_IS = PlainSerializer(lambda style: style, return_type=Any)
LONGEST_NUMBER = 9  # characters of a style's number that are read


class AvatarStyle(str, Enum):
    """The 17 preset styles, by the names of the page. `number` is what is sent."""

    COMIC = "Comic"
    LINE_ART = "Line Art"
    IMPRESSIONISM = "Impressionism"
    CLAY = "Clay"
    WATERCOLOR = "Watercolor"
    CYBERPUNK = "Cyberpunk"
    ELF = "Elf"
    CLOWN = "Clown"
    ROBOT = "Robot"
    VAMPIRE = "Vampire"
    ZOMBIE = "Zombie"
    LOW_POLY = "Low Poly"
    RETRO_PORTRAIT = "Retro Portrait"
    ANCIENT_STYLE = "Ancient Style"
    CARTOON_ILLUSTRATION = "Cartoon Illustration"
    PENCIL_SKETCH = "Pencil Sketch"
    STEAMPUNK = "Steampunk"

    def __str__(self) -> str:
        return self.value

    @property
    def number(self) -> int:
        """The style's id on the wire, 1 to 17, in the order of the page."""
        return list(AvatarStyle).index(self) + 1


def style_of(given: Any) -> Any:
    """Return the style with this name, in any case and spacing, or with this number."""
    if isinstance(given, str) and given.strip().isdecimal():
        given = int(given[:LONGEST_NUMBER])
    if isinstance(given, bool) or given is None or isinstance(given, AvatarStyle):
        return given
    names = [style.value for style in AvatarStyle]
    if isinstance(given, int):
        if not 1 <= given <= len(names):
            raise ValueError(
                f"{given} is not a style: use 1 to {len(names)}, or a name such as 'Comic'"
            )
        return names[given - 1]
    plain = {_plain(name): name for name in names}
    if isinstance(given, str) and _plain(given) not in plain:
        near = difflib.get_close_matches(_plain(given), plain, n=1)
        guess = f" Did you mean {plain[near[0]]!r}?" if near else ""
        raise ValueError(f"{given[:40]!r} is not a style.{guess} The styles are {', '.join(names)}")
    return plain[_plain(given)] if isinstance(given, str) else given


def _style_unless_ignored(
    given: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo
) -> Any:
    """Leave a style as it is where the page says that it is ignored: it cannot be wrong there."""
    return given if info.data.get("custom_prompt") else check(style_of(given))


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _limits(least: int, most: int) -> dict[str, Any]:
    """State the range in the JSON schema; it is checked below, where it may also be adjusted."""
    return {"minimum": least, "maximum": most}


class AvatarRequest(Asked):
    """Avatars to be made from a photo of a face.

    Attributes:
        image: The photo: an http(s) link, a data URI, or its bytes.
        person_type: `female`, `male` or `kid`.
        style: One of the 17 styles, by name or number. Ignored beside a custom prompt.
        custom_prompt: The look in your own words, in place of a style.
        num: How many, 1 (the default) to 4.
        width: 256 to 1036 pixels; the gateway's default is 1024.
        height: 256 to 1036 pixels; the gateway's default is 768.
        model: The language model that writes the prompt; the gateway's default is gpt-4.1.
        on_unsupported: "error", or "adjust" for the documented replacement and a warning.
        extra_body: Further fields of the body, sent as they are; they win over all others.

    Raises:
        pydantic.ValidationError: A value cannot be sent.
    """

    image: Annotated[InputImage, Field(description="The photo of the face.")]
    person_type: Annotated[
        Literal["female", "male", "kid"],
        BeforeValidator(word_as_written),
        Field(description="Who is in the photo."),
    ]
    custom_prompt: Annotated[
        Prompt | None,
        Field(description="The look in your own words, if none of the styles fits."),
    ] = None
    style: Annotated[
        Annotated[AvatarStyle, WrapValidator(_style_unless_ignored), AS_IT_IS] | None,
        Field(description="The look. Give either this or custom_prompt."),
    ] = None
    num: Annotated[
        int,
        Field(description="How many avatars.", json_schema_extra=_limits(1, MOST_AVATARS)),
    ] = 1
    width: Annotated[
        int | None,
        Field(description="In pixels.", json_schema_extra=_limits(LEAST_SIDE, MOST_SIDE)),
    ] = None
    height: Annotated[
        int | None,
        Field(description="In pixels.", json_schema_extra=_limits(LEAST_SIDE, MOST_SIDE)),
    ] = None
    model: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _is_in_range(self, info: ValidationInfo) -> AvatarRequest:
        if self.style is None and self.custom_prompt is None:
            raise ValueError("style: give a style, or describe the look in custom_prompt")
        if self.style is not None and self.custom_prompt is not None:
            self._ignore_the_style(warn=info.context != TOLD_IN_WORDS)
        if not 1 <= self.num <= MOST_AVATARS:
            self.replace_value("num", 1, f"1 to {MOST_AVATARS} avatars can be made at once")
        for name in ("width", "height"):
            side = getattr(self, name)
            if side is not None and not LEAST_SIDE <= side <= MOST_SIDE:
                self.replace_value(name, OTHER_SIDE, f"{LEAST_SIDE} to {MOST_SIDE} pixels")
        return self

    def _ignore_the_style(self, *, warn: bool) -> None:
        given = str(self.style)[:LONGEST_REPEATED]
        self.__dict__["style"] = None
        said = f"style: custom_prompt replaces it, so {given!r} is ignored, as 302.AI does."
        self.note(said, warn=warn)
