"""A response's metadata, as LlamaIndex keeps it: counts, ids, sources, probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_index.core.base.llms.types import LogProb

from core_302.endpoints.chat_reply import About
from core_302.endpoints.usage import Usage


def about_reply(about: About, finish_reason: str | None) -> dict[str, Any]:
    """Return what `additional_kwargs` of a response holds; `finish_reason` marks it as complete."""
    values: dict[str, Any] = {
        **(token_counts(about.usage) if about.usage else {}),
        "model_name": about.model,
        "id": about.id,
        "request_id": about.request_id,
        "system_fingerprint": about.system_fingerprint,
        "service_tier": about.service_tier,
        "citations": [{"url": c.url, "title": c.title, **c.more} for c in about.citations] or None,
    }
    said = {name: value for name, value in values.items() if value is not None}
    return {**said, "finish_reason": finish_reason}


def token_counts(usage: Usage) -> dict[str, Any]:
    """Return token counts under LlamaIndex's names; details that are 0 are left out."""
    details = {
        "cached_tokens": usage.cached_tokens,
        "cache_creation_tokens": usage.cache_creation_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "input_audio_tokens": usage.input_audio_tokens,
        "output_audio_tokens": usage.output_audio_tokens,
    }
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        **{name: count for name, count in details.items() if count},
    }


def written_usage(usage: Usage | None) -> dict[str, Any] | None:
    """Return the gateway's own counts where they are numbers; LlamaIndex's token counter adds them.

    Only None, not a missing field, makes that counter look elsewhere.
    """
    return None if usage is None else {**usage.raw, **token_counts(usage)}


def raw_of_stream(about: About, finish_reason: str | None) -> dict[str, Any]:
    """Return a stream's metadata in the form of a complete response, for code that looks there."""
    return {
        "id": about.id,
        "model": about.model,
        "created": about.created,
        "choices": [{"index": 0, "finish_reason": finish_reason}],
        "usage": written_usage(about.usage),
    }


def logprobs_of(found: Mapping[str, Any] | None) -> list[list[LogProb]] | None:
    """Return the log-probabilities of the tokens, each with its alternatives."""
    if not found or "content" not in found:
        return None
    return [
        [
            LogProb(token=one["token"], logprob=one["logprob"], bytes=one["bytes"] or [])
            for one in token["top_logprobs"] or [token]
        ]
        for token in found["content"]
    ]
