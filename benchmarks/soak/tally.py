"""What became of each call: counted, and for paid images written down by name.

It keeps numbers only, and no more of them as time goes by: its own memory must not be what the
soak measures. Names go to a file.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core_302 import AI302Error

FEW = 20  # failures that are told in full


class WrongAnswerError(Exception):
    """The answer is not the one that was asked for: somebody else's, or spoiled."""


class Tally:
    """Counts from many threads, and the fates of images: `delivered`, `maybe` or `no`."""

    def __init__(self, fates: Path) -> None:
        self.begun: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.strangers: list[str] = []
        self._fates = fates
        self._lock = threading.Lock()

    @contextmanager
    def call(self, kind: str, token: str, *, paid: bool = False) -> Iterator[None]:
        """Count one call; its errors end here, unless the program itself is at its end."""
        with self._lock:
            self.begun[kind] += 1
        fate = "delivered"
        try:
            yield
        except Exception as error:  # noqa: BLE001 - what may come through is the question
            fate = self._failed(kind, error)
        else:
            with self._lock:
                self.answered[kind] += 1
        if paid:
            with self._lock, self._fates.open("a", encoding="utf-8") as fates:
                fates.write(f"{fate} {token}\n")

    def _failed(self, kind: str, error: Exception) -> str:
        # A tool of LangChain says it in LangChain's own class, and keeps ours as the cause.
        typed = error if isinstance(error, AI302Error) else error.__cause__
        with self._lock:
            if isinstance(error, WrongAnswerError):
                self.wrong.append(f"{kind}: {error}")
                del self.wrong[FEW:]
                return "wrong"
            if not isinstance(typed, AI302Error):
                self.strangers.append(f"{kind}: {type(error).__name__}: {error}"[:300])
                del self.strangers[FEW:]
                return "stranger"
            self.refused[type(typed).__name__] += 1
            return typed.billed
