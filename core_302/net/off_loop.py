"""Work that is long for an event loop, done beside it: large conversations are written in a thread.

What a single call of C holds, it holds there too; but between two of them the loop runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from core_302.flow import LARGE

Result = TypeVar("Result")


def is_large(value: Any, most: int = LARGE) -> bool:
    """Tell whether values, and objects with fields, hold more than `most` characters or bytes."""
    left = most
    waiting = [value]
    while waiting and left >= 0:
        one = waiting.pop()
        if isinstance(one, (str, bytes)):
            left -= len(one)
        elif isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, (list, tuple)):
            waiting.extend(one)
        elif hasattr(one, "__dict__"):
            waiting.extend(vars(one).values())
    return left < 0


async def off_loop(work: Callable[[], Result], *, large: bool) -> Result:
    """Return what `work` returns, which is done in a thread if it is `large`."""
    return await asyncio.to_thread(work) if large else work()
