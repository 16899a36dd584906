"""Row: one thing that a gateway does, and what the user of a chat model may expect to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.fidelity.observation import Observation

Way = Literal["invoke", "stream"]
Kind = Literal["sync", "async"]
Replies = list[list[object]]

Judge = Callable[[Observation], str | None]
"""Returns None if the user saw what the row claims, else what was seen in its place."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        id: Its name in the table.
        claim: What the user sees, in one sentence.
        judges: All of them must be content.
        invoke: The server's replies to whole calls; None if the row makes no sense there.
        stream: The server's replies to streamed calls, or None.
        tools: Whether the model is given a tool.
        timeout: Seconds that the model is given, or None for its default.
        max_retries: How often the model may repeat a call.
        times: How many calls are made, one after another, by one model.
    """

    id: str
    claim: str
    judges: tuple[Judge, ...]
    invoke: Replies | None = None
    stream: Replies | None = None
    tools: bool = False
    timeout: float | None = None
    max_retries: int = 2
    times: int = 1

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways in which the row can be asked."""
        ways: tuple[Way, ...] = ("invoke", "stream")
        return tuple(way for way in ways if self.replies(way) is not None)

    @property
    def speaks_of_langchain(self) -> bool:
        """Whether the claim is about LangChain's own classes of errors."""
        return "LangChain" in self.claim or "ModelError" in self.claim

    def replies(self, way: Way) -> Replies | None:
        """Return the server's replies for `way`."""
        return self.invoke if way == "invoke" else self.stream

    def complaint(self, seen: Observation) -> str | None:
        """Return what the first judge that is not content says, or None."""
        found = (judge(seen) for judge in self.judges)
        return next((words for words in found if words is not None), None)
