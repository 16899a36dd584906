"""The inspector: one page, `/_emulator/`, that shows requests as chats and orders the next fault.

It opens nothing outside, and what programs sent is shown as text, never as HTML.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from emulator_302.http.control import ROOT, state_of
from emulator_302.http.log import LoggedRequest
from emulator_302.http.refusals import error_reply
from emulator_302.http.scopes import Scope, Scopes

SHOWN = 200  # requests: the newest ones
POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@lru_cache(maxsize=1)
def _html() -> str:
    return resources.files("emulator_302.http").joinpath("inspector.html").read_text("utf-8")


async def _page(request: Request) -> Response:
    del request
    nonce = secrets.token_urlsafe(16)
    headers = {"content-security-policy": POLICY.format(nonce=nonce), "cache-control": "no-store"}
    return HTMLResponse(_html().replace("NONCE", nonce), headers=headers)


def _stamp(scope: Scope, requests: Sequence[LoggedRequest]) -> str:
    """Return what changes with all that the page shows."""
    last = requests[-1].request_id if requests else ""
    ended = sum(one.seconds is not None for one in requests)
    return f"{len(requests)} {ended} {last} {len(scope.faults)} {scope.ledger.balance}"


def inspector_routes(scopes: Scopes) -> list[Route]:
    """Return the routes."""

    async def inspect(request: Request) -> Response:
        try:
            scope = scopes.named(request.query_params.get("scope", ""))
        except ValueError as error:
            return error_reply(400, -10003, f"Parameter error: {error}")
        requests = scope.log.requests()
        stamp = _stamp(scope, requests)
        if request.query_params.get("known") == stamp:
            return JSONResponse({"stamp": stamp})
        return JSONResponse(
            {
                "stamp": stamp,
                "scopes": [one.name for one in scopes],
                "state": state_of(scope),
                "faults": len(scope.faults),
                "total": len(requests),
                "requests": [one.to_json() for one in requests[-SHOWN:]],
            }
        )

    return [Route(f"{ROOT}/", _page), Route(f"{ROOT}/inspect", inspect)]
