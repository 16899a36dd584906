"""The timing of an answer: the time to the first token, and the tokens per second after it.

The times are drawn from a seed, so that equal answers come at equal times.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emulator_302.scripts.declared import (
    INTEGER,
    RATE,
    SECONDS,
    SHARE,
    known_fields,
    refuse_wrong,
    set_fields,
    setting,
)


@dataclass(frozen=True)
class Pace:
    """The timing of an answer. Headers are sent at once; each chunk of a stream is a token.

    A whole response is sent at the time of its last token.

    Attributes:
        first_token: Seconds until the first token.
        tokens_per_second: The rate after it; `None` sends the rest at once.
        jitter: The largest deviation of an interval, as a share of it: 0.1 is 10 %.
        seed: The seed of the random numbers for `jitter`.
        speed: All times are divided by this: 10 plays ten times as fast.
    """

    first_token: float = setting(0.0, SECONDS)
    tokens_per_second: float | None = setting(None, RATE)
    jitter: float = setting(0.0, SHARE)
    seed: int = setting(0, INTEGER)
    speed: float = setting(1.0, RATE)

    def __post_init__(self) -> None:
        """Refuse a value out of its bounds.

        Raises:
            ValueError: A value is out of its bounds.
        """
        refuse_wrong(self)

    def times(self) -> Iterator[float]:
        """Yield the time of each token in seconds after the headers, without end."""
        drawn = random.Random(self.seed)  # noqa: S311 - no secret hangs on it
        at = self.first_token
        even = 1 / self.tokens_per_second if self.tokens_per_second else 0.0
        while True:
            yield at / self.speed
            at += even * (1 + self.jitter * drawn.uniform(-1, 1))

    def whole(self, tokens: int) -> float:
        """Return the seconds until an answer of so many tokens is there."""
        times = self.times()
        return [next(times) for _ in range(max(1, tokens))][-1]

    @classmethod
    def from_json(cls, given: Any) -> Pace:
        """Read a pace from JSON.

        Raises:
            ValueError: It has an unknown field, or a value out of its bounds.
        """
        return cls(**known_fields(cls, given))

    def to_json(self) -> dict[str, Any]:
        """Write what is not at its default."""
        return set_fields(self)
