"""Every use of undocumented features of httpx and httpcore; there are none elsewhere.

`tests/core_302/net/test_undocumented.py` checks each of them with the installed versions, `make
lowest` and `make newest` with the oldest and the newest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import httpcore
import httpx

Transport = TypeVar("Transport", httpx.HTTPTransport, httpx.AsyncHTTPTransport)


def change_pool(transport: Transport, change: Callable[[Any], Any]) -> None:
    """Replace a transport's pool by what `change` makes of it."""
    transport._pool = change(getattr(transport, "_pool", None))  # noqa: SLF001


def use_network(pool: Any, network: object) -> None:
    """Let the connections of one of httpcore's pools be made by `network`."""
    pool._network_backend = network  # noqa: SLF001


def has_left_over(connection: httpcore.HTTP11Connection | httpcore.AsyncHTTP11Connection) -> bool:
    """Return whether a connection has read more than the requested response.

    It keeps those bytes, and would read the next response from them.
    """
    left_over, _ = connection._h11_state.trailing_data  # noqa: SLF001
    return bool(left_over)


def connection_below(stream: Any) -> Any:
    """Return the connection that a response's body of one of httpcore's pools is read from."""
    return stream._stream._connection  # noqa: SLF001
