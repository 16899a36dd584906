"""What both shells share of httpx: the encoding of a request, the time limits, the errors.

No error of httpx leaves this project: `transport_errors` turns each into ours.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from core_302.config import Settings, Timeouts
from core_302.error_bodies import proxy_error
from core_302.errors import (
    AI302Error,
    CertificateError,
    ConnectionFailedError,
    ConnectionLostError,
    RequestTimeoutError,
)
from core_302.flow import Pause
from core_302.http import Fetch, FormPart, Reply, Request
from core_302.version import version_of

NOT_CONNECTED = (
    httpx.ConnectError,
    httpx.UnsupportedProtocol,
    socket.gaierror,
)
WAIT_LONGER = "If it may take longer, raise timeout=..."
# A UnicodeError is what a host's name becomes that no name can be, such as "a..b".
STRANGERS = (httpx.HTTPError, httpx.InvalidURL, socket.gaierror, UnicodeError)


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

    Only gzip is offered, because only gzip is unpacked here within a limit of bytes.
    """
    headers = {
        "accept": "text/event-stream" if request.stream else "application/json",
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
            "accept": "image/*",
            "accept-encoding": "identity",
            "user-agent": f"core-302/{version_of()}",
        },
        "extensions": extensions,
    }


def addresses_in(found: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
    """Return the IP addresses in what `getaddrinfo` found, in its order, each once."""
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class Clock:
    """The time limits of one call, as both shells keep them.

    httpx knows only how long one read may last, which any byte resets: a comment every second
    would keep a call alive for ever. So the shells ask this clock after every piece as well.
    """

    def __init__(self, settings: Settings) -> None:
        self._limits: Timeouts = settings.timeout
        self._last_content = 0.0
        self.start("total")

    def start(self, name: Literal["total", "job", "download"]) -> None:
        """Let the limit `name` count, from zero."""
        self._seconds: float = getattr(self._limits, name)
        self._end = time.monotonic() + self._seconds

    def limits(self, step: Request | Fetch) -> httpx.Timeout:
        """Return httpx's time limits of the next attempt, none longer than what is left."""
        left = max(self._end - time.monotonic(), 0.001)
        limits = self._limits
        return httpx.Timeout(
            connect=min(limits.connect, left),
            read=min(limits.first_byte, left) if step.stream else left,
            write=min(limits.write, left),
            pool=min(limits.pool, left),
        )

    def listen(self, response: httpx.Response) -> None:
        """Let the limit of silence count for a stream whose reply has begun.

        httpcore looks the limit of a read up twice: for the head of a reply, and for its body.
        """
        response.request.extensions["timeout"]["read"] = self._limits.silence

    def check_total(self) -> None:
        """Raise if the whole call has taken too long."""
        if time.monotonic() > self._end:
            raise RequestTimeoutError(f"No whole reply within {self._seconds:g} s. {WAIT_LONGER}")

    def check_pause(self, pause: Pause) -> None:
        """Raise the error that `pause` follows, if the call would be over before the pause is."""
        if time.monotonic() + pause.seconds >= self._end:
            raise pause.error

    def heard(self) -> None:
        """Say that the stream has brought content, or that its reply has begun."""
        self._last_content = time.monotonic()

    def check_silence(self) -> None:
        """Raise if the stream has brought no content for too long."""
        if time.monotonic() - self._last_content > self._limits.silence:
            silence = f"{self._limits.silence:g} s"
            raise RequestTimeoutError(f"The stream brought nothing for {silence}. {WAIT_LONGER}")


def opened(response: httpx.Response) -> Reply:
    """Return the reply whose body is still to be read from `response`."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, source=response)


class transport_errors:  # noqa: N801 - it is used like a function, as `contextlib.suppress` is
    """Turn every error of httpx into ours, with the original as its cause.

    A class, since each call enters it a few times: a generator costs five times as much.

    Args:
        address: Where the connection leads, so that the error can name its host.
    """

    __slots__ = ("_address",)

    def __init__(self, address: str = "") -> None:
        self._address = address

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> None:
        if isinstance(error, STRANGERS):
            raise _ours(error, urlsplit(self._address).hostname) from error


def _ours(error: Exception, host: str | None) -> AI302Error:
    to = f" to {host}" if host else ""
    words = f"{str(error) or 'no reason given'} ({type(error).__name__})."
    if isinstance(error, httpx.ProxyError):
        status = re.match(r"\d{3}\b", str(error))
        return proxy_error(int(status[0]) if status else None, words)
    if refused := _certificate_refused(error):
        return CertificateError(
            f"The server's certificate was not accepted: {refused}. Nothing was sent. If your "
            "network has a certificate authority of its own, name its file in SSL_CERT_FILE, or "
            "pass http_client=httpx.Client(verify=...). There is no switch to skip this check."
        )
    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout)):
        return ConnectionFailedError(f"No connection in time{to}: {words} {WAIT_LONGER}")
    if isinstance(error, NOT_CONNECTED):
        return ConnectionFailedError(f"No connection{to}: {words}")
    if isinstance(error, httpx.TimeoutException):
        return RequestTimeoutError(f"No reply in time: {words} {WAIT_LONGER}")
    if isinstance(error, (httpx.InvalidURL, UnicodeError)):
        return ConnectionFailedError(f"The address cannot be used: {words}")
    return ConnectionLostError(f"The connection broke: {words}")


def _certificate_refused(error: BaseException | None) -> str | None:
    """Return why a certificate was refused, if that is what `error` comes from."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message.rstrip(".")
        error = error.__cause__ or error.__context__  # httpcore raises "from None" on its way
    return None
