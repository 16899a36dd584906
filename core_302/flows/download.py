"""Fetching a finished image, or another file, from its file host, without the key, within limits.

A response's link may be anything: a service may have been broken into, or a `base_url` set by a
stranger. So each hop is checked by `links`, and the bytes by their content, not by their label.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit

from core_302.errors import (
    AI302Error,
    ConnectionFailedError,
    InvalidInputError,
    UnexpectedRedirectError,
)
from core_302.flow import AskPolicies, Flow, Limit, Policies, Resolve, call, look_up
from core_302.http import Fetch, Reply
from core_302.image_parts import LARGEST_INPUT, ImageFile, image_file, split_data_uri
from core_302.links import target_of
from core_302.media_types import file_type_of

LARGEST_FILE = 64 * 1024 * 1024  # bytes
MOST_REDIRECTS = 3
# What a host is asked for; one that has no name for an image may send it all the same.
AN_IMAGE, ANY_FILE = "image/*, */*;q=0.5", "*/*"


@dataclass(frozen=True)
class DownloadedFile:
    """A file that was fetched.

    Attributes:
        content: Its bytes.
        media_type: By its first bytes; else what its host calls it, or "".
        name: The last step of its address, which may be anything.
    """

    content: bytes = field(repr=False)
    media_type: str
    name: str


def download(link: str) -> Flow[ImageFile]:
    """Fetch the image at `link`.

    Raises:
        InvalidInputError: The link leads to an internal address, also by a redirect or by DNS.
        MalformedReplyError: The file is not an image.
        ReplyTooLargeError: It is longer than 64 MiB.
        AI302Error: See the tree in `core_302.errors`.
    """
    link, reply = yield from _fetched(link, LARGEST_FILE, AN_IMAGE)
    return _image_in(reply, urlsplit(link).hostname or "")


def image_content(image: str | bytes, name: str) -> Flow[bytes]:
    """Return the bytes of an image that was given: forms take files, and no links.

    Args:
        image: A link, a data URI, or the bytes.
        name: The argument that it was given in, for errors.

    Raises:
        InvalidInputError: The link leads to an internal address, or to more than is sent.
        AI302Error: See the tree in `core_302.errors`.
    """
    if isinstance(image, bytes):
        return image
    if (inline := split_data_uri(image)) is not None:
        try:
            return base64.b64decode(inline[1])
        except binascii.Error:
            raise InvalidInputError(f"{name}: the image is not valid base64.") from None
    content = (yield from download(image)).content
    if len(content) > LARGEST_INPUT:
        raise InvalidInputError(
            f"{name}: has {len(content):,} bytes: at most {LARGEST_INPUT:,} are sent."
        )
    return content


def download_file(link: str, most_bytes: int = LARGEST_FILE) -> Flow[DownloadedFile]:
    """Fetch any file, of at most `most_bytes`.

    Raises:
        InvalidInputError: The link leads to an internal address, also by a redirect or by DNS.
        ReplyTooLargeError: It is longer.
        AI302Error: See the tree in `core_302.errors`.
    """
    link, reply = yield from _fetched(link, most_bytes, ANY_FILE)
    name = unquote(urlsplit(link).path.rpartition("/")[2])
    return DownloadedFile(reply.body, file_type_of(reply.body) or reply.media_type, name)


def _fetched(link: str, most_bytes: int, accept: str) -> Flow[tuple[str, Reply]]:
    """Fetch what is at `link`; return the address that it was at, and the response."""
    yield Limit("download")
    policies: Policies = yield AskPolicies()
    for _ in range(MOST_REDIRECTS + 1):
        place = target_of(link, policies.trusted_hosts)
        found = yield from look_up(Resolve(place.host, place.port, place.scheme))
        addresses = place.reachable(found)
        reply = yield from _fetch(
            [Fetch(link, address, most_bytes, accept) for address in addresses]
        )
        if not reply.redirects:
            return link, reply
        link = _redirected(link, reply)
    raise UnexpectedRedirectError(f"The file's link redirects more than {MOST_REDIRECTS} times.")


def _image_in(reply: Reply, host: str) -> ImageFile:
    try:
        return image_file(reply.body, f"the file at {host}")
    except AI302Error as error:
        error.attempts = 1
        raise


def _redirected(link: str, reply: Reply) -> str:
    try:
        return urljoin(link, reply.headers.get("location", ""))
    except ValueError:  # such as a bracket that is never closed
        raise InvalidInputError("the link redirects to what is not a valid URL.") from None


def _fetch(ways: Sequence[Fetch]) -> Flow[Reply]:
    """Fetch from the first address that can be reached; hosts often have one of each kind."""
    for way in ways[:-1]:
        try:
            return (yield from call(way, most_retries=0))
        except ConnectionFailedError as error:
            if not error.retryable:
                raise
    return (yield from call(ways[-1]))


def why(error: AI302Error) -> str:
    """Return the reason why a file was not fetched."""
    if isinstance(error, InvalidInputError):
        return f"it was not fetched: {error}"
    return f"fetching it failed: {error}"
