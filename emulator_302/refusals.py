"""How the emulator says no: the gateway's envelope, and the key that every endpoint asks for."""

from __future__ import annotations

import uuid

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.faults import envelope

EMULATOR_KEY = "emulator-key"


def key_refused(request: Request) -> Response | None:
    """Return the refusal of a request without the emulator's key; None lets it pass."""
    given = request.headers.get("authorization", "")
    if not given:
        return error_reply(401, -10001, "Missing 302 API key")
    if given != f"Bearer {EMULATOR_KEY}":
        return error_reply(
            401, -10005, f"Credential expired. The emulator's key is {EMULATOR_KEY!r}"
        )
    return None


def error_reply(status: int, err_code: int, message: str) -> Response:
    """Return a refusal in the gateway's envelope."""
    return JSONResponse(envelope(err_code, message), status)


def new_id() -> str:
    """Return a new request id."""
    return f"emulator-{uuid.uuid4()}"
