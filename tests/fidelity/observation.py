"""Observation: what the user of any chat model could see of one row, in no framework's own terms.

It is generous: a thing counts as seen wherever a user could sensibly find it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

SHOWN = 90  # characters of a server's or a library's words in the table

# What LangChain's classes say of the HTTP status that they stand for.
STATUS_OF = {
    "ModelAuthenticationError": 401,
    "ModelPermissionDeniedError": 403,
    "ModelNotFoundError": 404,
    "ModelRateLimitError": 429,
}


@dataclass
class Observation:
    """What was seen.

    Attributes:
        text: The answer's text; of a stream, also what came before an error.
        reasoning: The model's thoughts, from `additional_kwargs` or a reasoning block.
        tool_calls: The calls, as name and arguments.
        invalid_tool_calls: The broken calls, as name and arguments.
        links: Every address that the message holds outside its text.
        usage: The token counts, or None.
        finish_reason: Why the answer ended.
        error: The name of the error's class; None if the call succeeded.
        words: The error's text.
        everything: Its text, its arguments and the server's body, as far as it carries them.
        families: The error's classes and their bases, by name.
        recognised: LangChain's `ModelError`, or an error with an HTTP status.
        status: The error's HTTP status, or None.
        requests: How many requests the server saw.
        connections: How many connections the server saw.
        idempotency_keys: The header of that name of each request, empty where there was none.
        seconds: How long it took.
        memory: By how many bytes the process grew at most; None where that cannot be told.
        unfinished: It was still waiting when the observer left.
    """

    text: str = ""
    reasoning: str = ""
    tool_calls: list[tuple[str, Any]] = field(default_factory=list)
    invalid_tool_calls: list[tuple[str, Any]] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    usage: Mapping[str, Any] | None = None
    finish_reason: str | None = None
    error: str | None = None
    words: str = ""
    everything: str = ""
    families: frozenset[str] = frozenset()
    recognised: bool = False
    status: int | None = None
    requests: int = 0
    connections: int = 0
    idempotency_keys: list[str] = field(default_factory=list)
    seconds: float = 0.0
    memory: int | None = None
    unfinished: bool = False

    def outcome(self) -> str:
        """Return in a few words how the call ended."""
        if self.unfinished:
            return f"still waiting after {self.seconds:.0f} s"
        if self.error is not None:
            return f"{self.error}: {shortened(self.words)}"
        return f"no error, answer {shortened(self.text)!r}"


def shortened(words: str, most: int = SHOWN) -> str:
    """Return `words` in one line, cut to what a table can show."""
    line = " ".join(words.split())
    return line if len(line) <= most else line[:most] + "…"


def read_error(error: BaseException, seen: Observation) -> None:
    """Note what `error` says, and what it can be caught as."""
    seen.error = type(error).__name__
    seen.words = str(error)
    extras = [getattr(error, name, None) for name in ("message", "body")]
    seen.everything = " ".join(str(part) for part in (error, repr(error), error.args, *extras))
    seen.text = seen.text or str(getattr(error, "partial_text", ""))
    seen.families = frozenset(kind.__name__ for kind in type(error).__mro__)
    seen.status = _status(error)
    seen.recognised = seen.status is not None


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text in plain values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts_in(item)


def _status(error: BaseException) -> int | None:
    holders = (error, getattr(error, "response", None), getattr(error, "raw_response", None))
    for holder in holders:
        for name in ("status_code", "status"):
            value = getattr(holder, name, None)
            if isinstance(value, int):
                return value
    kinds = (kind.__name__ for kind in type(error).__mro__)
    return next((STATUS_OF[kind] for kind in kinds if kind in STATUS_OF), None)
