"""Refusals: the gateway's error envelope, and the key that every endpoint requires."""

from __future__ import annotations

import re
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

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


class UnknownField(Refusal):
    """A request has a field that no page of 302.AI describes."""

    def __init__(self, status: int, name: str) -> None:
        super().__init__(status, -10003, f"Parameter error: unknown field {name!r}")
        self.name = name


def no_model(name: str) -> tuple[int, int, str]:
    """Return the status, the code and the words of 302.AI for a model that it does not have."""
    return 503, -10008, f"No available models currently: {name}"


class UnknownModel(Refusal):
    """There is no such model here.

    Attributes:
        instead: A model that does the same work.
    """

    def __init__(self, name: str, instead: str) -> None:
        super().__init__(*no_model(name))
        self.name, self.instead = name, instead


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


def error_reply(status: int, err_code: int, message: str) -> Response:
    """Return a refusal in the gateway's envelope."""
    return JSONResponse(envelope(err_code, message), status)


def request_id(request: Request) -> str:
    """Return the id of a request, the same on every call."""
    made: str = request.scope.setdefault("request_id", f"emulator-{uuid.uuid4()}")
    return made
