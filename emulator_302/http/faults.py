"""Faults that a test or a user scripts for the next requests.

A fault is data, so that it can be sent over HTTP too (`POST /_emulator/faults`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request. Fields combine; a field that is not set changes nothing.

    Attributes:
        path: Only a request whose path starts with this takes the fault.
        status: Reply with this status instead.
        body: Reply with this body instead (an object is sent as JSON).
        headers: Headers to add.
        delay: Seconds to wait before anything is sent.
        cut_after: Send so many bytes of the body, then break the connection.
        stall_after: Send so many bytes of the body, then nothing more until the client leaves.
        drip: Seconds between the chunks of the body.
        chunk_size: Bytes in each chunk of the body.
        frames: The events of a stream, in place of the real ones.
        no_done: End a stream without `[DONE]`.
        no_finish: End a stream without a finish reason (and without `[DONE]`).
        bare_error_after: After so many events of a stream, send the error `body` as a line of bare
            JSON without `data:`, as the gateway does, and end.
    """

    path: str = "/"
    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut_after: int | None = None
    stall_after: int | None = None
    drip: float = 0.0
    chunk_size: int | None = None
    frames: tuple[str, ...] | None = None
    no_done: bool = False
    no_finish: bool = False
    bare_error_after: int | None = None

    @classmethod
    def error(
        cls, status: int, err_code: int, message: str, *, headers: Mapping[str, str] | None = None
    ) -> Fault:
        """An error in the gateway's own envelope."""
        return cls(status=status, body=envelope(err_code, message), headers=headers or {})

    @classmethod
    def ok_with_error(cls, err_code: int, message: str) -> Fault:
        """An error under HTTP 200."""
        return cls.error(200, err_code, message)

    @classmethod
    def stream_error(cls, after: int, err_code: int, message: str) -> Fault:
        """An error inside a stream, after so many events."""
        return cls(bare_error_after=after, body=envelope(err_code, message))

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Fault:
        """Read a fault that came over HTTP.

        Raises:
            ValueError: A field is not known.
        """
        unknown = set(given) - {entry.name for entry in fields(cls)}
        if unknown:
            raise ValueError(f"unknown fields of a fault: {', '.join(sorted(unknown))}")
        values = dict(given)
        if values.get("frames") is not None:
            values["frames"] = tuple(values["frames"])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Write the fault for sending over HTTP."""
        return asdict(self)


def envelope(err_code: int, message: str) -> dict[str, Any]:
    """Return the gateway's error body."""
    return {
        "error": {
            "err_code": err_code,
            "message": message,
            "message_cn": message,
            "message_jp": message,
            "type": "api_error",
        }
    }


def body_bytes(body: Any) -> bytes:
    """Return a scripted body as bytes."""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return json.dumps(body, ensure_ascii=False).encode()
