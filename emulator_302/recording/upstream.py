"""Asks the gateway, and returns what came with the time of each event of a stream.

Only the gateway itself gets the key: redirects are not followed, a file host gets no header of it.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 600.0  # until a gateway that says nothing is given up
PIECE = 65_536
ENDS = (b"\n\n", b"\r\n\r\n")


@dataclass(frozen=True)
class Came:
    """What a gateway answered.

    Attributes:
        status: The HTTP status.
        headers: The headers, their names in lower case.
        content: The body.
        frames: The events of a stream, each with the seconds from the request until it came.
        seconds: From the request until the headers came.
        broken: Whether the body ended before its end.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    frames: tuple[tuple[float, bytes], ...]
    seconds: float
    broken: bool


def ask(method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> Came:
    """Send one request.

    Raises:
        OSError: The gateway could not be asked.
        http.client.HTTPException: What it said is not HTTP.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        began = time.monotonic()
        connection.request(method, target, content, {**headers, "accept-encoding": "identity"})
        reply = connection.getresponse()
        seconds = time.monotonic() - began
        found = {name.lower(): value for name, value in reply.getheaders()}
        streams = "event-stream" in found.get("content-type", "")
        body, frames, broken = _read(reply, began, streams=streams)
        return Came(reply.status, found, body, frames, seconds, broken)
    finally:
        connection.close()


def _read(
    reply: http.client.HTTPResponse, began: float, *, streams: bool
) -> tuple[bytes, tuple[tuple[float, bytes], ...], bool]:
    pieces, left, frames, broken = [], b"", [], False
    try:
        while piece := reply.read1(PIECE):
            pieces.append(piece)
            left += piece if streams else b""
            at = time.monotonic() - began
            while end := _end_of_frame(left):
                frames.append((at, left[:end]))
                left = left[end:]
    except (http.client.HTTPException, OSError):
        broken = True
    whole = b"".join(pieces)
    declared = reply.getheader("content-length", "")
    broken = broken or (declared.isdigit() and len(whole) < int(declared))
    if left:
        frames.append((time.monotonic() - began, left))
    return whole, tuple(frames), broken


def _end_of_frame(text: bytes) -> int:
    """Return where the first event ends; 0 if it has not ended."""
    found = [text.index(end) + len(end) for end in ENDS if end in text]
    return min(found, default=0)
