"""Every use of undocumented features of httpx and httpcore; there are none elsewhere.

`tests/core_302/net/test_undocumented.py` checks each of them with the installed versions, `make
lowest` and `make newest` with the oldest and the newest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import h11
import httpcore
import httpx
from h11._readers import ChunkedReader

Transport = TypeVar("Transport", httpx.HTTPTransport, httpx.AsyncHTTPTransport)
HTTP11 = httpcore.HTTP11Connection | httpcore.AsyncHTTP11Connection


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


def network_of(connection: HTTP11) -> Any:
    """Return the network stream that a connection reads from."""
    return connection._network_stream  # noqa: SLF001


def take_unread(connection: HTTP11) -> bytes | None:
    """Take what was read behind the head of a response, if its body is chunked; else None."""
    state = connection._h11_state  # noqa: SLF001
    if not isinstance(state._reader, ChunkedReader):  # noqa: SLF001
        return None
    received = state._receive_buffer  # noqa: SLF001
    return bytes(received.maybe_extract_at_most(len(received)) or b"")


def give(connection: HTTP11, data: bytes) -> None:
    """Let a connection read `data`; b"" is the end.

    Raises:
        httpcore.RemoteProtocolError: It came too early.
    """
    with _in_httpcores_words():
        connection._h11_state.receive_data(data)  # noqa: SLF001


def body_parts(connection: HTTP11, parts: list[bytes]) -> bool:
    """Add to `parts` what a connection has read of a body, and return whether more is to come.

    Raises:
        httpcore.RemoteProtocolError: The server does not speak HTTP, or left too early.
    """
    with _in_httpcores_words():
        while isinstance(event := connection._h11_state.next_event(), h11.Data):  # noqa: SLF001
            parts.append(bytes(event.data))
    return event is h11.NEED_DATA


@contextmanager
def _in_httpcores_words() -> Iterator[None]:
    try:
        yield
    except h11.RemoteProtocolError as error:
        raise httpcore.RemoteProtocolError(str(error)) from error


def connection_below(stream: Any) -> Any:
    """Return the connection that a response's body of one of httpcore's pools is read from."""
    return stream._stream._connection  # noqa: SLF001
