"""Every use of undocumented features of httpx; there are none elsewhere.

`tests/core_302/net/test_undocumented.py` checks each of them with the installed versions, `make
lowest` and `make newest` with the oldest and the newest.
"""

from __future__ import annotations

from typing import Any

import httpx


def set_pool(transport: httpx.HTTPTransport | httpx.AsyncHTTPTransport, pool: Any) -> None:
    """Let a transport send through `pool`, in place of one of httpcore's."""
    transport._pool = pool  # noqa: SLF001


def is_replaced(owner: type, method: str) -> bool:
    """Return whether a method of httpx or httpcore is another library's for the time being.

    respx puts its own in their place, `httpx.Client._transport_for_url` among them.
    """
    found = getattr(owner, method, None)
    return found is not None and found.__module__.partition(".")[0] not in ("httpx", "httpcore")
