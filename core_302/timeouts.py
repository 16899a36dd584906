"""Timeouts: every time limit of a call, from connecting to a stream's idle timeout, in seconds.

These are the limits that a program sets. `core_302.net.deadline` makes one call's deadline of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from core_302.errors import ConfigurationError


@dataclass(frozen=True)
class Timeouts:
    """Every time limit, in seconds.

    Attributes:
        total: A complete call that is not streamed, retries and pauses included; for a stream, the
            time until its response begins.
        job: A complete paid job (images, avatars): its request, and the polls of its task.
        download: One complete file from a file host.
        first_byte: How long a stream may take to begin. Reasoning models may need longer for this
            than between two chunks.
        silence: The idle timeout of a stream that has begun: the longest wait for its next content.
            Comments and pings are not content.
        connect: Making the connection.
        write: Sending one chunk of the request body.
        pool: Waiting for a free connection.
    """

    total: float = 600.0
    job: float = 300.0
    download: float = 60.0
    first_byte: float = 300.0
    silence: float = 120.0
    connect: float = 10.0
    write: float = 60.0
    pool: float = 600.0

    def __post_init__(self) -> None:
        for entry in fields(self):
            _check_seconds(entry.name, getattr(self, entry.name))

    @classmethod
    def of(cls, timeout: Any) -> Timeouts:
        """Read what a user passes as `timeout`.

        Args:
            timeout: None for the defaults; a number of seconds for a whole call, a whole job, and a
                stream's `first_byte` and `silence` (idle timeout); an `httpx.Timeout` for its
                phases (`read` sets `first_byte` and `silence`); Timeouts, or a mapping of its
                fields.

        Raises:
            ConfigurationError: It is none of these, or is not positive and finite.
        """
        if timeout is None:
            return cls()
        if isinstance(timeout, Timeouts):
            return timeout
        if isinstance(timeout, (int, float)) and not isinstance(timeout, bool):
            seconds = _check_seconds("timeout", timeout)
            default = cls()
            return cls(
                total=seconds,
                job=seconds,
                first_byte=seconds,
                silence=seconds,
                connect=min(seconds, default.connect),
                pool=seconds,
            )
        if isinstance(timeout, Mapping):
            unknown = timeout.keys() - {entry.name for entry in fields(cls)}
            if unknown:
                raise ConfigurationError(
                    f"timeout has no field {', '.join(sorted(map(str, unknown)))}."
                )
            return cls(**timeout)
        phases = {
            "first_byte": "read",
            "silence": "read",
            "connect": "connect",
            "write": "write",
            "pool": "pool",
        }
        if all(hasattr(timeout, phase) for phase in phases.values()):
            given = {ours: getattr(timeout, theirs) for ours, theirs in phases.items()}
            return cls(**{name: value for name, value in given.items() if value is not None})
        raise ConfigurationError(
            f"timeout must be seconds or an httpx.Timeout, not {type(timeout).__name__}."
        )


def _check_seconds(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ConfigurationError(f"{name} must be a number of seconds.")
    if not math.isfinite(value) or value <= 0:
        raise ConfigurationError(f"{name} must be more than 0 seconds and finite, not {value}.")
    return float(value)
