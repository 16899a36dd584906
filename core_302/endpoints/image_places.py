"""Where a reply has its images: in the gateway's own fields, or in the vendor's answer beside them.

A link may be anywhere, so places are known by the names of their fields, at any depth. What a reply
repeats of the request is not looked at. One entry that cannot be read costs none of the others.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from core_302.endpoints.image_failure import failure_in
from core_302.endpoints.parsing import text_or_none
from core_302.errors import MalformedReplyError
from core_302.image_parts import image_file, split_data_uri
from core_302.json_text import read_json
from core_302.links import is_web_link
from core_302.media_types import ENOUGH_BASE64, media_type_of, start_of

# The gateway's own fields: the pages "Generate images" and "AI Avatar Maker", and version 2's task.
GATEWAY_FIELDS = ("image_url", "image_urls", "headshot_url_list")
# Below, each name is of a vendor's documented reply, or read by a public client of 302.AI.
LINKS = frozenset(
    {
        *GATEWAY_FIELDS,
        "url",
        "uri",
        "imageUrl",
        "imageUrls",
        "image",
        "images",
        "output",
        "outputs",
        "sample",  # Black Forest Labs
        "fileUri",  # this and the next: Gemini
        "file_uri",
        "ResultImage",  # Hunyuan
        "result",
        "results",
        "content",
        "data",
    }
)
DATA = frozenset(
    {
        "b64_json",
        "b64",
        "base64",  # Stability
        "image_base64",  # MiniMax
        "binary_data_base64",  # Doubao
        "bytesBase64Encoded",  # Imagen
        "imageBytes",
    }
)
# What is not a result: the request repeated, other sizes of the same image, addresses of the task.
NO_RESULTS = re.compile(
    r"(?i)(req|request|inputs?|param(eter)?s|prompt|error|urls|links|webhook|callback|usage|logs?"
    r"|mask.*|(init|input|reference|source)_?(image|url)s?|(thumb|preview|cover|poster).*|min|icon)"
)
MARKDOWN_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*<?((?:https?:|//|data:)[^\s)>]+)", re.IGNORECASE)
DEEPEST_TEXT = 2  # each may nest as deep as a response
MOST_IMAGES = 100  # of one reply; models make up to 15, and what a model is told is bounded


@dataclass(frozen=True)
class GeneratedImage:
    """One image of a reply: its link, its bytes, or both."""

    link: str | None
    content: bytes | None = field(default=None, repr=False)


@dataclass
class Found:
    """What was found in a reply: its images, each once, and why others cannot be read."""

    _images: dict[str | bytes, GeneratedImage] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    texts: int = 0
    """How many texts of JSON, one in the other, are being read."""

    @property
    def images(self) -> tuple[GeneratedImage, ...]:
        """The images, in the order of the reply."""
        return tuple(self._images.values())

    @property
    def size(self) -> int:
        """How many images and problems there are."""
        return len(self._images) + len(self.problems)

    def add(self, image: GeneratedImage) -> None:
        """Add an image that is not there yet."""
        if len(self._images) < MOST_IMAGES:
            self._images.setdefault(image.link or image.content or b"", image)

    def join(self, other: Found) -> None:
        """Add what another search has found."""
        for image in other.images:
            self.add(image)
        for problem in other.problems:
            self.add_problem(problem)

    def add_problem(self, problem: str) -> None:
        """Add why an image cannot be read."""
        if len(self.problems) < MOST_IMAGES:
            self.problems.append(problem)


def images_in(raw: Mapping[str, Any]) -> Found:
    """Return the images of a reply.

    The gateway's own fields are the result. Only where they hold none, which happens, the vendor's
    answer is searched: beside a result, its links are other copies of the same image.
    """
    found = gateway_images(raw)
    beside = {name: value for name, value in raw.items() if name not in GATEWAY_FIELDS}
    for name in ("data", "raw_response"):
        if not found.images and name in beside:
            _search({name: beside.pop(name)}, found)
    if not found.images:
        _search(beside, found)
    return found


def gateway_images(raw: Mapping[str, Any]) -> Found:
    """Return the images in the gateway's own fields."""
    found = Found()
    for name in GATEWAY_FIELDS:
        entries = raw.get(name)
        for entry in entries if isinstance(entries, list) else [entries]:
            one = Found()
            _value(entry, name, one)
            if one.size == 0 and isinstance(entry, str) and entry.strip():
                one.add_problem("An entry of the response is neither a link nor an image.")
            found.join(one)
    return found


