"""Who may speak to the emulator: those who call it by a name of this machine.

A web page may point a name of its own at 127.0.0.1 (DNS rebinding): the browser then takes the
emulator for a part of the page's site, and lets the page read the log. The `Host` header still has
the page's name, so that it is told apart. What scripts the emulator is JSON by its content type:
that, a page of another site may send only after it was allowed to (CORS), which it never is.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from emulator_302.http.refusals import Refusal, error_reply

MISDIRECTED = 421  # RFC 9110, 15.5.20
UNSUPPORTED_MEDIA_TYPE = 415
ANY = "*"
"""Among its names: it may be called by any, since it was made to be reached from elsewhere."""


class OwnHosts:
    """Refuses a request whose `Host` is no name of this machine.

    Args:
        app: Who answers the others.
        more: Further names that are its own.
    """

    def __init__(self, app: ASGIApp, more: Collection[str] = ()) -> None:
        self._app = app
        self._more = frozenset(name.lower() for name in more)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "http" and not self._is_own(Request(scope).headers.getlist("host")):
            refusal = error_reply(MISDIRECTED, -10003, "This emulator serves its own machine only")
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_own(self, given: list[str]) -> bool:
        try:
            (host,) = given
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        return bool({name, ANY} & self._more) or name.endswith(".localhost") or is_loopback(name)


def is_loopback(host: str) -> bool:
    """Return whether a host's name or address is that of this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_json(request: Request) -> None:
    """Check that a body calls itself JSON.

    Raises:
        Refusal: It does not.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refusal(
            UNSUPPORTED_MEDIA_TYPE, -10003, "Parameter error: send application/json, by its type"
        )
