"""The faults that a scope has still to inject, and which request takes which.

The first fault that a request fits is its own; at most one fault meets a request.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from typing import Any

from emulator_302.http.faults import Fault
from emulator_302.scripts.conversation import Conversation


class _Ordered:
    """One fault, and what became of it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.fitting = 0
        self.injected = 0
        self._drawn = random.Random(fault.seed)  # noqa: S311 - no secret hangs on it

    def left(self) -> bool:
        return self.fault.times is None or self.injected < self.fault.times

    def fits(self, path: str, asked: Conversation) -> bool:
        fault = self.fault
        if not path.startswith(fault.path) or (fault.for_streams and not asked.body.get("stream")):
            return False
        return not fault.conditions.misses(asked)

    def takes(self) -> bool:
        """Count a request that fits, and return whether the fault is for this one."""
        self.fitting += 1
        taken = not self.fitting % self.fault.every
        taken = taken and self._drawn.random() < self.fault.probability
        self.injected += taken
        return taken

    def unused(self) -> bool:
        """Return whether it waits for a request: one of chance has had its chances."""
        if self.fault.probability < 1:
            return not self.fitting
        return self.injected < (self.fault.times or 1)


class Faults:
    """The faults of one scope, the earliest first."""

    def __init__(self) -> None:
        self._ordered: list[_Ordered] = []
        self._lock = threading.Lock()

    def add(self, faults: Iterable[Fault]) -> None:
        """Order faults."""
        with self._lock:
            self._ordered += map(_Ordered, faults)

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._ordered.clear()

    def __bool__(self) -> bool:
        return bool(self._ordered)

    def __len__(self) -> int:
        return sum(one.left() for one in self._ordered)

    def take(self, path: str, asked: Conversation) -> Fault | None:
        """Return the fault of a request, if one is for it."""
        with self._lock:
            for one in self._ordered:
                if one.left() and one.fits(path, asked) and one.takes():
                    return one.fault
            return None

    def unused(self) -> list[str]:
        """Return a sentence for each fault that no request has met as often as it should."""
        with self._lock:
            return [
                f"{titled(one.fault)}: injected {one.injected} of {one.fault.times or 1} times"
                for one in self._ordered
                if one.unused()
            ]

    def to_json(self) -> list[dict[str, Any]]:
        """Return what is there, with how often each was injected."""
        with self._lock:
            return [
                {"title": titled(one.fault), "times": one.fault.times, "injected": one.injected}
                for one in self._ordered
            ]


def titled(fault: Fault) -> str:
    """Return what messages call a fault: its fields, the body by its message."""
    given = fault.to_json()
    body = given.pop("body", None)
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        given["message"] = body["error"].get("message")
    elif body is not None:
        given["body"] = body if len(str(body)) < 60 else f"{str(body)[:60]}..."  # noqa: PLR2004
    return f"Fault({', '.join(f'{name}={value!r}' for name, value in given.items())})"
