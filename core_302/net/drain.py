"""The end of a stream's body, read so that its connection can be used again.

After `[DONE]` nothing follows but the end of the body. A connection whose end was not read has to
be closed, and the next call must make another.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import httpx

LAST_BYTES_SECONDS = 0.1  # what the end of a body may take after its last content


def drain(response: httpx.Response, pieces: Iterator[bytes]) -> None:
    """Read the end of a stream's body after `[DONE]`, so that its connection can be used again.

    A server may hold the body open after `[DONE]`, and a blocking read cannot be cancelled. So the
    connection is shut down if the end does not come at once; it is then lost, as it would be
    without this.
    """
    network = response.extensions.get("network_stream")
    if network is None:
        return  # the transport is the user's own
    connection = network.get_extra_info("socket")
    watch = threading.Timer(LAST_BYTES_SECONDS, _shut_down, (connection,))
    watch.daemon = True
    watch.start()
    try:
        next(pieces, None)
    except httpx.HTTPError:
        return  # the answer is complete; only its connection is lost
    finally:
        watch.cancel()


async def drain_async(pieces: AsyncIterator[bytes]) -> None:
    """Do the same as `drain`, where a read can be cancelled."""
    # Not `wait_for`: before Python 3.12 it forgets a cancellation if the read has just ended.
    reading = asyncio.ensure_future(anext(pieces, None))
    try:
        await asyncio.wait({reading}, timeout=LAST_BYTES_SECONDS)
    finally:
        reading.cancel()
        await asyncio.wait({reading})
    if not reading.cancelled():
        reading.exception()  # the answer is complete all the same


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):  # the server was faster
        connection.shutdown(socket.SHUT_RDWR)
