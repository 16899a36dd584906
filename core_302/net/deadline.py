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

    httpx knows only how long one read may last, which any byte resets: a comment every second would
    keep a call alive for ever. So the runners check this clock after every chunk as well.
    """

    def __init__(self, settings: Settings) -> None:
        self._limits: Timeouts = settings.timeout
        self._last_content = 0.0
        self.start("total")

    def start(self, name: Literal["total", "job", "download"]) -> None:
        """Start the time limit `name` from zero."""
        self._seconds: float = getattr(self._limits, name)
        self._end = time.monotonic() + self._seconds

    def limits(self, step: Request | Fetch) -> httpx.Timeout:
        """Return httpx's timeouts for the next attempt, none longer than the time that is left."""
        left = max(self._end - time.monotonic(), 0.001)
        limits = self._limits
        return httpx.Timeout(
            connect=min(limits.connect, left),
            read=min(limits.first_byte, left) if step.stream else left,
            write=min(limits.write, left),
            pool=min(limits.pool, left),
        )

    def listen(self, response: httpx.Response) -> None:
        """Apply the idle timeout (`Timeouts.silence`) to a stream whose response has begun.

        httpcore looks the limit of a read up twice: for the head of a reply, and for its body.
        """
        response.request.extensions["timeout"]["read"] = self._limits.silence

    def check_total(self) -> None:
        """Raise if the whole call has taken too long."""
        if time.monotonic() > self._end:
            raise RequestTimeoutError(
                f"No complete response within {self._seconds:g} s. {WAIT_LONGER}"
            )

    def check_pause(self, pause: Pause) -> None:
        """Raise the error that `pause` follows, if the deadline would pass during the pause."""
        if time.monotonic() + pause.seconds >= self._end:
            raise pause.error

    def heard(self) -> None:
        """Note that the stream has sent content, or that its response has begun."""
        self._last_content = time.monotonic()

    def check_silence(self) -> None:
        """Raise if the stream has sent no content for longer than its idle timeout."""
        if time.monotonic() - self._last_content > self._limits.silence:
            silence = f"{self._limits.silence:g} s"
            raise RequestTimeoutError(
                f"The stream sent no content for {silence} (its idle timeout). {WAIT_LONGER}"
            )
