"""Names that people know from elsewhere, and what an error says when one is typed here.

The rule it keeps: a hint leads to a name of the class at hand, never to one that was typed already,
and never by resemblance to an option that somebody bills for.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from pydantic import AliasChoices, BaseModel

from core_302.options.declaration import wire_of

NEARLY_THE_SAME = 0.85  # of the letters: `websearch` is `web_search`, `reasoning` no paid option

ADDRESS = ("base_url", "api_base")
ASYNC_HTTP_CLIENT = ("http_async_client", "async_http_client")
RESULTS = ("k", "similarity_top_k", "max_results")
SOURCES = ("sources",)

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    # OpenAI's, LangChain's and LlamaIndex's names of where the gateway is, and how it is reached
    **dict.fromkeys(("api_base", "base_url", "openai_api_base", "endpoint", "host"), ADDRESS),
    **dict.fromkeys(("openai_api_key", "token", "key"), ("api_key",)),
    **dict.fromkeys(("request_timeout", "timeout_seconds"), ("timeout",)),
    **dict.fromkeys(("retries", "num_retries"), ("max_retries",)),
    **dict.fromkeys(("headers", "extra_headers"), ("default_headers",)),
    **dict.fromkeys(
        ("http_async_client", "async_http_client", "http_client_async"), ASYNC_HTTP_CLIENT
    ),
    **dict.fromkeys(("openai_proxy", "proxy", "proxies"), ("http_client",)),
    # names of options
    "reasoning": ("reasoning_effort",),
    "model_kwargs": ("additional_kwargs", "extra_body"),
    "additional_kwargs": ("extra_body",),
    "stream": ("streaming",),
    "model": ("model", "model_name", "answer_model"),
    "model_name": ("model", "model_name", "reader"),
    "model_id": ("model", "model_name"),
    "search": ("web_search", "provider"),
    "service": ("provider",),
    "stop_sequences": ("stop",),
    "max_new_tokens": ("max_tokens",),
    **dict.fromkeys((*RESULTS, "top_k", "num_results"), RESULTS),
    **dict.fromkeys(("file_path", "path", "file", "files", "source"), SOURCES),
    "top_k_results": RESULTS,
    **dict.fromkeys(("chunk_size", "batch_size"), ("texts_per_call", "embed_batch_size")),
}
"""A name that is typed, and the names of ours that it may mean, the likeliest first."""


def advice(name: str, kind: type[BaseModel], hint: str, also: tuple[str, ...] = ()) -> str:
    """Say what to type in place of `name`, which `kind` does not have.

    Args:
        name: What was typed.
        kind: The class whose options are meant.
        hint: What is said beside a guess, or in its place.
        also: Names that are taken beside those of `kind`.
    """
    known = [n for n in (*kind.model_fields, *also) if n != name]
    if name in kind.model_fields:  # of the rules, and not of what may be typed here
        return hint[0].lower() + hint[1:]
    if (field := _other_name_of(name, kind)) is not None:
        return f"it is {field!r} under another name: pass one of the two"
    for meant in OTHER_NAMES.get(name, ()):
        if meant in known:
            return f"did you mean {meant!r}?"
    for near in _near(name, kind, known):
        return f"did you mean {near!r}? {hint}"
    return hint[0].lower() + hint[1:]


def _other_name_of(name: str, kind: type[BaseModel]) -> str | None:
    """Return the field that takes `name` too: the name is unknown only where both were typed."""
    for field, declared in kind.model_fields.items():
        taken = declared.validation_alias
        if isinstance(taken, AliasChoices) and name in taken.choices:
            return field
    return None


def _near(name: str, kind: type[BaseModel], known: list[str]) -> Iterator[str]:
    for near in difflib.get_close_matches(name, known, n=3):
        alike = difflib.SequenceMatcher(None, name, near).ratio()
        wire = wire_of(kind, near) if near in kind.model_fields else None
        if wire is None or wire.cost == "none" or alike >= NEARLY_THE_SAME:
            yield near
