"""A proxy that lets nothing through, and remembers who wanted to go where.

Each program is told to use it for all but this machine: telemetry, or weights from a hub, would
show here.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
HERE = "127.0.0.1,localhost"


class Elsewhere(socketserver.ThreadingTCPServer):
    """Refuses every request.

    Attributes:
        asked: The first line of each request, such as `CONNECT a.example:443 HTTP/1.1`.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Refused)
        self.asked: list[str] = []

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead programs here."""
        address = f"http://127.0.0.1:{self.server_address[1]}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        here = dict.fromkeys((*names, *map(str.lower, names)), address)
        return {**here, "NO_PROXY": HERE, "no_proxy": HERE}


class _Refused(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        first = self.rfile.readline(1_000).decode("latin-1").strip()
        if first and isinstance(self.server, Elsewhere):
            self.server.asked.append(first)
        self.wfile.write(REFUSED)


@contextmanager
def nothing_outside() -> Iterator[Elsewhere]:
    """Serve such a proxy on a free port."""
    with Elsewhere() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
