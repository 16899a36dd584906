"""Blocking network streams, as httpcore reads and writes them: its own, and one rule more."""

from __future__ import annotations

import ssl
from typing import Any

import httpcore


class BlockingStream(httpcore.NetworkStream):
    """One connection. No request begins while anything waits to be read that answers another.

    The rule is checked where the first byte of a request is written: an earlier check cannot know
    what arrives until then.
    """

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self._answered = False  # the next write begins another request

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return the received bytes; b"" at the end."""
        self._answered = True
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send `buffer`.

        Raises:
            httpcore.ConnectionNotAvailable: It begins a request, and something waits to be read.
        """
        if self._answered:
            if self._inner.get_extra_info("is_readable") or self._holds_back():
                raise httpcore.ConnectionNotAvailable
            self._answered = False
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> BlockingStream:
        """Return the same connection, encrypted."""
        return BlockingStream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore knows of the connection."""
        return self._inner.get_extra_info(info)

    def _holds_back(self) -> bool:
        """Return whether TLS inside TLS holds data to read that has left the socket already."""
        tls = self._inner.get_extra_info("ssl_object")
        if not isinstance(tls, ssl.SSLObject):
            return False  # TLS over a socket reads no more from it than was requested
        try:
            tls.read(1)
        except ssl.SSLError as error:
            return not isinstance(error, ssl.SSLWantReadError)
        return True


class BlockingNetwork(httpcore.SyncBackend):
    """Makes such connections."""

    def connect_tcp(self, *given: Any, **named: Any) -> BlockingStream:
        """Connect to a host, as httpcore does."""
        return BlockingStream(super().connect_tcp(*given, **named))
