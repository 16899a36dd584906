"""Embeddings, rerankers and the unified search: over hashed words, and the emulator's own web."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.endpoints.search import Document, search
from emulator_302.endpoints.vectors import nearness, vector
from emulator_302.http.billing import MILLION, Ledger
from emulator_302.http.fields import Kind, checked, integer, text, wrong
from emulator_302.http.refusals import Refusal, UnknownModel, request_id
from emulator_302.http.usage import count
from emulator_302.rule_model.wording import content_words, stem, stems

MOST_TEXTS = 2_048
MOST_DOCUMENTS = 1_000
LONGEST_TEXT = 8_192  # tokens
SEARCH_FEE = 0.005  # PTC; invented
MOST_RESULTS = 20
DEFAULT_RESULTS = 5
DIMENSIONS_OF_RANKING = 512
DAYS = re.compile(r"\d{4}-\d\d-\d\d(\.\.\d{4}-\d\d-\d\d)?")  # bocha's alone
PROVIDERS = (
    "tavily",
    "search1_search",
    "search1_news",
    "bocha",
    "exa",
    "firecrawl",
    "metaso",
    "unifuncs",
    "perplexity",
)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _text_or_texts(value: Any) -> bool:
    return text(value) or _texts(value)


def _yes_or_no(value: Any) -> bool:
    return isinstance(value, bool)


def _day(value: Any) -> bool:
    try:
        dt.datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return False
    return isinstance(value, str)


EMBEDDING_FIELDS: Mapping[str, Kind] = {
    "model": text,
    "input": _text_or_texts,
    "encoding_format": text,
    "dimensions": integer,
    "user": text,
}
RERANK_FIELDS: Mapping[str, Kind] = {
    "model": text,
    "query": text,
    "documents": _texts,
    "top_n": integer,
    "return_documents": _yes_or_no,
    "instruct": text,
}
SEARCH_FIELDS: Mapping[str, Kind] = {
    "query": text,
    "provider": text,
    "max_results": integer,
    "category": text,
    "time_range": text,
    "include_images": _yes_or_no,
    "include_domains": _texts,
    "exclude_domains": _texts,
    "startCrawlDate": _day,
    "endCrawlDate": _day,
    "startPublishedDate": _day,
    "endPublishedDate": _day,
    "crawl_results": integer,
    "includeRowContent": _yes_or_no,
    "page": integer,
    "max_tokens_per_page": integer,
    "country": text,
}


@dataclass(frozen=True)
class RetrievalEndpoints:
    """The endpoints."""

    ledger: Ledger

    async def embed(self, request: Request, body: Any) -> Response:
        """Answer `POST /v1/embeddings`."""
        given = checked(body, EMBEDDING_FIELDS, ("model", "input"), form=False)
        model = _known("embedding", given["model"])
        texts = [given["input"]] if text(given["input"]) else given["input"]
        _check_texts(texts)
        dimensions = _dimensions(given, model)
        encoding = given.get("encoding_format", "float")
        if encoding not in ("float", "base64"):
            raise wrong("encoding_format must be float or base64")
        vectors = [vector(one, dimensions) for one in texts]
        tokens = sum(map(count, texts))
        self._bill(request, model, tokens)
        entries = [
            {"object": "embedding", "index": place, "embedding": _written(numbers, encoding)}
            for place, numbers in enumerate(vectors)
        ]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        reply = {"object": "list", "data": entries, "model": model["id"], "usage": usage}
        return JSONResponse(reply)

    async def rerank(self, request: Request, body: Any) -> Response:
        """Answer `POST /v1/rerank`."""
        given = checked(body, RERANK_FIELDS, ("model", "query", "documents"), form=False)
        model = _known("rerank", given["model"])
        documents = given["documents"]
        top_n = given.get("top_n", len(documents))
        if not 1 <= top_n <= len(documents) <= MOST_DOCUMENTS:
            raise wrong(f"top_n must be 1 to the number of documents, of {MOST_DOCUMENTS} at most")
        scores = [_fit(given["query"], document) for document in documents]
        order = sorted(range(len(documents)), key=lambda place: (-scores[place], place))
        results: list[dict[str, Any]] = []
        for place in order[:top_n]:
            result: dict[str, Any] = {"index": place, "relevance_score": round(scores[place], 6)}
            if given.get("return_documents"):
                result["document"] = {"text": documents[place]}
            results.append(result)
        tokens = sum(map(count, documents)) + count(given["query"])
        self._bill(request, model, tokens)
        usage = {"total_tokens": tokens}
        return JSONResponse({"model": model["id"], "results": results, "usage": usage})

    async def search(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/general/search`."""
        given = checked(body, SEARCH_FIELDS, ("query", "provider"), form=False)
        provider = given["provider"]
        if provider not in PROVIDERS:
            raise wrong(f"provider must be one of {', '.join(PROVIDERS)}")
        wanted, page = given.get("max_results", DEFAULT_RESULTS), given.get("page", 1)
        if not 1 <= wanted <= MOST_RESULTS or page < 1:
            raise wrong("max_results must be 1 to 20, and page at least 1")
        _check_words(provider, given)
        found = search(
            given["query"],
            results=MOST_RESULTS,
            include_sites=given.get("include_domains", ()),
            exclude_sites=given.get("exclude_domains", ()),
        )
        found = [document for document in found if _published(document, given)]
        shown = found[(page - 1) * wanted : page * wanted]
        # search1 returns the content of the requested number of pages.
        full = given.get("crawl_results", 0) if provider.startswith("search1") else len(shown)
        results = [
            _result(document, with_content=place < full) for place, document in enumerate(shown)
        ]
        self.ledger.charge(request_id(request), provider, SEARCH_FEE)
        raw = {"query": given["query"], "results": results, "response_time": 0.01}
        return JSONResponse({"search_results": results, "data": raw, "images": []})

    def _bill(self, request: Request, model: Mapping[str, Any], tokens: int) -> None:
        cost = tokens * model["price"] / MILLION
        self.ledger.charge(request_id(request), model["id"], cost, given=tokens)


