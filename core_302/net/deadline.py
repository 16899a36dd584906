"""Deadlines: how long a call, a read, a job or a download may last; a stream's idle timeout."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Literal

import httpx

from core_302.config import Settings
from core_302.errors import RequestTimeoutError
from core_302.flow import AskTime, Limit, Pause
from core_302.http import Fetch, Request
from core_302.timeouts import Timeouts

if TYPE_CHECKING:
    from typing_extensions import Self

WAIT_LONGER = "If it may take longer, raise timeout=..."
DRAIN_SECONDS = 0.1  # for the end of a body, after its last content


class Deadline(float):
    """A time limit in seconds that knows when it ends.

    It travels with a request as httpx's own timeouts do, down to every read and write of our
    connections, which check what is `left`. Code that reads it as a plain number has a limit for
    one read or write, which any byte resets.

    Args:
        seconds: The limit, counted from the first check on.
        latest: When it ends at the latest, by the monotonic clock.
        told: The error text when it has passed.
        every: The limit applies to each read or write by itself.
    """

    def __new__(cls, seconds: float, *_: object, **__: object) -> Self:
        """A float needs its number here; what else it is given is kept by `__init__`."""
        return super().__new__(cls, seconds)

    def __init__(self, seconds: float, latest: float, told: str, *, every: bool = False) -> None:
        self._seconds = seconds
        self._latest = latest
        self._every = every
        self._end: float | None = None
        self.told = told

    def end(self) -> float:
        """Return when it ends, by the monotonic clock; the first check starts it."""
        if self._every:
            return min(time.monotonic() + self._seconds, self._latest)
        if self._end is None:
            self._end = min(time.monotonic() + self._seconds, self._latest)
        return self._end

    def left(self) -> float:
        """Return how many seconds are left; 0 when there are none."""
        return max(self.end() - time.monotonic(), 0.0)

    def restart(self, seconds: float) -> None:
        """Count `seconds` from now on."""
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Raise if it has passed.

        Raises:
            RequestTimeoutError: It has.
        """
        if not self.left():
            raise RequestTimeoutError(f"{self.told} {WAIT_LONGER}")


def end_of(timeout: float) -> float:
    """Return when a timeout ends, by the monotonic clock."""
    return timeout.end() if isinstance(timeout, Deadline) else time.monotonic() + timeout


def seconds_left(timeout: float) -> float:
    """Return what is left of a timeout."""
    return timeout.left() if isinstance(timeout, Deadline) else timeout


def told(timeout: float) -> str:
    """Return the error text of a timeout."""
    return timeout.told if isinstance(timeout, Deadline) else "It took too long."


class CallContext:
    """The context of one call: its settings, and the deadlines that its requests carry."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._limits: Timeouts = settings.timeout
        self.start("total")

    def start(self, name: Literal["total", "job", "download"]) -> None:
        """Start the time limit `name` from zero."""
        self._seconds: float = getattr(self._limits, name)
        self._end: float = time.monotonic() + self._seconds

    def left(self) -> float:
        """Return how many seconds the call has left; 0 when there are none."""
        return max(self._end - time.monotonic(), 0.0)

    def timeout(self, step: Request | Fetch) -> httpx.Timeout:
        """Return the deadlines of the next attempt, none later than the call's own."""
        limits, left = self._limits, self.left()
        if step.stream:
            said = f"No response began within {min(limits.first_byte, self._seconds):g} s."
            self.reading = Deadline(min(limits.first_byte, left), self._end, said)
        else:
            said = f"No complete response within {self._seconds:g} s."
            self.reading = Deadline(left, self._end, said)
        sent = min(limits.write, self._seconds)
        stuck = f"The server did not take the request within {sent:g} s."
        return httpx.Timeout(
            connect=Deadline(min(limits.connect, left), self._end, "It took too long."),
            read=self.reading,
            write=Deadline(min(limits.write, left), self._end, stuck, every=True),
            pool=Deadline(min(limits.pool, left), self._end, "All connections were in use."),
        )

    def listen(self, response: httpx.Response) -> None:
        """Apply the idle timeout (`Timeouts.silence`) to a stream whose response has begun.

        httpcore looks the limit of a read up twice: for the head of a reply, and for its body.
        """
        seconds = self._limits.silence
        said = f"The stream sent no content for {seconds:g} s (its idle timeout)."
        self.reading = Deadline(seconds, math.inf, said)
        response.request.extensions["timeout"]["read"] = self.reading
        self.heard()

    def await_complete(self) -> None:
        """Apply the limit of the whole call: a stream came as a complete response."""
        self.reading.told = f"No complete response within {self._seconds:g} s."
        self.reading.restart(self.left())

    def heard(self, *, content: bool = True) -> None:
        """Note that the stream has sent `content`, or that its response has begun."""
        if content:
            self.reading.restart(self._limits.silence)

    def drain(self) -> None:
        """Limit the time for the end of a body, which is worth no more than a connection."""
        self.reading.restart(DRAIN_SECONDS)

    def answer(self, step: Limit | AskTime) -> float | None:
        """Return the result of a step that is about time alone."""
        if isinstance(step, AskTime):
            return time.monotonic()
        self.start(step.name)
        return None

    def begin_pause(self, pause: Pause) -> None:
        """Raise the error that `pause` follows, if the deadline would pass during the pause."""
        if time.monotonic() + pause.seconds >= self._end:
            raise pause.error
        pause.begun()
