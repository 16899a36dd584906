"""A TCP or TLS connection of a blocking client, as httpcore reads and writes one."""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import Any

import httpcore

LONG = 16 * 1024  # bytes of a request that are not held back for what follows
NETWORK = httpcore.SyncBackend()


def connect(
    host: str, port: int, tls: ssl.SSLContext | None, name: str, seconds: float
) -> BlockingStream:
    """Connect to a host.

    Args:
        host: Its name or IP address.
        port: Its port.
        tls: What to encrypt with, or None.
        name: Whom the certificate must be for.
        seconds: How long each of the two steps may take, the connection and the handshake.

    Raises:
        httpcore.ConnectTimeout: It took longer.
        httpcore.ConnectError: There is no such host, it refuses, or its certificate is not right.
    """
    stream = NETWORK.connect_tcp(host, port, timeout=seconds)
    return BlockingStream(stream.start_tls(tls, name, timeout=seconds) if tls else stream)


class BlockingStream(httpcore.NetworkStream):
    """httpcore's own stream, but for this: a request's head leaves together with its body."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self._unsent = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what comes; b"" at the end.

        Raises:
            httpcore.ReadTimeout: Nothing came for `timeout` seconds.
            httpcore.ReadError: The connection broke.
        """
        if self._unsent:
            with suppress(httpcore.WriteError):  # the server may have answered all the same
                self._send(timeout)
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send `buffer`: at once if it is long, with what follows it otherwise.

        The head of a request and a short body leave together: one packet, and one call of the
        system, in place of two.

        Raises:
            httpcore.WriteTimeout: The server took nothing for `timeout` seconds.
            httpcore.WriteError: The connection broke.
        """
        self._unsent += buffer
        if len(self._unsent) >= LONG:
            self._send(timeout)

    def close(self) -> None:
        """Close at once: whatever is unsent is of no use to anybody."""
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore knows of the connection."""
        return self._inner.get_extra_info(info)

    def _send(self, timeout: float | None) -> None:
        unsent, self._unsent = self._unsent, bytearray()
        self._inner.write(bytes(unsent), timeout)
