"""Request, Fetch and Reply: the plain values that every module of the core exchanges.

They know no HTTP library, so that endpoints, retries and tests need none.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from core_302.errors import InvalidInputError

ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
LONG_TEXT = 64 * 1024  # characters
NOT_PLAIN = bytes(range(32)) + b'"\\'  # what JSON writes in other signs
MARK = uuid4().hex  # stands for a long text; unpredictable, so no text can contain it by intent
LARGEST_BODY = 32 * 1024 * 1024  # bytes of a response that is not a stream, decompressed
LARGEST_IMAGES = 256 * 1024 * 1024  # bytes of a response that carries images as base64


@dataclass(frozen=True)
class FormPart:
    """One part of a form: a text, or a file when it has a `filename`."""

    name: str
    content: str | bytes
    filename: str | None = None
    media_type: str | None = None


@dataclass(frozen=True)
class Request:
    """One call to the gateway, ready to be sent any number of times.

    Attributes:
        method: The HTTP method.
        path: The path below the base URL, with its leading slash (`/v1/chat/completions`).
        content: The encoded body, or None. Encoded once: every attempt sends the same bytes.
        form: The parts of a form, sent as `multipart/form-data` in place of `content`.
        query: Query parameters.
        headers: Headers beside the ones that every call has (the key, the content type).
        stream: True when the response is read as a stream.
        repeatable: False for a paid job: it is sent again only if the gateway surely did nothing.
        most_bytes: The longest response that is read, in bytes, decompressed.
        model: The model that is asked for, to name the call in a log; it is not sent from here.
        own_names: The caller's names of tools, by their names on the wire, where these differ.
        idempotency_key: The same for every attempt, another for every call: a gateway that supports
            it bills once. Whether 302.AI does is not documented, so that no retry relies on it.
    """

    method: str
    path: str
    content: bytes | None = field(default=None, repr=False)
    form: tuple[FormPart, ...] = field(default=(), repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: bool = False
    repeatable: bool = True
    most_bytes: int = LARGEST_BODY
    model: str = ""
    own_names: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = field(default_factory=lambda: str(uuid4()), compare=False)


@dataclass(frozen=True)
class Fetch:
    """One file to be read from a file host. The key never goes there.

    Attributes:
        url: The file's address.
        address: The IP address to connect to, which was checked; None leaves it to a proxy.
        most_bytes: The longest file that is read.
        accept: What its host is asked for; a strict one refuses (406) what is not among it.
    """

    url: str
    address: str | None
    most_bytes: int
    accept: str = "*/*"
    stream = False
    repeatable = True

    @property
    def host(self) -> str:
        """The file host's name, without user and password."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Reply:
    """A response, with header names in lower case.

    Attributes:
        status: The HTTP status.
        headers: The response's headers.
        body: The decoded body; empty while a stream is still to be read.
        source: The runner's open response when the request was a stream, else None.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)  # it may repeat the key
    source: Any = None

    @property
    def ok(self) -> bool:
        """True for a status of 2xx. The body can still be an error: `from_reply.error_in`."""
        return 200 <= self.status < 300

    @property
    def redirects(self) -> bool:
        """True for a status of 3xx."""
        return 300 <= self.status < 400

    @property
    def request_id(self) -> str | None:
        """The gateway's id of this call, by which `/dashboard/record` returns its cost."""
        return self.headers.get("request-id")

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty if none was sent."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def json_content(body: Mapping[str, Any]) -> bytes:
    """Encode `body` as JSON in UTF-8.

    Raises:
        InvalidInputError: The body holds something that JSON cannot: a Python object, NaN or
            infinity, a lone surrogate.
    """
    long: list[str] = []
    try:
        short = _without_long(body, long)
        text = ENCODER.encode(short)
        return _with_long(text, long) if long else text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            "The request contains text that is not valid Unicode (a lone surrogate): clean it "
            "with text.encode('utf-8', 'replace').decode() before sending."
        ) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"The request cannot be encoded as JSON: {error}.") from error


def _without_long(value: Any, long: list[str]) -> Any:
    """Return `value` with its long strings, such as images, moved into `long`.

    An image of 20 MB would be copied three times on its way through `json.dumps`.
    """
    if isinstance(value, str):
        if len(value) < LONG_TEXT or not _is_plain(value):
            return value
        long.append(value)
        return f"{MARK}{len(long) - 1}{MARK}"
    if isinstance(value, (dict, Mapping)):  # `dict` first: a check for `Mapping` is slow
        return {name: _without_long(item, long) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_long(item, long) for item in value]
    return value


def _is_plain(text: str) -> bool:
    """Return whether JSON encodes `text` unchanged. Slices are checked: other threads run between.

    `str.isprintable` takes ten times as long.
    """
    if not text.isascii():
        return False
    slices = (text[start : start + LONG_TEXT] for start in range(0, len(text), LONG_TEXT))
    return all(len(one.encode().translate(None, NOT_PLAIN)) == len(one) for one in slices)


def _with_long(text: str, long: list[str]) -> bytes:
    """Return the JSON `text` as bytes, with the long texts back in their places."""
    content = io.BytesIO()
    for place, part in enumerate(re.split(rf"{MARK}(\d+){MARK}", text)):
        whole = long[int(part)] if place % 2 else part
        for start in range(0, len(whole), LONG_TEXT):
            content.write(whole[start : start + LONG_TEXT].encode())
    return content.getvalue()