def _search(value: Mapping[str, Any], found: Found) -> None:
    """Add the images of one object, then those of the objects below it."""
    inline = next((v for n in ("inlineData", "inline_data") if (v := value.get(n))), None)
    texts = {**value, **({"b64_json": inline.get("data")} if isinstance(inline, Mapping) else {})}
    _entry(texts, found)
    for name, inner in value.items():
        if isinstance(inner, (Mapping, list)) and inner is not inline:
            _value(inner, name, found)


def _entry(value: Mapping[str, Any], found: Found) -> None:
    """Add the image that an object's own texts name: by a link, by its data, or by both."""
    named = [(name, text) for name, text in value.items() if isinstance(text, str) and text.strip()]
    links = [image for n, t in named if n in LINKS for image in _in_text(t, found)]
    spare = Found() if links else found  # beside a link, broken data is no loss
    contents = [c for n, t in named if n in DATA and (c := _content(t, spare)) is not None]
    if contents and len({image.link for image in links}) == 1:
        links = [GeneratedImage(links[0].link, contents.pop(0))]
    for image in [*links, *(GeneratedImage(None, content) for content in contents)]:
        found.add(image)


def _value(value: Any, name: str, found: Found) -> None:
    """Add the images of a field called `name`."""
    if NO_RESULTS.fullmatch(name):
        return
    if isinstance(value, Mapping):
        _search(value, found)
    elif isinstance(value, list):
        for item in value:
            known = found.size
            _value(item, name, found)
            if found.size == known and isinstance(item, Mapping) and (reason := _refused(item)):
                found.add_problem(reason)
    elif isinstance(value, str) and value.strip():
        _entry({name: value}, found)


def _in_text(text: str, found: Found) -> Iterator[GeneratedImage]:
    """Yield what a field that may hold a link holds: a link, a data URI, JSON of them, base64."""
    text = text.strip()
    if (link := link_in(text)) is not None:
        yield GeneratedImage(link)
    elif split_data_uri(text) is not None or _begins_like_an_image(text):
        if (content := _content(text, found)) is not None:
            yield GeneratedImage(None, content)
    elif text.startswith(("[", "{")):
        _in_json(text, found)
    else:  # an answer of a chat model
        for match in MARKDOWN_IMAGE.finditer(text):
            yield from _in_text(match[1], found)


def _in_json(text: str, found: Found) -> None:
    """Add the images of a text that is JSON itself; one in another is as deep as they go."""
    if found.texts == DEEPEST_TEXT:
        return
    found.texts += 1
    with suppress(ValueError):
        _value(read_json(text), "output", found)
    found.texts -= 1


def _begins_like_an_image(text: str) -> bool:
    """Tell whether `text` is base64 of an image, by its first letters."""
    return media_type_of(start_of(_plain(text[: 2 * ENOUGH_BASE64]))) is not None


def link_in(text: str) -> str | None:
    """Return the link that `text` is, as a client needs it, or None.

    The scheme may be in any case or left out (`//host/1.png`), and a space may stand in the path.
    """
    scheme, colon, rest = text.partition(":")
    if text.startswith("//"):
        link = f"https:{text}"
    elif colon and scheme.lower() in ("http", "https"):
        link = f"{scheme.lower()}:{rest}"
    else:
        return None
    link = link.replace(" ", "%20")
    return link if is_web_link(link) else None


def _content(data: str, found: Found) -> bytes | None:
    """Return the image that base64 text holds; None, and why, for what is none.

    Line breaks, the alphabet of URLs (RFC 4648, 5) and missing padding are how some vendors write.
    """
    uri = split_data_uri(data.strip())
    plain = _plain(uri[1] if uri else data)
    try:
        content = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        found.add_problem("An image in the response is not valid base64.")
        return None
    try:
        return image_file(content, "The base64 data in the response").content
    except MalformedReplyError as error:
        found.add_problem(error.message)
        return None


def _plain(data: str) -> str:
    return "".join(data.split()).replace("-", "+").replace("_", "/")


def _refused(entry: Mapping[str, Any]) -> str | None:
    """Return why an entry of several has no image, if it says so: vendors refuse one of many."""
    reason = failure_in(entry)
    if reason is None and isinstance(entry.get("code"), str):  # Alibaba's entry of `results`
        reason = text_or_none(entry.get("message"))
    return f"One image was not made: {reason}." if reason else None
