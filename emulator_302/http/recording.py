"""The log of requests: each as it arrived, and what became of it.

Headers stay as they were sent while they are in memory; over HTTP the key is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from emulator_302.http.forms import shown


@dataclass
class Recorded:
    """One request as it arrived, and what became of it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    size: int
    status: int = 0

    def shown(self) -> dict[str, Any]:
        """Return it for sending over HTTP, without the key."""
        headers = {k: "***" if k == "authorization" else v for k, v in self.headers.items()}
        return {**vars(self), "headers": headers}


def recorded(request: Request, body: Any, size: int) -> Recorded:
    """Return the record of a request that has just arrived."""
    return Recorded(
        request.method,
        request.url.path,
        dict(request.query_params),
        dict(request.headers),
        shown(body),
        size,
    )
