"""The end of a stream's body, read so that its connection can be used again.

After `[DONE]` nothing follows but the end of the body, and now and then a ping before it. A
connection whose end was not read has to be closed, and the next call must make another.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import httpx

from core_302.net.deadline import DRAIN_SECONDS, CallContext
from core_302.net.exceptions import HTTPCORE
from core_302.net.transports import LimitedBody

LAST_BYTES = 4096  # after `[DONE]`


def drain(response: httpx.Response, pieces: Iterator[bytes], context: CallContext) -> None:
    """Read the end of a stream's body after `[DONE]`, so that its connection can be used again.

    A server may hold the body open, and the user's own client checks no deadline during a read. So
    its connection is shut down if the end does not come at once; it is then lost, as it would be
    without this.
    """
    context.drain()
    if not isinstance(response.stream, LimitedBody):
        _read(pieces)
    elif network := response.extensions.get("network_stream"):
        connection = network.get_extra_info("socket")
        watch = threading.Timer(DRAIN_SECONDS, _shut_down, (connection,))
        watch.daemon = True
        watch.start()
        _read(pieces)
        watch.cancel()


async def drain_async(pieces: AsyncIterator[bytes], context: CallContext) -> None:
    """Do the same as `drain`."""
    context.drain()
    left = LAST_BYTES
    with suppress(httpx.HTTPError, *HTTPCORE):  # the answer is complete
        async for piece in pieces:
            left -= len(piece)
            if left < 0:
                return


def _read(pieces: Iterator[bytes]) -> None:
    left = LAST_BYTES
    with suppress(httpx.HTTPError, *HTTPCORE):  # the answer is complete
        for piece in pieces:
            left -= len(piece)
            if left < 0:
                return


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):  # the server was faster
        connection.shutdown(socket.SHUT_RDWR)
