"""Pace: when a task that finds all it needs without waiting lets the event loop's others run.

A stream that has come faster than it is read never waits, so that nothing else would run until its
end: no other stream, and no word that a web client has left.
"""

from __future__ import annotations

import time

LONGEST_HOLD = 0.005  # seconds
# asyncio logs every write to a connection that is gone from the fifth on, unless its loop runs:
# https://github.com/python/cpython/blob/3.11/Lib/asyncio/constants.py
MOST_CHUNKS = 4
REAL_WAIT = 0.001  # seconds; who waits so long has let the loop run


class Pace:
    """Knows how long a task has held the loop. Tell it after each wait, and ask it often."""

    def __init__(self) -> None:
        self._seen = self._since = time.monotonic()
        self._steps = 0

    def goes_on(self) -> None:
        """Say that what was waited for has come; it may have been there already."""
        now = time.monotonic()
        if now - self._seen > REAL_WAIT:
            self._since, self._steps = now, 0
        self._seen = now

    def is_due(self) -> bool:
        """Tell whether the loop must be let run now, and take it that it is."""
        self._steps += 1
        now = self._seen = time.monotonic()
        if self._steps < MOST_CHUNKS and now - self._since < LONGEST_HOLD:
            return False
        self._since, self._steps = now, 0
        return True
