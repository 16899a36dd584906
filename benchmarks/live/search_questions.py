"""What the documents leave open about the unified search: who answers, and what is refused."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.live.gateway import Gateway, content, refused
from benchmarks.live.questions import Question
from core_302.catalogue.search_facts import search_providers
from core_302.endpoints.search import SEARCH_PATH

FEE = 0.03  # PTC for one search, rather too high


def _search(gateway: Gateway, **fields: Any) -> str:
    body = {"query": "AI news", "provider": "tavily", "max_results": 2, **fields}
    reply = gateway.send("POST", SEARCH_PATH, most=FEE, json=body)
    if not reply.is_success:
        return f"refused: {refused(reply)}"
    return "results" if isinstance(content(reply).get("search_results"), list) else "no list"


SEARCH_QUESTIONS = (
    *(
        Question(
            f"Does the search provider {name} answer?", "results", partial(_search, provider=name)
        )
        for name in search_providers()
    ),
    Question(
        "What becomes of a word that a provider does not know?",
        "refused: 422 -10003",
        partial(_search, time_range="fortnight"),
    ),
    Question(
        "What becomes of an option that is another provider's?",
        "results",
        partial(_search, country="de"),
    ),
)
