"""What is asked of the tools that process one image: no words, and no model to choose."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from core_302.image_parts import MOST_PIXELS, split_data_uri
from core_302.image_size import Base64Bytes, size_of
from core_302.options.image import Asked, InputImage

MOST_TIMES = 4
USUAL_TIMES = 2


class RemoveBackgroundRequest(Asked):
    """An image whose background is to become transparent.

    Attributes:
        image: An http(s) link, a data URI, or its bytes.
        extra_body: Further fields of the form, sent as they are.

    Raises:
        pydantic.ValidationError: It cannot be sent.
    """

    image: Annotated[InputImage, Field(description="The image.")]


class UpscaleRequest(Asked):
    """An image to be enlarged.

    Attributes:
        image: An http(s) link, a data URI, or its bytes.
        scale: How many times as wide and as high, 1 to 4 (cli-302ai 1.0.5, `cli/image.py`).
        extra_body: Further fields of the body, sent as they are.

    Raises:
        pydantic.ValidationError: It cannot be sent, or what is made could not be read.
    """

    image: Annotated[InputImage, Field(description="The image.")]
    scale: Annotated[
        int,
        Field(
            ge=1,
            le=MOST_TIMES,
            description="How many times as wide and as high, 1 to 4; 2 if left out.",
        ),
    ] = USUAL_TIMES

    @model_validator(mode="after")
    def _can_be_read_when_it_is_made(self) -> UpscaleRequest:
        size = _size(self.image)
        if size is not None and size[0] * size[1] * self.scale**2 > MOST_PIXELS:
            raise ValueError(
                f"scale: {size[0]}x{size[1]}, {self.scale} times as large, has more than "
                f"{MOST_PIXELS:,} pixels"
            )
        return self


class EraseRequest(Asked):
    """An image from which something is to be erased.

    Attributes:
        image: An http(s) link, a data URI, or its bytes.
        mask: Where to erase, as an image, likewise: the white parts.
        extra_body: Further fields of the form, sent as they are.

    Raises:
        pydantic.ValidationError: It cannot be sent.
    """

    image: Annotated[InputImage, Field(description="The image.")]
    mask: Annotated[InputImage, Field(description="White where to erase, black elsewhere.")]


def _size(image: str | bytes) -> tuple[int, int] | None:
    """Return the width and the height that an image declares; None of a link."""
    if isinstance(image, bytes):
        return size_of(image)
    inline = split_data_uri(image)
    return None if inline is None else size_of(Base64Bytes(inline[1], 0))
