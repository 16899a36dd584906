"""What a model may say to a tool: pydantic classes made from the request models.

Both frameworks turn such a class into the schema that the model reads. It holds only what a model
may decide: never the key, the host, a folder, a limit. A name that is not there is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo

from core_302.options.avatar import AvatarRequest
from core_302.options.image import Asked, ImageRequest

IMAGE_FIELDS = ("prompt", "width", "height", "aspect_ratio", "negative_prompt", "output_format")
AVATAR_FIELDS = ("person_type", "style", "custom_prompt", "num", "width", "height")
LINKS = "an http(s) link or a data URI"
FILES = "an http(s) link, a data URI, or the name of a picture file that was given or made here"
OUTPUT_FORMATS = Literal["png", "jpeg", "webp"]

# What a model reads of each tool.
DESCRIPTIONS = {
    "generate_image": (
        "Draw a picture from a description in words, or work on a given picture. Answers with the "
        "link of the picture. Each call costs money: call it once for each picture that is wanted."
    ),
    "generate_avatar": (
        "Make one to four avatars (stylised portraits) from a photo of a face, in a named style or "
        "in a look described in words. Answers with the link of each. Each avatar costs money."
    ),
    "web_search": "Search the web and answer from what is found, with sources.",
    "read_image": "Read the words on a picture, or answer a question about it.",
}


def image_arguments(models: Sequence[str], *, files: bool) -> type[BaseModel]:
    """Return what a model may say to `generate_image`.

    Args:
        models: The image models to choose among, the default first.
        files: Whether pictures may be named that lie on this machine.

    """
    fields: dict[str, Any] = {name: _field(ImageRequest, name) for name in IMAGE_FIELDS}
    fields["output_format"] = (OUTPUT_FORMATS | None, fields["output_format"][1])
    about = f"The picture to work on, for models that edit one: {FILES if files else LINKS}."
    fields["image"] = (Annotated[str | None, Field(description=about)], None)
    if len(models) > 1:
        choice: Any = Literal[tuple(models)]
        about = f"The image model; {models[0]} if left out."
        fields["model"] = (Annotated[choice | None, Field(description=about)], None)
    return _arguments("GenerateImage", fields)


def avatar_arguments(*, files: bool) -> type[BaseModel]:
    """Return what a model may say to `generate_avatar`."""
    about = f"The photo of the face: {FILES if files else LINKS}."
    fields: dict[str, Any] = {"image": (Annotated[str, Field(description=about)], ...)}
    fields |= {name: _field(AvatarRequest, name) for name in AVATAR_FIELDS}
    return _arguments("GenerateAvatar", fields)


def search_arguments() -> type[BaseModel]:
    """Return what a model may say to `web_search`."""
    about = "What to search for, as a question or in key words."
    return _arguments("WebSearchQuery", {"query": (Annotated[str, Field(description=about)], ...)})


def reading_arguments(*, files: bool) -> type[BaseModel]:
    """Return what a model may say to `read_image`."""
    about = f"The picture: {FILES if files else LINKS}."
    question = "What to find out; leave out for all words on the picture."
    fields: dict[str, Any] = {
        "image": (Annotated[str, Field(description=about)], ...),
        "question": (Annotated[str | None, Field(description=question)], None),
    }
    return _arguments("ReadImage", fields)


def _field(request: type[Asked], name: str) -> tuple[Any, FieldInfo]:
    info = request.model_fields[name]
    return info.annotation, info


def _arguments(name: str, fields: dict[str, Any]) -> type[BaseModel]:
    config = ConfigDict(extra="forbid", protected_namespaces=(), use_enum_values=True)
    return create_model(name, __config__=config, **fields)
