"""Faults that a test or a user injects: what goes wrong, with which requests, how often.

A fault is data. Its fields are declared once, with what they take: Python, HTTP, script files and
the table in the emulator's page are all read from here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from emulator_302.http.refusals import envelope, no_model
from emulator_302.scripts.conditions import When, meant
from emulator_302.scripts.conversation import Conversation
from emulator_302.scripts.declared import (
    COUNT,
    HEADERS,
    INTEGER,
    NUMBER_OF,
    SECONDS,
    SHARE,
    STATUS,
    TEXT,
    TEXTS,
    YES_NO,
    known_fields,
    refuse_wrong,
    set_fields,
    setting,
)

# What is about the events of a stream, and can happen to nothing else.
OF_STREAMS = ("frames", "no_done", "no_finish", "bare_error_after")
PRESETS = (
    "error",
    "ok_with_error",
    "stream_error",
    "rate_limited",
    "out_of_balance",
    "quota_reached",
    "model_missing",
    "bad_key",
)


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a request. Fields combine; a field that is not set changes nothing.

    Attributes:
        path: Inject it only into requests whose path starts with this.
        status: Reply with this status instead.
        body: Reply with this body instead (an object is sent as JSON).
        headers: Headers to add.
        delay: Seconds to wait before anything is sent.
        cut_after: Send so many bytes of the body, then break the connection.
        stall_after: Send so many bytes of the body, then nothing more until the client leaves.
        drip: Seconds between the chunks of the body.
        chunk_size: Bytes in each chunk of the body.
        frames: The events of a stream, in place of the real ones.
        no_done: End a stream without `[DONE]`.
        no_finish: End a stream without a finish reason (and without `[DONE]`).
        bare_error_after: After so many events of a stream, send the error `body` as a line of bare
            JSON without `data:`, as the gateway does, and end.
        when: Inject it only into requests that match: a `When`, a text that the last user message
            contains, or a function of the `Conversation`.
        model: Inject it only into requests for this model; `*` matches any characters.
        times: The number of requests that get the fault; `None` is all of them.
        every: Inject it into every n-th matching request: 3 is the third, the sixth and so on.
        probability: The probability that a matching request gets the fault.
        seed: The seed of the random numbers for `probability`.
    """

    path: str = setting("/", TEXT)
    status: int | None = setting(None, STATUS)
    body: Any = None
    headers: Mapping[str, str] = setting({}, HEADERS)
    delay: float = setting(0.0, SECONDS)
    cut_after: int | None = setting(None, COUNT)
    stall_after: int | None = setting(None, COUNT)
    drip: float = setting(0.0, SECONDS)
    chunk_size: int | None = setting(None, NUMBER_OF)
    frames: tuple[str, ...] | None = setting(None, TEXTS)
    no_done: bool = setting(False, YES_NO)
    no_finish: bool = setting(False, YES_NO)
    bare_error_after: int | None = setting(None, COUNT)
    when: When | str | Callable[[Conversation], object] | None = None
    model: str | None = setting(None, TEXT)
    times: int | None = setting(1, NUMBER_OF)
    every: int = setting(1, NUMBER_OF)
    probability: float = setting(1.0, SHARE)
    seed: int = setting(0, INTEGER)

    def __post_init__(self) -> None:
        """Refuse what cannot happen.

        Raises:
            ValueError: A value has the wrong type or is out of its bounds, or the fault would
                change nothing.
        """
        refuse_wrong(self)
        object.__setattr__(self, "when", meant(self.when))
        if self.bare_error_after is not None and self.body is None:
            raise ValueError("bare_error_after of a Fault needs the error as its body")
        if self.replaces_body and self.for_streams:
            raise ValueError(f"a Fault with its own body has no stream: {', '.join(OF_STREAMS)}")

    @property
    def for_streams(self) -> bool:
        """Whether only a stream can have the fault, which then waits for one."""
        return any(name in set_fields(self) for name in OF_STREAMS)

    @property
    def conditions(self) -> When:
        """The conditions that a request must match, apart from its path."""
        chosen = meant(self.when)
        return replace(chosen, model=self.model) if self.model is not None else chosen

    @property
    def replaces_body(self) -> bool:
        """Whether something else is sent in place of the answer."""
        own = self.body is not None and self.bare_error_after is None
        return self.status is not None or own

    @property
    def loses_answer(self) -> bool:
        """Whether the client does not get the whole answer, and may ask for it again."""
        ways = (self.cut_after, self.stall_after, self.frames, self.bare_error_after)
        return self.replaces_body or self.no_finish or any(way is not None for way in ways)

    @property
    def breaks_body(self) -> bool:
        """Whether the body is sent in another way than at once and whole."""
        ways = (self.cut_after, self.stall_after, self.drip or None, self.chunk_size)
        return any(way is not None for way in ways)

    @classmethod
    def error(
        cls, status: int, err_code: int, message: str, *, headers: Mapping[str, str] | None = None
    ) -> Fault:
        """An error in the gateway's own envelope."""
        return cls(status=status, body=envelope(err_code, message), headers=headers or {})

    @classmethod
    def ok_with_error(cls, err_code: int, message: str) -> Fault:
        """An error under HTTP 200."""
        return cls.error(200, err_code, message)

    @classmethod
    def stream_error(cls, after: int, err_code: int, message: str) -> Fault:
        """An error inside a stream, after so many events."""
        return cls(bare_error_after=after, body=envelope(err_code, message))

    @classmethod
    def rate_limited(cls, retry_after: float | None = None) -> Fault:
        """Too many requests: 429, with `Retry-After` in seconds if it is given."""
        headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
        return cls.error(429, -10003, "Too many requests, please try again later", headers=headers)

    @classmethod
    def out_of_balance(cls) -> Fault:
        """The balance is used up: -10004. Its status, 402, is not in 302.AI's documents."""
        return cls.error(402, -10004, "Insufficient balance")

    @classmethod
    def quota_reached(cls) -> Fault:
        """The key's daily quota is reached: -10007. Its status, 429, is not in the documents."""
        return cls.error(429, -10007, "The daily quota of this key is reached")

    @classmethod
    def model_missing(cls, model: str = "the model") -> Fault:
        """What 302.AI says of a model that it does not have: 503 and -10008."""
        return cls.error(*no_model(model))

    @classmethod
    def bad_key(cls) -> Fault:
        """A key that has expired: 401 and -10005."""
        return cls.error(401, -10005, "Credential expired")

    @classmethod
    def from_json(cls, given: Any) -> Fault:
        """Read a fault that came over HTTP or stands in a file.

        `{"preset": "rate_limited", "retry_after": 1, "times": 2}` is a preset with its arguments
        and with fields of its own.

        Raises:
            ValueError: A field or a preset is not known, or has a value that it does not take.
        """
        if isinstance(given, Mapping) and "preset" in given:
            return _of_preset(cls, given)
        values = known_fields(cls, given)
        if isinstance(values.get("frames"), list):
            values["frames"] = tuple(values["frames"])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Write what is not at its default; functions and bytes stay as they are."""
        values = set_fields(self)
        if "when" in values:
            values["when"] = meant(self.when).to_json()
        return values


def _of_preset(kind: type[Fault], given: Mapping[str, Any]) -> Fault:
    name = given["preset"]
    if name not in PRESETS:
        raise ValueError(f"a Fault has no preset {name!r}; it has {', '.join(PRESETS)}")
    own = kind.__dataclass_fields__
    # `status` is an argument of one preset, and a field of what it makes.
    taken = {"status", "headers"} if name == "error" else set()
    arguments = {k: v for k, v in given.items() if k != "preset" and (k not in own or k in taken)}
    more = {k: v for k, v in given.items() if k in own and k not in taken}
    try:
        made: Fault = getattr(kind, name)(**arguments)
    except (TypeError, ValueError) as error:
        raise ValueError(f"preset {name} of a Fault: {error}") from error
    return replace(made, **more)


def body_bytes(body: Any) -> bytes:
    """Return a body that was ordered as bytes."""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return json.dumps(body, ensure_ascii=False).encode()