@lru_cache(maxsize=1)
def _models() -> Any:
    text = (
        resources.files("emulator_302.endpoints")
        .joinpath("retrieval_models.json")
        .read_text("utf-8")
    )
    return json.loads(text)


def _known(kind: str, name: str) -> dict[str, Any]:
    for model in _models()[kind]:
        if model["id"] == name:
            return dict(model)
    raise UnknownModel(name, _models()[kind][0]["id"])


def _check_texts(texts: list[str]) -> None:
    if len(texts) > MOST_TEXTS:
        raise wrong(f"input has more than {MOST_TEXTS} texts")
    for place, one in enumerate(texts):
        if not one:
            raise wrong(f"input[{place}] is empty")
        if count(one) > LONGEST_TEXT:
            message = f"input[{place}]: maximum context length is {LONGEST_TEXT} tokens"
            raise Refusal(400, -10003, f"Parameter error: {message}")


def _dimensions(given: Mapping[str, Any], model: Mapping[str, Any]) -> int:
    wanted: int = given.get("dimensions", model["dimensions"])
    if "dimensions" in given and not (model["shortens"] and 1 <= wanted <= model["dimensions"]):
        raise wrong(f"{model['id']} has no vectors of {wanted} dimensions")
    return wanted


def _written(numbers: list[float], encoding: str) -> list[float] | str:
    if encoding == "float":
        return numbers
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def _fit(query: str, document: str) -> float:
    """Return how well a document fits, from 0 to 1, by its words and their n-grams."""
    wanted = {stem(word) for word in content_words(query)}
    held = len(wanted & stems(document)) / len(wanted) if wanted else 0.0
    one, other = (vector(side, DIMENSIONS_OF_RANKING) for side in (query, document))
    return 0.7 * held + 0.3 * max(0.0, nearness(one, other))


def _check_words(provider: str, given: Mapping[str, Any]) -> None:
    for option, known in _models()["providers"][provider].items():
        days = (provider, option) == ("bocha", "time_range") and DAYS.fullmatch(
            given.get(option, "")
        )
        if option in given and given[option] not in known and not days:
            raise wrong(f"{option} of {provider} must be one of {', '.join(known) or 'none'}")


def _published(document: Document, given: Mapping[str, Any]) -> bool:
    first = str(given.get("startPublishedDate", ""))[:10]
    last = str(given.get("endPublishedDate", "9999"))[:10]
    return first <= document.date <= last


def _result(document: Document, *, with_content: bool) -> dict[str, Any]:
    return {
        "url": document.url,
        "title": document.title,
        "description": document.text[:160],
        "content": document.text if with_content else "",
        "published_at": document.date,
        "summary": "",
        "images": [],
    }
