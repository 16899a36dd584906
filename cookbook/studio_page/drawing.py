"""Images and avatars by the tools that agents use, asked for directly.

A tool refuses what the image model does not take, sends a paid job once, and keeps the limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core_302.catalogue import image_model_facts, image_models
from core_302.catalogue.image_facts import UNLISTED
from core_302.media_types import media_type_of
from core_302.options.avatar import MOST_AVATARS
from core_302.options.image import data_uri
from core_302.tools.image_tool import DEFAULT_IMAGE_MODEL, Image, Report
from langchain_302 import AI302AvatarTool, AI302EditImageTool, AI302ImageTool
from studio_page.cards import cost_said
from studio_page.code import Code, avatar_code, image_code
from studio_page.kindly import Apology
from studio_page.ordering import MOST_IMAGES, MOST_MONEY, ordered, price_before

OWN_SIZE = "The model's own"
SIZES = ("1024x1024", "1280x768", "768x1280")
RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4")
AVATAR_SIZES = (OWN_SIZE, "768x1024", "1024x1024", "512x512")

SAMPLE = Path(__file__).parent.parent / "images" / "photo.png"

Shown = tuple[str, str]  # a file, and its caption


@dataclass(frozen=True)
class Drawn:
    """What an order brought: images for the gallery, or an apology; and the programs of it."""

    images: tuple[Shown, ...] = ()
    said: str = ""
    apology: Apology | None = None
    code: Code | None = None


class Easel:
    """The tools of this page.

    Args:
        folder: Where images are kept while the page runs.
    """

    def __init__(self, folder: Path) -> None:
        limits: dict[str, Any] = {
            "output_dir": folder,
            "max_images": MOST_IMAGES,
            "budget": MOST_MONEY,
            "handle_tool_error": False,  # the page wants the error itself
        }
        models: dict[str, Any] = {"model": DEFAULT_IMAGE_MODEL, "more_models": image_models()}
        self._draw = AI302ImageTool(**models, **limits)
        self._edit = AI302EditImageTool(**models, **limits)
        self._portray = AI302AvatarTool(**limits)

    async def image(self, prompt: str, model: str, size: str, photo: str | None) -> Drawn:
        """Draw an image."""
        given = {"prompt": prompt, **_shape(size)}
        facts = image_model_facts(model) or UNLISTED
        on_a_photo = photo is not None or facts.needs_image
        tool = self._edit if on_a_photo else self._draw
        drawn = await _ordered(tool, {**given, "model": model, **_images(photo)})
        return replace(drawn, code=image_code(model, given, photo))

    async def avatars(
        self, photo: str | None, person: str, style: str, size: str, count: int
    ) -> Drawn:
        """Make avatars from a photo."""
        if photo is None:
            return Drawn(apology=Apology("There is no photo yet.", "Drop one in, then try again."))
        given = {"person_type": person.lower(), "style": style, "num": count, **_size(size)}
        (image,) = _images(photo)["images"]
        drawn = await _ordered(self._portray, {**given, "image": image})
        return replace(drawn, code=avatar_code(given, photo))

    def close(self) -> None:
        """Close the connections."""
        self._draw.close()
        self._edit.close()
        self._portray.close()


def sizes_of(model: str) -> tuple[str, ...]:
    """Return the sizes and shapes that an image model is known to make."""
    facts = image_model_facts(model) or UNLISTED
    for name in ("sides", "aspect_ratio", "size"):
        bounds = facts.fields.get(name)
        if bounds is not None and bounds.values is not None:
            return (OWN_SIZE, *bounds.values)
    if facts.ratios or facts.pixels is not None:
        return (OWN_SIZE, *(facts.ratios or RATIOS))
    side = facts.takes("width")
    if side is not None and side.most is not None:
        return (OWN_SIZE, f"{side.most}x{side.most}")
    refused = "aspect_ratio" in facts.fields
    return (OWN_SIZE,) if refused else (OWN_SIZE, *SIZES)


def price_of(*, avatars: bool) -> str:
    """Return in words what an order costs, as far as it is known before it."""
    known = (AI302AvatarTool if avatars else AI302ImageTool).capability.price
    return price_before(known, "an image", "this page may spend on it")


def needs_image(model: str) -> bool:
    """Tell whether an image model is known to draw from a given image only."""
    return (image_model_facts(model) or UNLISTED).needs_image


def takes_image(model: str) -> bool:
    """Tell whether an image model is known to work on a given image."""
    facts = image_model_facts(model) or UNLISTED
    # The page of the first version says of its models only which of them need one.
    return facts.needs_image or (facts.endpoint != "v1" and facts.takes("images") is not None)


async def _ordered(
    tool: AI302ImageTool | AI302EditImageTool | AI302AvatarTool, given: Mapping[str, Any]
) -> Drawn:
    came = await ordered(tool, given, "This cannot be drawn.")
    return Drawn(apology=came) if isinstance(came, Apology) else _drawn(came.artifact)


def _drawn(report: Report) -> Drawn:
    kept = [image for image in report["images"] if image["path"]]
    lost = [str(image["problem"]) for image in report["images"] if not image["path"]]
    by = f" · {report['model']}" if report["model"] else ""
    count = f"{len(kept)} image{'' if len(kept) == 1 else 's'}"
    said = [count, cost_said(report["cost"]), f"request {report['request_id']}", *lost]
    return Drawn(
        images=tuple(
            (str(image["path"]), f"{report['prompt']}{by} · {_extent(image)}") for image in kept
        ),
        said=" · ".join(said),
    )


def _extent(image: Image) -> str:
    return f"{image['width']} by {image['height']}"


def _shape(size: str) -> dict[str, Any]:
    """Return a choice such as `1024x768`, `2K` or `16:9` as the image tool's arguments."""
    if size == OWN_SIZE:
        return {}
    return {"aspect_ratio": size} if ":" in size else {"size": size}


def _size(size: str) -> dict[str, Any]:
    """Return a choice such as `1024x768` as the avatar tool's arguments."""
    width, by, height = size.partition("x")
    return {"width": int(width), "height": int(height)} if by and width.isdigit() else {}


def _images(photo: str | None) -> dict[str, list[str]]:
    """Return a visitor's photo as a data URI: so no tool needs to open a file by its name."""
    if photo is None:
        return {}
    content = Path(photo).read_bytes()
    if media_type_of(content) is None:
        return {"images": [Path(photo).name]}  # no image: the tool says so
    return {"images": [data_uri(content)]}


__all__ = [
    "AVATAR_SIZES",
    "MOST_AVATARS",
    "Drawn",
    "Easel",
    "needs_image",
    "price_of",
    "sizes_of",
    "takes_image",
]
