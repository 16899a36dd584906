"""Who may use the page, and what the page may open: this machine's browser, and this machine.

The page spends the money of whoever started it. So it listens on 127.0.0.1 only, answers no other
website that the same browser has open, and its browser opens nothing outside, whatever an answer
of a model holds.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")
# Gradio's page is written with inline scripts and styles; nothing else than this server is asked.
RULES = (
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' data: blob:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
HEADERS = {
    "content-security-policy": "; ".join(RULES),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class OnlyThisMachine:
    """Refuses what another website sends, and tells the browser to open nothing outside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        assert scope["type"] == "http", "Gradio opens no web socket"
        if not _is_own(HTTPConnection(scope)):
            refusal = PlainTextResponse("This page answers its own machine only.", 403)
            await refusal(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_own(request: HTTPConnection) -> bool:
    """Tell whether a request is this page's own, by the host it names and where it comes from."""
    host = request.headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in HOSTS:
        return False  # a name of somebody else's that leads here
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host
