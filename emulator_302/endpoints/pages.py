"""Pages of the emulator's own small web as Markdown, as Jina's reader writes them.

The address is found in the path as the gateway finds it: decoded once there, where a `?` cuts off
what follows, and once more by the reader. So a query arrives only if it was encoded twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from emulator_302.endpoints.search import page_at
from emulator_302.http.billing import Ledger
from emulator_302.http.fields import wrong
from emulator_302.http.refusals import Refusal, request_id

PATH = "/jina/reader/"
PRICE = 0.001  # PTC; invented


@dataclass(frozen=True)
class PageEndpoint:
    """The endpoint."""

    ledger: Ledger

    async def read(self, request: Request, _: Any) -> Response:
        """Answer `GET /jina/reader/<address>`."""
        raw = bytes(request.scope["raw_path"]).decode("ascii", "replace")
        at_gateway = unquote(raw.partition(PATH)[2]).partition("?")[0]
        address = unquote(at_gateway)
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise wrong("the path must end with an http(s) address")
        found = page_at(f"{parts.scheme}://{parts.netloc}{parts.path}")
        if found is None:
            raise Refusal(422, -10001, f"Failed to load {address}: the emulator has no such page")
        self.ledger.charge(request_id(request), "jina-reader", PRICE)
        head = f"Title: {found.title}\n\nURL Source: {address}\n\nPublished Time: {found.date}\n\n"
        return PlainTextResponse(f"{head}Markdown Content:\n# {found.title}\n\n{found.text}\n")
