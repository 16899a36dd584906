"""The options of the video endpoint, with what is known of each model.

Source of the fields: 302.AI's command-line tool, cli-302ai 1.0.5, `api/video.py` and
`cli/video.py`. What each model takes is in the catalogue, with its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core_302.catalogue.video_facts import video_model_facts
from core_302.options.given import ratio_as_written
from core_302.options.image import Asked, InputImage, Prompt, several
from core_302.options.video_rules import VideoFitting

# It makes videos of words and of images under one name, of any length from 1 to 16 seconds, in
# three resolutions; its name has no date and no "preview".
DEFAULT_VIDEO_MODEL = "viduq3-pro"
LONGEST_WAIT = 1800.0  # seconds for which a video is waited for, unless something else is said
MOST_INPUTS = 30  # images: what the model that takes the most takes (Seedance 2.5)
LONGEST_VIDEO = 600  # seconds; the longest that a listed model makes is 30
MOST_FRAMES = 240  # a second
RATIO = r"^([1-9]\d?:[1-9]\d?|adaptive)$"
RESOLUTION = r"^[1-9]\d{2,4}[pP]$|^[1-9]\d?[kK]$"


def check_webhook(link: str) -> str:
    """Return `link` if the gateway may call it: an https link."""
    if urlsplit(link).scheme != "https":
        raise ValueError("must be an https link")
    return link


# A list is what people write, so strict checkers must take it. Once checked, it is a tuple.
VideoImages = Annotated[
    Sequence[InputImage],
    BeforeValidator(several),
    Field(max_length=MOST_INPUTS),
    AfterValidator(tuple),
]


class VideoRequest(Asked):
    """A video to be made from words, or from images, by any video model of 302.AI.

    What each model takes, the catalogue knows: see `docs/evidence/video-models.md`. A model that is
    not listed is sent as it is.

    Attributes:
        prompt: What happens, in words.
        model: A video model.
        images: The first frame, or images to be seen in it: http(s) links, data URIs, or their
            bytes. One of them may stand alone.
        end_image: The last frame, likewise.
        duration: Its length in seconds; the model's own by default.
        resolution: Such as `720p`, `1080P` or `2K`; the model's own spelling is sent.
        aspect_ratio: Such as `16:9`, or `adaptive` for the images' own, where the model knows it.
        negative_prompt: What must not be in it.
        fps: Frames a second.
        on_unsupported: "error", or "adjust" to leave out, with a warning, what a model does not
            take.
        extra_body: Further fields of the body, sent as they are; they win over all others.

    Raises:
        pydantic.ValidationError: A value cannot be sent, or the model does not take it.
    """

    prompt: Annotated[
        Prompt,
        Field(description="What happens: subject, movement, camera, style, in plain words."),
    ]
    model: Annotated[str, Field(min_length=1, description="The video model.")]
    images: Annotated[VideoImages, Field(description="The images to begin with.")] = ()
    end_image: Annotated[InputImage | None, Field(description="The last frame.")] = None
    duration: Annotated[
        Annotated[int, Field(ge=1, le=LONGEST_VIDEO)] | None,
        Field(description="Its length in seconds. Leave out unless a length is asked for."),
    ] = None
    resolution: Annotated[
        Annotated[str, Field(pattern=RESOLUTION)] | None,
        Field(description="Such as 720p or 1080p. Leave out unless it is asked for."),
    ] = None
    aspect_ratio: Annotated[
        Annotated[str, BeforeValidator(ratio_as_written), Field(pattern=RATIO)] | None,
        Field(description="Width to height, such as 16:9 or 9:16."),
    ] = None
    negative_prompt: Prompt | None = None
    fps: Annotated[int, Field(ge=1, le=MOST_FRAMES)] | None = None

    @model_validator(mode="after")
    def _suits_the_model(self) -> VideoRequest:
        facts = video_model_facts(self.model)
        if facts is not None:
            VideoFitting(self, facts).fit()
        return self
