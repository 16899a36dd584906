"""Refusals: the gateway's error envelope, and the key that every endpoint requires."""

from __future__ import annotations

import re
import uuid

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.http.faults import envelope

EMULATOR_KEY = "emulator-key"
"""The key that the emulator accepts, alone or with `-NAME` after it. It is not a secret."""

SCOPE_NAME = r"[A-Za-z0-9_.-]{1,100}"
ACCEPTED = re.compile(rf"Bearer {EMULATOR_KEY}(?:-{SCOPE_NAME})?")


class Refusal(Exception):  # noqa: N818 - named after what the gateway does
    """The request is refused with this status and code."""

    def __init__(self, status: int, err_code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.err_code = err_code

    def reply(self) -> Response:
        """Return it as a reply."""
        return error_reply(self.status, self.err_code, str(self))


def key_refused(request: Request) -> Response | None:
    """Return the refusal of a request without the emulator's key; None lets it pass."""
    given = request.headers.get("authorization", "")
    if not given:
        return error_reply(401, -10001, "Missing 302 API key")
    if not ACCEPTED.fullmatch(given):
        message = f"Credential expired. The emulator's key is {EMULATOR_KEY!r}"
        return error_reply(401, -10005, message)
    return None


def key_leaked(request: Request) -> Response | None:
    """Return the refusal of a key that is shown to the file host; None lets a request pass."""
    if "authorization" not in request.headers:
        return None
    return error_reply(
        400, -10011, "The file host takes no key: send no Authorization header to it"
    )


def error_reply(status: int, err_code: int, message: str) -> Response:
    """Return a refusal in the gateway's envelope."""
    return JSONResponse(envelope(err_code, message), status)


def request_id(request: Request) -> str:
    """Return the id of a request, the same on every call."""
    made: str = request.scope.setdefault("request_id", f"emulator-{uuid.uuid4()}")
    return made
