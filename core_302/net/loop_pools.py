"""The connection pools of an asynchronous client: connections belong to an event loop.

So there is one set of them for each loop, which is closed when its loop is, or when the client is
collected.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator

from core_302.errors import ConfigurationError
from core_302.net.proxies import any_proxy
from core_302.net.transports import AsyncPooledTransport


class LoopPools:
    """The pools of each event loop, made when a loop first needs them.

    Args:
        most: The most connections in one loop.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._pools: dict[
            asyncio.AbstractEventLoop,
            tuple[AsyncPooledTransport, AsyncGenerator[None, None]],
        ] = {}

    async def of_this_loop(self) -> AsyncPooledTransport:
        """Return the pools of the running loop.

        Raises:
            ConfigurationError: The running loop is not asyncio's.
        """
        loop = running_loop()
        if (mine := self._pools.get(loop)) is not None:
            return mine[0]
        own = AsyncPooledTransport(self._most, proxied=any_proxy())
        guard = _closed_with_its_loop(own)
        with self._lock:
            for ended in [known for known in self._pools if known.is_closed()]:
                del self._pools[ended]
            self._pools[loop] = (own, guard)
        await anext(guard)  # never waits: it registers the guard with the loop
        return own

    async def aclose(self) -> None:
        """Close the pools of the running loop, and drop those of the others.

        Raises:
            ConfigurationError: The running loop is not asyncio's.
        """
        with self._lock:
            mine = self._pools.pop(running_loop(), None)
            self._pools.clear()
        if mine is not None:
            await mine[1].aclose()


def running_loop() -> asyncio.AbstractEventLoop:
    """Return the loop that awaits this.

    Raises:
        ConfigurationError: It is not asyncio's.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError(
            "Awaited calls run in asyncio only, not in trio or another library's event loop: use "
            "asyncio.run(...), or the blocking client in a thread."
        ) from None


async def _closed_with_its_loop(
    own: AsyncPooledTransport,
) -> AsyncGenerator[None, None]:
    """Close `own` when its loop shuts down, or when nobody holds this generator any more.

    An event loop knows its open asynchronous generators (PEP 525): `asyncio.run` closes them before
    the loop, and a collected one is closed in its loop. No `__del__` is needed, and no foreign
    loop is touched.
    """
    try:
        yield
    finally:
        await own.aclose()
