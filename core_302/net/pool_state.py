"""The state of a connection pool: who may have a connection, and which are idle (keep-alive).

No I/O: `connection_pool.py` opens, uses and closes the connections that this selects.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

IDLE_SECONDS = 30.0  # how long an idle connection is kept


Connection = TypeVar("Connection", bound=Hashable)


class PoolState(Generic[Connection]):
    """At most `most` connections, the last-used handed out first; safe for threads.

    Whatever is done costs the same for one connection as for thousands: a pool that looks at all
    its connections for each call, as httpcore's does, makes n calls at once cost n squared.

    Args:
        most: How many connections there may be, idle ones included.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._busy = 0  # slots in use; some are only connecting
        self._waiting: deque[Future[None]] = deque()
        self._in_use: set[Connection] = set()
        self._idle: dict[Hashable, deque[Connection]] = {}
        self._since: OrderedDict[Connection, tuple[Hashable, float]] = OrderedDict()
        self._closed = False
        # Reentrant: an abandoned stream is closed by the garbage collector, which
        # may run inside of any of these methods.
        self._lock = threading.RLock()

    @property
    def busy(self) -> int:
        """How many slots are in use."""
        return self._busy

    def acquire(self) -> Future[None] | None:
        """Acquire a slot. Returns what to wait for if none is free; see `cancel`."""
        with self._lock:
            if self._busy < self._most:
                self._busy += 1
                return None
            ticket: Future[None] = Future()
            self._waiting.append(ticket)
            return ticket

    def cancel(self, ticket: Future[None]) -> None:
        """Wait no longer for `ticket`; a slot that it got at the last moment is released."""
        if not ticket.cancel():
            self.release()

    def release(self) -> None:
        """Release a slot, to whoever has waited longest."""
        with self._lock:
            while self._waiting:
                ticket = self._waiting.popleft()
                if ticket.set_running_or_notify_cancel():
                    ticket.set_result(None)
                    return
            self._busy -= 1

    def checkout(self, key: Hashable) -> tuple[Connection | None, list[Connection]]:
        """Return the last-used connection for `key`, if there is one, and those to be closed now.

        To be closed are those that were idle for too long, or that leave no room for a new one.
        """
        with self._lock:
            expired: list[Connection] = []
            latest = time.monotonic() - IDLE_SECONDS
            while self._since and next(iter(self._since.values()))[1] < latest:
                expired.append(self._oldest())
            if key in self._idle:
                connection = self._newest(key)
                self._in_use.add(connection)
                return connection, expired
            if self._busy + len(self._since) > self._most:
                expired.append(self._oldest())
            return None, expired

    def opened(self, connection: Connection) -> None:
        """Register a new connection, which is in use."""
        with self._lock:
            self._in_use.add(connection)

    def checkin(self, key: Hashable, connection: Connection, *, whole: bool) -> bool:
        """End the use of a connection. Returns False if it is to be closed.

        Args:
            key: Where it leads.
            connection: The connection.
            whole: Whether it can be used again.
        """
        with self._lock:
            self._in_use.discard(connection)
            if self._closed or not whole:
                return False
            self._idle.setdefault(key, deque()).append(connection)
            self._since[connection] = (key, time.monotonic())
            return True

    def close(self) -> list[Connection]:
        """Return every connection, to close them; none is kept from now on."""
        with self._lock:
            self._closed = True
            everything = [*self._since, *self._in_use]
            self._since.clear()
            self._idle.clear()
            self._in_use.clear()
            return everything

    def _newest(self, key: Hashable) -> Connection:
        connection = self._idle[key].pop()
        del self._since[connection]
        self._tidy(key)
        return connection

    def _oldest(self) -> Connection:
        connection, (key, _) = self._since.popitem(last=False)
        self._idle[key].popleft()  # the oldest of all is the oldest of its key
        self._tidy(key)
        return connection

    def _tidy(self, key: Hashable) -> None:
        if not self._idle[key]:
            del self._idle[key]
