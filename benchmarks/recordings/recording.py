"""Recording: one reply of a chat/completions endpoint, as a repository keeps it."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Exchange:
    """A request and its reply, in whatever file they were found.

    Attributes:
        url: Where the request went; empty if the file does not say.
        method: How it was sent.
        asked_to_stream: Whether the request asked for a stream; None if the file does not say.
        status: The reply's HTTP status.
        media_type: The reply's media type, without parameters.
        encoding: The reply's Content-Encoding.
        body: The reply's body as the file has it, perhaps compressed.
        kind: What kind of file it was found in.
    """

    url: str
    method: str
    asked_to_stream: bool | None
    status: int
    media_type: str
    encoding: str
    body: bytes
    kind: str


@dataclass(frozen=True)
class Recording:
    """A reply to be put to the clients.

    Attributes:
        repository: The folder that it was found in, as `owner/name`.
        path: The file, in that folder.
        number: Which of the file's exchanges it is, from 1.
        kind: What kind of file it is.
        vendor: Whose endpoint answered.
        status: The HTTP status.
        stream: Whether the reply is a stream.
        gzipped: Whether `body` is as it was compressed for the wire.
        body: The bytes to send.
    """

    repository: str
    path: str
    number: int
    kind: str
    vendor: str
    status: int
    stream: bool
    gzipped: bool
    body: bytes

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {**asdict(self), "body": base64.b64encode(self.body).decode()}


def from_json(values: dict[str, Any]) -> Recording:
    """Return the recording that `as_json` wrote."""
    return Recording(**{**values, "body": base64.b64decode(values["body"])})
