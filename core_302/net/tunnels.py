"""Connections through a proxy: httpcore's own pools, whose responses end as ours do.

Bytes received beyond a response are looked for before httpcore learns that the response is over,
since it may then give the connection to the next caller at once.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpcore
import httpx

from core_302.net.asyncio_stream import AsyncioNetwork
from core_302.net.blocking_stream import BlockingNetwork
from core_302.net.connection_pool import ssl_context
from core_302.net.pool_state import IDLE_SECONDS
from core_302.net.undocumented import change_pool, connection_below, has_left_over, use_network

# Before, asyncio cannot encrypt what is encrypted, as https:// through an https:// proxy is. What
# such a connection holds back in httpcore's own network goes unnoticed.
TLS_IN_TLS = sys.version_info >= (3, 11)


def _limits(most: int) -> httpx.Limits:
    return httpx.Limits(
        max_connections=most, max_keepalive_connections=most, keepalive_expiry=IDLE_SECONDS
    )


class TunnelTransport(httpx.HTTPTransport):
    """Blocking connections through `proxy`, at most `most`."""

    def __init__(self, proxy: str, most: int) -> None:
        super().__init__(verify=ssl_context(), proxy=proxy, limits=_limits(most))
        change_pool(self, _Pool)


class AsyncTunnelTransport(httpx.AsyncHTTPTransport):
    """Asynchronous connections through `proxy`, at most `most`."""

    def __init__(self, proxy: str, most: int) -> None:
        super().__init__(verify=ssl_context(), proxy=proxy, limits=_limits(most))
        ours = TLS_IN_TLS or httpx.URL(proxy).scheme != "https"
        network = AsyncioNetwork() if ours else httpcore.AnyIOBackend()
        change_pool(self, lambda pool: _AsyncPool(pool, network))


class _Pool:
    def __init__(self, pool: Any) -> None:
        use_network(pool, BlockingNetwork())
        self._pool = pool

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        response: httpcore.Response = self._pool.handle_request(request)
        response.stream = _Body(response.stream)
        return response

    def close(self) -> None:
        self._pool.close()


class _Body:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._inner)

    def close(self) -> None:
        connection = connection_below(self._inner)
        if has_left_over(connection):
            connection.close()
        self._inner.close()


class _AsyncPool:
    def __init__(self, pool: Any, network: httpcore.AsyncNetworkBackend) -> None:
        use_network(pool, network)
        self._pool = pool

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        response: httpcore.Response = await self._pool.handle_async_request(request)
        response.stream = _AsyncBody(response.stream)
        return response

    async def aclose(self) -> None:
        await self._pool.aclose()


class _AsyncBody:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._inner)

    async def aclose(self) -> None:
        connection = connection_below(self._inner)
        if has_left_over(connection):
            await connection.aclose()
        await self._inner.aclose()
