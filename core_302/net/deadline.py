"""Deadlines: how long a call, a read, a job or a download may last; a stream's idle timeout."""

from __future__ import annotations

import time
from typing import Literal

import httpx

from core_302.config import Settings, Timeouts
from core_302.errors import RequestTimeoutError
from core_302.flow import Pause
from core_302.http import Fetch, Request

WAIT_LONGER = "If it may take longer, raise timeout=..."


class Clock:
    """The time limits of one call, as both runners keep them.

    httpx knows only how long one read may last, which any byte resets: a comment every second
    would keep a call alive for ever. So the runners ask this clock after every piece as well.
    """

    def __init__(self, settings: Settings) -> None:
        self._limits: Timeouts = settings.timeout
        self._last_content = 0.0
        self.start("total")

    def start(self, name: Literal["total", "job", "download"]) -> None:
        """Let the limit `name` count, from zero."""
        self._seconds: float = getattr(self._limits, name)
        self._end = time.monotonic() + self._seconds

    def limits(self, step: Request | Fetch) -> httpx.Timeout:
        """Return httpx's time limits of the next attempt, none longer than what is left."""
        left = max(self._end - time.monotonic(), 0.001)
        limits = self._limits
        return httpx.Timeout(
            connect=min(limits.connect, left),
            read=min(limits.first_byte, left) if step.stream else left,
            write=min(limits.write, left),
            pool=min(limits.pool, left),
        )

    def listen(self, response: httpx.Response) -> None:
        """Let the limit of silence count for a stream whose reply has begun.

        httpcore looks the limit of a read up twice: for the head of a reply, and for its body.
        """
        response.request.extensions["timeout"]["read"] = self._limits.silence

    def check_total(self) -> None:
        """Raise if the whole call has taken too long."""
        if time.monotonic() > self._end:
            raise RequestTimeoutError(f"No whole reply within {self._seconds:g} s. {WAIT_LONGER}")

    def check_pause(self, pause: Pause) -> None:
        """Raise the error that `pause` follows, if the call would be over before the pause is."""
        if time.monotonic() + pause.seconds >= self._end:
            raise pause.error

    def heard(self) -> None:
        """Say that the stream has brought content, or that its reply has begun."""
        self._last_content = time.monotonic()

    def check_silence(self) -> None:
        """Raise if the stream has brought no content for too long."""
        if time.monotonic() - self._last_content > self._limits.silence:
            silence = f"{self._limits.silence:g} s"
            raise RequestTimeoutError(f"The stream brought nothing for {silence}. {WAIT_LONGER}")
