"""The cache of answers: no page is paid for twice, by one run or by two at once.

A page is claimed before it is requested. A claim ends when the answer is kept, when its process
gives up or is gone, or when its lease expires. So a run that was stopped or killed continues where
it was.
"""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import threading
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from core_302.errors import ConfigurationError

LEASE = 900.0  # seconds: longer than a call can last with the default time limits
BUSY_WAIT = 60.0  # seconds that a process waits for another one's write

RUN = uuid.uuid4().hex
"""This process's own id: a restarted container has the same host name and process number."""

Claim = Literal["claimed", "busy"]


class ReadingCache(ABC):
    """Keeps answers under keys that cover everything that changes them."""

    @abstractmethod
    def claim(self, key: str) -> tuple[Claim, str | None]:
        """Return the answer if it is kept; else claim it, or report that another run has."""

    @abstractmethod
    def keep(self, key: str, answer: str) -> None:
        """Keep an answer, and end its claim."""

    @abstractmethod
    def release(self, key: str) -> None:
        """End a claim without an answer."""

    def close(self) -> None:  # noqa: B027 - not every cache has something to close
        """Let go of files."""


class KeyedCache(ReadingCache):
    """Any store of texts as a cache. Its claims hold within this object, not between processes.

    Args:
        get: Returns the text under a key, or None.
        put: Keeps a text under a key.
    """

    def __init__(self, get: Callable[[str], str | None], put: Callable[[str, str], object]) -> None:
        self._get, self._put = get, put
        self._claimed: set[str] = set()
        self._lock = threading.Lock()

    def claim(self, key: str) -> tuple[Claim, str | None]:
        """Return the answer if it is kept; else claim it, or report that another run has."""
        with self._lock:
            if key in self._claimed:
                return "busy", None
            answer = self._get(key)
            if answer is None:
                self._claimed.add(key)
            return "claimed", answer

    def keep(self, key: str, answer: str) -> None:
        """Keep an answer, and end its claim."""
        with self._lock:
            self._put(key, answer)
            self._claimed.discard(key)

    def release(self, key: str) -> None:
        """End a claim without an answer."""
        with self._lock:
            self._claimed.discard(key)


class SqliteCache(ReadingCache):
    """A SQLite file, safe for many threads and processes of one machine.

    Args:
        path: The file; it is made if it is missing.
        lease: Seconds after which the claim of another machine's process expires.

    Raises:
        ConfigurationError: The file cannot be opened, or is not a SQLite file.
    """

    def __init__(self, path: str | os.PathLike[str], *, lease: float = LEASE) -> None:
        self.path = Path(path).expanduser()
        self._lease = lease
        self._start()

    def _start(self) -> None:
        self._lock = threading.RLock()
        self._database: sqlite3.Connection | None = None
        self._process = 0

    def claim(self, key: str) -> tuple[Claim, str | None]:
        """Return the answer if it is kept; else claim it, or report that another run has."""
        with self._writing() as database:
            row = database.execute(
                "SELECT answer, host, process, run, until FROM readings WHERE key = ?", (key,)
            ).fetchone()
            if row is not None and row[0] is not None:
                return "claimed", row[0]
            if row is not None and _holds(*row[1:]):
                return "busy", None
            database.execute(
                "INSERT OR REPLACE INTO readings VALUES (?, NULL, ?, ?, ?, ?)",
                (key, socket.gethostname(), os.getpid(), RUN, time.time() + self._lease),
            )
            return "claimed", None

    def keep(self, key: str, answer: str) -> None:
        """Keep an answer, and end its claim."""
        with self._writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO readings VALUES (?, ?, NULL, NULL, NULL, NULL)",
                (key, answer),
            )

    def release(self, key: str) -> None:
        """End a claim without an answer."""
        with self._writing() as database:
            database.execute("DELETE FROM readings WHERE key = ? AND answer IS NULL", (key,))

    def close(self) -> None:
        """Close the file. The next use opens it again."""
        with self._lock:
            if self._database is not None and self._process == os.getpid():
                self._database.close()
            self._database = None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, during which no other process writes."""
        with self._lock:
            try:
                database = self._open()
                database.execute("BEGIN IMMEDIATE")
                try:
                    yield database
                finally:
                    database.execute("COMMIT")
            except (sqlite3.Error, OSError) as error:
                raise ConfigurationError(f"The cache {self.path} fails: {error}.") from error

    def _open(self) -> sqlite3.Connection:
        if self._database is not None and self._process == os.getpid():
            return self._database
        self.path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(
            self.path, timeout=BUSY_WAIT, isolation_level=None, check_same_thread=False
        )
        try:
            # Write-ahead: readers and a writer at once. A power failure loses at most the last
            # pages, which are then requested again.
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS readings (key TEXT PRIMARY KEY, answer TEXT, "
                "host TEXT, process INTEGER, run TEXT, until REAL) WITHOUT ROWID"
            )
        except sqlite3.Error:
            database.close()
            raise
        self._database, self._process = database, os.getpid()
        return database

    def __getstate__(self) -> dict[str, Any]:
        """A pickle carries the path; the other process opens the file itself."""
        return {"path": self.path, "_lease": self._lease}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    def __deepcopy__(self, memo: dict[int, Any]) -> SqliteCache:
        """A copy of a loader shares the file."""
        return self


def _holds(host: str, process: int, run: str, until: float) -> bool:
    """Return whether a claim counts: its lease runs, and its process is not known to be gone."""
    if time.time() > until:
        return False
    if host != socket.gethostname() or os.name == "nt":
        return True  # there is no way to check a process there
    if process == os.getpid():
        return run == RUN
    try:
        os.kill(process, 0)
    except OSError as error:
        return error.errno == errno.EPERM  # another user's lives; one not found does not
    return True
