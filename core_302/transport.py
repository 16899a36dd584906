"""What both shells share of httpx: the pools, the encoding of a request, the time limits.

No error of httpx leaves this project: `transport_errors` turns each into ours.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Generic, Literal, TypeVar

import httpx

from core_302.config import Settings, Timeouts
from core_302.errors import (
    ConnectionFailedError,
    ConnectionLostError,
    RequestTimeoutError,
)
from core_302.flow import Pause
from core_302.http import Fetch, FormPart, Reply, Request

CONNECTIONS_PER_POOL = 4
IDLE_SECONDS = 30.0  # how long an unused connection is kept


@lru_cache(maxsize=1)
def package_version() -> str:
    """Return this distribution's version."""
    try:
        return version("ai302")
    except PackageNotFoundError:  # pragma: no cover - a source tree that was not installed
        return "0+unknown"


@lru_cache(maxsize=1)
def ssl_context() -> ssl.SSLContext:
    """Return the one SSL context of the process: building one takes 25 to 50 ms."""
    return httpx.create_ssl_context()


Pool = TypeVar("Pool")


class Dealer(Generic[Pool]):
    """Deals requests to many small pools of connections.

    httpx's single pool looks at all its connections for each request, so that n calls at once cost
    n squared. Small pools, handed out last-used first, cost the same for every call and reuse one
    connection when calls come one after another.
    """

    def __init__(self, make: Callable[[int], Pool], most_connections: int) -> None:
        self._make = make
        self._free: list[Pool] = []  # one entry for each connection that a pool may still open
        self._to_make = most_connections
        self._pools: list[Pool] = []
        self._next = 0
        self._lock = threading.Lock()

    def take(self) -> Pool:
        """Return the pool for one request; `give_back` it when the reply is closed."""
        with self._lock:
            if self._free:
                return self._free.pop()
            if self._to_make:
                size = min(CONNECTIONS_PER_POOL, self._to_make)
                self._to_make -= size
                pool = self._make(size)
                self._pools.append(pool)
                self._free += [pool] * (size - 1)
                return pool
            self._next += 1  # all are busy: wait in one of their queues
            return self._pools[self._next % len(self._pools)]

    def give_back(self, pool: Pool) -> None:
        """Say that a request that took `pool` has ended."""
        with self._lock:
            self._free.append(pool)

    def pools(self) -> list[Pool]:
        """Return every pool, to close them."""
        with self._lock:
            return list(self._pools)


class _ReleasingStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A reply's stream that gives its pool back when it is closed."""

    def __init__(self, inner: Any, release: Callable[[], None]) -> None:
        self._inner = inner
        self._release: Callable[[], None] | None = release

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._inner)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._inner)

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            self._give_back()

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            self._give_back()

    def _give_back(self) -> None:
        if self._release is not None:
            release, self._release = self._release, None
            release()


def _limits(size: int) -> httpx.Limits:
    return httpx.Limits(
        max_connections=size, max_keepalive_connections=size, keepalive_expiry=IDLE_SECONDS
    )


class PooledTransport(httpx.BaseTransport):
    """Blocking transport over many small pools."""

    def __init__(self, most_connections: int) -> None:
        self._dealer = Dealer(
            lambda size: httpx.HTTPTransport(verify=ssl_context(), limits=_limits(size)),
            most_connections,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` through one of the pools."""
        pool = self._dealer.take()
        try:
            response = pool.handle_request(request)
        except BaseException:
            self._dealer.give_back(pool)
            raise
        response.stream = _ReleasingStream(response.stream, lambda: self._dealer.give_back(pool))
        return response

    def close(self) -> None:
        """Close every connection."""
        for pool in self._dealer.pools():
            pool.close()


class AsyncPooledTransport(httpx.AsyncBaseTransport):
    """Asynchronous transport over many small pools."""

    def __init__(self, most_connections: int) -> None:
        self._dealer = Dealer(
            lambda size: httpx.AsyncHTTPTransport(verify=ssl_context(), limits=_limits(size)),
            most_connections,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` through one of the pools."""
        pool = self._dealer.take()
        try:
            response = await pool.handle_async_request(request)
        except BaseException:
            self._dealer.give_back(pool)
            raise
        response.stream = _ReleasingStream(response.stream, lambda: self._dealer.give_back(pool))
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._dealer.pools():
            await pool.aclose()


def behind_proxy() -> bool:
    """Tell whether the environment names a proxy. Then httpx's own pool is used, which obeys it."""
    return bool(urllib.request.getproxies())


def no_cookies() -> CookieJar:
    """Return a jar that takes no cookie: calls with different keys must not share a session."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def message_of(step: Request | Fetch, settings: Settings) -> dict[str, Any]:
    """Return what httpx is to send for `step`, as arguments of its `build_request`."""
    return _fetch(step) if isinstance(step, Fetch) else _request(step, settings)


def _request(request: Request, settings: Settings) -> dict[str, Any]:
    url = httpx.URL(settings.base_url + request.path)
    query = {**settings.default_query, **request.query}
    return {
        "method": request.method,
        "url": url.copy_merge_params(query) if query else url,
        "headers": _headers(request, settings),
        "content": request.content,
        "files": [_part(part) for part in request.form] or None,
    }


def _headers(request: Request, settings: Settings) -> dict[str, str]:
    """Return the headers of `request`, the key among them.

    Only gzip is offered, because only gzip is unpacked here within a limit of bytes.
    """
    headers = {
        "accept": "text/event-stream" if request.stream else "application/json",
        "accept-encoding": "gzip",
        "user-agent": f"ai302-python/{package_version()}",
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
            "user-agent": f"ai302-python/{package_version()}",
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
            read=min(limits.silence, left) if step.stream else left,
            write=min(limits.write, left),
            pool=min(limits.pool, left),
        )

    def check_total(self) -> None:
        """Raise if the whole call has taken too long."""
        if time.monotonic() > self._end:
            raise RequestTimeoutError(f"No whole reply within {self._seconds:g} s.")

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
            raise RequestTimeoutError(f"The stream brought nothing for {self._limits.silence:g} s.")


def opened(response: httpx.Response) -> Reply:
    """Return the reply whose body is still to be read from `response`."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, source=response)


@contextmanager
def transport_errors() -> Iterator[None]:
    """Turn every error of httpx into ours, with the original as its cause."""
    try:
        yield
    except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise ConnectionFailedError(f"No connection in time: {_words(error)}") from error
    except (httpx.ConnectError, socket.gaierror) as error:
        raise ConnectionFailedError(f"No connection: {_words(error)}") from error
    except httpx.TimeoutException as error:
        raise RequestTimeoutError(f"No reply in time: {_words(error)}") from error
    except (httpx.ProxyError, httpx.UnsupportedProtocol) as error:
        raise ConnectionFailedError(f"No connection: {_words(error)}") from error
    except httpx.InvalidURL as error:
        raise ConnectionFailedError(f"The address cannot be used: {_words(error)}") from error
    except httpx.HTTPError as error:
        raise ConnectionLostError(f"The connection broke: {_words(error)}") from error


def _words(error: Exception) -> str:
    return f"{str(error) or 'no reason given'} ({type(error).__name__})."
