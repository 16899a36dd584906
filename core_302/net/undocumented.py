"""All that is asked of httpx and httpcore and that they do not document; it stands nowhere else.

`tests/core_302/net/test_undocumented.py` asks each of it of the versions that are
installed, and `make lowest` and `make newest` of the oldest and the newest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import httpcore
import httpx

Transport = TypeVar("Transport", httpx.HTTPTransport, httpx.AsyncHTTPTransport)


def change_pool(transport: Transport, change: Callable[[Any], Any]) -> None:
    """Put what `change` makes of a transport's pool in its place."""
    transport._pool = change(getattr(transport, "_pool", None))  # noqa: SLF001


def use_network(pool: Any, network: object) -> None:
    """Let the connections of one of httpcore's pools be made by `network`."""
    pool._network_backend = network  # noqa: SLF001


def has_left_over(connection: httpcore.HTTP11Connection | httpcore.AsyncHTTP11Connection) -> bool:
    """Tell whether a connection has read more than the response that it was asked for.

    It keeps those bytes, and reads the next response out of them.
    """
    left_over, _ = connection._h11_state.trailing_data  # noqa: SLF001
    return bool(left_over)


def connection_below(stream: Any) -> Any:
    """Return the connection that a response's body of one of httpcore's pools is read from."""
    return stream._stream._connection  # noqa: SLF001
