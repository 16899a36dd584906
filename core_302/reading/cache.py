"""The cache of answers: no page is paid for twice, by one run or by two at once.

A page is claimed before it is requested. A claim ends when the answer is kept, when its owner gives
up or its process is gone, or when its lease expires. So a run that was stopped or killed continues
where it was.

Every write is one statement of SQLite, which is done or not done: whatever interrupts a program
between two lines of Python, no transaction stays open (docs/decisions/0029).
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
    def claim(self, key: str, owner: str) -> tuple[Claim, str | None]:
        """Return the answer if it is kept; else claim it, or report that another run has.

        Args:
            key: Of the answer.
            owner: Who claims it: a word that nobody else has.
        """

    @abstractmethod
    def keep(self, key: str, answer: str) -> None:
        """Keep an answer, and end its claim, whoever has it by now."""

    @abstractmethod
    def release(self, key: str, owner: str) -> None:
        """End a claim without an answer, if it is still this owner's."""

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
        self._owners: dict[str, str] = {}
        self._lock = threading.Lock()

    def claim(self, key: str, owner: str) -> tuple[Claim, str | None]:
        """Return the answer if it is kept; else claim it, or report that another run has."""
        with self._lock:
            if key in self._owners:
                return "busy", None
            answer = self._get(key)
            if answer is None:
                self._owners[key] = owner
            return "claimed", answer

    def keep(self, key: str, answer: str) -> None:
        """Keep an answer, and end its claim, whoever has it by now."""
        with self._lock:
            self._put(key, answer)
            self._owners.pop(key, None)

    def release(self, key: str, owner: str) -> None:
        """End a claim without an answer, if it is still this owner's."""
        with self._lock:
            if self._owners.get(key) == owner:
                del self._owners[key]


class SqliteCache(ReadingCache):
    """A SQLite file, safe for many threads and processes of one machine.

    Args:
        path: The file; it is made if it is missing.
        lease: Seconds after which a claim expires, by the clock of whoever finds it: however wrong
            the clock was that wrote it. The same for all who share the file.

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

    def claim(self, key: str, owner: str) -> tuple[Claim, str | None]:
        """Return the answer if it is kept; else claim it, or report that another run has."""
        mine = (socket.gethostname(), os.getpid(), f"{RUN}/{owner}", time.time() + self._lease)
        found = self._found(key)
        if found is None:
            changed = self._changed(
                "INSERT OR IGNORE INTO readings VALUES (?, NULL, ?, ?, ?, ?)", key, *mine
            )
            return ("claimed" if changed else "busy"), None
        answer, *claim = found
        if answer is not None:
            return "claimed", answer
        if self._holds(key, *claim):
            return "busy", None
        # Only if it is still the claim that was judged: somebody else may have been quicker.
        changed = self._changed(
            "UPDATE readings SET host = ?, process = ?, run = ?, until = ? "
            "WHERE key = ? AND answer IS NULL AND run IS ?",
            *mine,
            key,
            claim[2],
        )
        return ("claimed" if changed else "busy"), None

    def keep(self, key: str, answer: str) -> None:
        """Keep an answer, and end its claim, whoever has it by now."""
        self._changed(
            "INSERT OR REPLACE INTO readings VALUES (?, ?, NULL, NULL, NULL, NULL)", key, answer
        )

    def release(self, key: str, owner: str) -> None:
        """End a claim without an answer, if it is still this owner's."""
        self._changed(
            "DELETE FROM readings WHERE key = ? AND answer IS NULL AND run = ?",
            key,
            f"{RUN}/{owner}",
        )

    def close(self) -> None:
        """Close the file. The next use opens it again."""
        with self._lock:
            if self._database is not None and self._process == os.getpid():
                self._database.close()
            self._database = None

    def _holds(self, key: str, host: str, process: int, run: str, until: float) -> bool:
        """Tell whether a claim counts: its lease runs, and its process is not known to be gone."""
        now = time.time()
        if now > until or not _may_live(host, process, run):
            return False
        if until > now + self._lease:  # of a clock ahead of this one, which ends it by its own
            self._changed(
                "UPDATE readings SET until = ? WHERE key = ? AND answer IS NULL AND run IS ?",
                now + self._lease,
                key,
                run,
            )
        return True

    def _found(self, key: str) -> tuple[Any, ...] | None:
        statement = "SELECT answer, host, process, run, until FROM readings WHERE key = ?"
        with self._lock, self._named():
            # In one breath: a cursor that somebody holds on to keeps the file as it was then.
            rows = self._open().execute(statement, (key,)).fetchall()
        return rows[0] if rows else None

    def _changed(self, statement: str, *values: Any) -> bool:
        """Run one statement that writes; tell whether it changed anything."""
        with self._lock, self._named():
            return self._open().execute(statement, values).rowcount > 0

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Make errors of the file ours."""
        try:
            yield
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


def _may_live(host: str, process: int, run: str) -> bool:
    """Return whether the process of a claim may still be there: it is not known to be gone."""
    if host != socket.gethostname() or os.name == "nt":
        return True  # there is no way to check a process there
    if process == os.getpid():
        return run.partition("/")[0] == RUN
    try:
        os.kill(process, 0)
    except OSError as error:
        return error.errno == errno.EPERM  # another user's lives; one not found does not
    return True
