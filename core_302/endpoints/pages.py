"""A page as Markdown: how Jina's reader is asked through the gateway, and how its reply is read.

Source: 302.AI's own programs that summarise pages call `GET /jina/reader/<address>`; the form of
the reply is Jina's (https://github.com/jina-ai/reader). Through the gateway a query in the address
is cut off unless it is percent-encoded twice.

The rule it keeps: the address stands in a path of the gateway, whose key goes along. So nothing in
it may lead to another endpoint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from core_302.endpoints.parsing import json_object, malformed, text_or_none
from core_302.errors import InvalidInputError
from core_302.http import Reply, Request
from core_302.links import split_link

READER_PATH = "/jina/reader/"
WHAT = "a page as Markdown"
PATH_SIGNS = "/%:@!$&'()*+,;=~"  # what stands in a path as it is; letters, digits and -._ anyway
# What the reader writes above the page.
HEAD = re.compile(r"(Title|URL Source|Published Time|Warning|Markdown Content): ?(.*)")
CONTENT = "Markdown Content"


@dataclass(frozen=True)
class Page:
    """A page as Markdown. What is not known is empty, or None.

    Attributes:
        url: Its address, as the reader names it.
        title: Its title.
        text: Its content.
        published_at: When it was published, in the page's words.
        warning: What the reader says about it, such as that it could not be loaded.
        request_id: The gateway's id of the call.
    """

    url: str
    title: str
    text: str = field(repr=False)
    published_at: str | None = None
    warning: str | None = None
    request_id: str | None = None


def page_request(url: str) -> Request:
    """Build the request for the page at `url`, an http(s) address. What stands behind `#` is left.

    Raises:
        InvalidInputError: It is no such address, holds a user's name, or leads up by `..`.
    """
    parts = split_link(url)
    if any(step in (".", "..") for step in unquote(unquote(parts.path)).split("/")):
        raise InvalidInputError("url: it holds '.' or '..': give the address that it stands for.")
    path = quote(parts.path or "/", safe=PATH_SIGNS)
    query = quote(quote(f"?{parts.query}", safe=""), safe="") if parts.query else ""
    address = f"{parts.scheme.lower()}://{parts.netloc}{path}{query}"
    return Request("GET", READER_PATH + address, headers={"accept": "text/plain"})


def read_page(reply: Reply, url: str) -> Page:
    """Read a page, in either of the reader's forms: as text under a head, or as JSON.

    Args:
        reply: The response.
        url: The address that was asked for.

    Raises:
        ApiError: The body is an error, although the status is 200.
        MalformedReplyError: There is no page in it.
    """
    if reply.media_type == "application/json":
        raw = json_object(reply, WHAT)
        data = raw.get("data")
        page = _of_fields(data if isinstance(data, Mapping) else raw, url, reply)
    else:
        page = _of_text(reply.body.decode("utf-8", "replace").lstrip("\ufeff"), url, reply)
    if not page.text.strip() and not page.warning:
        raise malformed(WHAT, reply)
    return page


def _of_fields(data: Mapping[str, Any], url: str, reply: Reply) -> Page:
    return Page(
        url=text_or_none(data.get("url")) or url,
        title=text_or_none(data.get("title")) or "",
        text=text_or_none(data.get("content")) or text_or_none(data.get("text")) or "",
        published_at=text_or_none(data.get("publishedTime")),
        warning=text_or_none(data.get("warning")),
        request_id=reply.request_id,
    )


def _of_text(text: str, url: str, reply: Reply) -> Page:
    """Read the lines above the page; without them, all of it is the page."""
    head: dict[str, str] = {}
    rest = text
    while CONTENT not in head:
        line, _, behind = rest.partition("\n")
        found = HEAD.fullmatch(line.strip())
        if found is None and line.strip():
            break
        if found is not None:
            head.setdefault(found[1], found[2].strip())
        if not behind:
            rest = ""
            break
        rest = behind
    if "URL Source" not in head:
        head, rest = {}, text
    return Page(
        url=head.get("URL Source") or url,
        title=head.get("Title", ""),
        text=rest.strip("\n"),
        published_at=head.get("Published Time"),
        warning=head.get("Warning"),
        request_id=reply.request_id,
    )
