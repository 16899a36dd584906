"""RetryPolicy: an error and the number of the attempt in, seconds to wait or None out.

The backoff, and what a server asks for after a rate limit (Retry-After), are computed here. It owns
no clock and never sleeps; the runners do. No other module decides about retries.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from core_302.errors import (
    AI302Error,
    ConnectionFailedError,
    ConnectionLostError,
    GatewayError,
    RateLimitError,
)


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential backoff with full jitter: `uniform(0, min(first_wait * 2**n, longest_wait))`.

    Attributes:
        max_retries: How often a failed call is retried; 2 means at most 3 requests.
        first_wait: Upper limit of the first pause, in seconds.
        longest_wait: Upper limit of any pause, in seconds. A server that asks for more
            (`Retry-After`) is not waited for: the error is raised at once with `retry_after`.
        jitter: Returns a number in [0, 1); replaced in tests.
    """

    max_retries: int = 2
    first_wait: float = 0.5
    longest_wait: float = 60.0
    jitter: Callable[[], float] = random.random

    def wait_before_retry(
        self, error: AI302Error, attempt: int, *, repeatable: bool
    ) -> float | None:
        """Return the seconds to wait after `attempt` failed with `error`, or None to give up."""
        if attempt > self.max_retries or not _worth_repeating(error, repeatable=repeatable):
            return None
        backoff = self.jitter() * min(self.first_wait * 2.0 ** (attempt - 1), self.longest_wait)
        if error.retry_after is None:
            return backoff
        if error.retry_after > self.longest_wait:
            return None
        return error.retry_after + backoff


@dataclass(frozen=True)
class PollPolicy:
    """How often a task is polled: at growing intervals, with jitter.

    Attributes:
        first_wait: Seconds before the first poll.
        growth: How much longer each further pause is.
        longest_wait: Upper limit of a pause, in seconds, before jitter.
        jitter: Returns a number in [0, 1); replaced in tests.
    """

    first_wait: float = 1.0
    growth: float = 1.5
    longest_wait: float = 10.0
    jitter: Callable[[], float] = random.random

    def wait_before(self, poll: int, retry_after: float | None) -> float:
        """Return the seconds to wait before poll number `poll`, counted from 0.

        A pause lasts up to a quarter longer than planned, and never shorter than the server asks.
        """
        planned = min(self.first_wait * self.growth ** min(poll, 50), self.longest_wait)
        return max(planned * (1 + self.jitter() / 4), retry_after or 0.0)


def _worth_repeating(error: AI302Error, *, repeatable: bool) -> bool:
    if not error.retryable:
        return False
    if isinstance(error, (RateLimitError, ConnectionFailedError)):
        return True  # refused or never reached: no work was done, nothing was billed
    # A timeout is missing here on purpose: it has used up the time limit of the call.
    return repeatable and isinstance(error, (GatewayError, ConnectionLostError))
