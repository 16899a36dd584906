"""A request as httpx is to send it: address, headers, body; and its response as ours.

The key goes into the header here, and nowhere else.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import httpx

from core_302.config import Settings
from core_302.http import Fetch, FormPart, Reply, Request
from core_302.version import version_of


def message_of(step: Request | Fetch, settings: Settings) -> dict[str, Any]:
    """Return what httpx is to send for `step`, as arguments of its `build_request`."""
    return _fetch(step) if isinstance(step, Fetch) else _request(step, settings)


def _request(request: Request, settings: Settings) -> dict[str, Any]:
    query = {**settings.default_query, **request.query}
    return {
        "method": request.method,
        "url": _url(settings.base_url + request.path, tuple(query.items())),
        "headers": _headers(request, settings),
        "content": request.content,
        "files": [_part(part) for part in request.form] or None,
    }


@lru_cache(maxsize=256)
def _url(address: str, query: tuple[tuple[str, str], ...]) -> httpx.URL:
    """Return a parsed address; most calls go to the same few."""
    url = httpx.URL(address)
    return url.copy_merge_params(dict(query)) if query else url


def _headers(request: Request, settings: Settings) -> dict[str, str]:
    """Return the headers of `request`, the key among them.

    Only gzip is accepted, because only gzip is decompressed here within a limit of bytes. `Accept`
    is what the pages of the 302.AI API Document require of chat, streams too: "application/json".
    """
    headers = {
        "accept": "application/json",
        "accept-encoding": "gzip",
        "user-agent": f"core-302/{version_of()}",
        "idempotency-key": request.idempotency_key,
        **{name.lower(): value for name, value in settings.default_headers.items()},
        **request.headers,
        "authorization": f"Bearer {settings.with_key().api_key}",
    }
    if request.content is not None:
        headers.setdefault("content-type", "application/json")
    return headers


def _part(part: FormPart) -> tuple[str, tuple[str | None, str | bytes, str | None]]:
    return part.name, (part.filename, part.content, part.media_type)


def _fetch(fetch: Fetch) -> dict[str, Any]:
    """Return the request of a file: to the checked address, without the key.

    The name stands in the `Host` header and is what the certificate must be for.
    """
    url = httpx.URL(fetch.url)
    host = url.netloc.decode("ascii").rpartition("@")[2]
    extensions = {"sni_hostname": url.raw_host.decode("ascii")} if fetch.address else None
    return {
        "method": "GET",
        "url": url.copy_with(host=fetch.address) if fetch.address else url,
        "headers": {
            "host": host,
            "accept": fetch.accept,
            "accept-encoding": "identity",
            "user-agent": f"core-302/{version_of()}",
        },
        "extensions": extensions,
    }


def opened(response: httpx.Response) -> Reply:
    """Return `response` as a `Reply` whose body is still to be read."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, source=response)
