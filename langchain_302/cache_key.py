"""The cache key of a call for LangChain's caches: the same for calls with the same answer."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from core_302 import Settings
from core_302.adapters.chat_call import ChatCall


def cache_key(call: ChatCall, settings: Settings, *more: Any) -> str:
    """Return a string that is the same for calls with the same answer, and only for them.

    LangChain's own is made from the fields as they were passed: it misses the address from the
    environment and the headers, and treats two spellings of one option as two.
    """
    settings = settings.for_call(None, call.options.extra_headers)
    headers = sorted((name.lower(), str(v)) for name, v in settings.default_headers.items())
    query = sorted((name, str(v)) for name, v in settings.default_query.items())
    values = {
        "address": settings.base_url,
        # Both may be secret, and keys of a cache are not.
        "query": _digest(query),
        "headers": _digest(headers),
        "options": call.options.model_dump(exclude_none=True, exclude={"timeout", "extra_headers"}),
        "asked": [call.model, call.stream_usage, call.split_think, call.reasoning_back],
        "more": more,
    }
    return f"ai302 {json.dumps(values, sort_keys=True, default=repr)}"


def _digest(pairs: list[tuple[str, str]]) -> str | None:
    return hashlib.sha256(json.dumps(pairs).encode()).hexdigest() if pairs else None
