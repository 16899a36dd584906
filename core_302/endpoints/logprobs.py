"""Chat completions: how to read the log-probabilities of an answer's tokens.

Frameworks merge the chunks of a stream field by field, and fail where a field changes its type. So
only probabilities pass, in the one documented form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core_302.endpoints.parsing import items, number

PARTS = ("content", "refusal")  # of an answer that have tokens


def read_logprobs(raw: Any) -> dict[str, Any] | None:
    """Return the tokens of each part with their probabilities, or None if there are none."""
    if not isinstance(raw, Mapping):
        return None
    found = {name: _tokens(raw[name], alternatives=True) for name in PARTS if raw.get(name)}
    return {name: tokens for name, tokens in found.items() if tokens} or None


def _tokens(raw: Any, *, alternatives: bool) -> list[dict[str, Any]]:
    tokens = []
    for entry in items(raw):
        token = entry.get("token") if isinstance(entry, Mapping) else None
        logprob = number(entry.get("logprob")) if isinstance(token, str) else None
        if logprob is None:
            continue
        spelled = [byte for byte in items(entry.get("bytes")) if isinstance(byte, int)]
        one: dict[str, Any] = {"token": token, "logprob": logprob, "bytes": spelled or None}
        if alternatives:
            one["top_logprobs"] = _tokens(entry.get("top_logprobs"), alternatives=False)
        tokens.append(one)
    return tokens
