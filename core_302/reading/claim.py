"""One reader's claim of one answer in a cache, and the wait for an answer of somebody else.

No answer is paid for twice: who has the claim asks, and everybody else waits for what is kept.
"""

from __future__ import annotations

import uuid
from functools import partial
from typing import Literal

from core_302.errors import RequestTimeoutError
from core_302.flow import Blocking, Flow, Limit, Pause
from core_302.reading.cache import Claim, ReadingCache

BETWEEN_LOOKS = 0.25  # seconds between checks of an answer that another run is asking for


class AnswerClaim:
    """One reader's claim of one answer: it ends however the reader ends.

    A thread may still be claiming when its task is cancelled, so who gives up leaves a mark, and
    the thread undoes what it did.

    Args:
        cache: Where it is claimed.
        key: Of the answer.
    """

    def __init__(self, cache: ReadingCache, key: str) -> None:
        self._cache, self._key = cache, key
        self._owner = uuid.uuid4().hex
        self._given_up = False

    def claim(self) -> tuple[Claim, str | None]:
        """Return the answer if it is kept; else claim it, or say that someone else has."""
        found = self._cache.claim(self._key, self._owner)
        if self._given_up:
            self._cache.release(self._key, self._owner)
        return found

    def keep(self, answer: str) -> None:
        """Keep the answer, and end the claim."""
        self._cache.keep(self._key, answer)

    def give_up(self) -> None:
        """End the claim without an answer, also one that is still being made."""
        self._given_up = True
        self._cache.release(self._key, self._owner)


def paid_once(
    claim: AnswerClaim, asked: Flow[str], limit: Literal["total", "job"] = "total"
) -> Flow[tuple[str, bool]]:
    """Wait until the answer is kept or ours to ask for; return it. And: was it kept?

    Args:
        claim: Of the answer.
        asked: Asks for it; begun only if nobody has.
        limit: The time limit of asking. Waiting for others is not counted against it.

    Raises:
        AI302Error: It cannot be had, or another run has been asking for it for too long.
    """
    late = RequestTimeoutError("another run has been reading this for too long.")
    try:
        while True:
            state, kept = yield Blocking(claim.claim)
            if state == "claimed":
                break
            yield Pause(BETWEEN_LOOKS, late)
        if kept is not None:
            return kept, True
        yield Limit(limit)
        answer = yield from asked
        yield Blocking(partial(claim.keep, answer))
    except BaseException:  # a cancelled or interrupted run too: no one should wait for it
        claim.give_up()
        raise
    return answer, False
