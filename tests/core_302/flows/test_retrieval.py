"""Embedding, reranking and searching: what is sent, and what comes of replies of every kind."""

import base64
import json
import struct
from datetime import date, datetime, timedelta, timezone

import pytest

from core_302 import (
    EmbeddingOptions,
    InvalidInputError,
    InvalidRequestError,
    MalformedReplyError,
    RerankOptions,
    SearchOptions,
)
from core_302.options.retrieval import checked_options
from tests.scripted_server import reply

EMBED = EmbeddingOptions(model="text-embedding-3-small")
RERANK = RerankOptions(model="jina-reranker-v2-base-multilingual")


def entry(index, *numbers):
    return {"object": "embedding", "index": index, "embedding": list(numbers)}


def vectors(*entries, status=200, headers=(), **more):
    return reply(status, {"object": "list", "data": list(entries), **more}, headers=headers)


def ranked(*pairs, **more):
    results = [{"index": index, "relevance_score": score} for index, score in pairs]
    return reply(200, {"results": results, **more})


def test_vectors_come_in_the_order_of_the_texts_whatever_order_the_reply_has(server, connect):
    server.answer(
        vectors(
            entry(1, 0.5, 1),
            entry(0, 2, 3),
            model="m1",
            usage={"prompt_tokens": 4, "total_tokens": 4},
            headers={"request-id": "r1"},
        )
    )
    found = connect(server.url).call("embed", ["a", "b"], EMBED)
    assert found.vectors == [[2.0, 3.0], [0.5, 1.0]]
    assert (found.model, found.tokens, found.cost_ids) == ("m1", 4, ("r1",))
    assert server.seen[0].path == "/v1/embeddings"
    assert server.seen[0].json == {
        "model": "text-embedding-3-small",
        "input": ["a", "b"],
        "encoding_format": "float",
    }


def test_every_embedding_option_is_sent_and_extra_fields_win(server, connect):
    server.answer(vectors(entry(0, 1.0)))
    asked = EmbeddingOptions(
        model="m", dimensions=256, encoding=None, user="u", extra_body={"user": "v", "task": "t"}
    )
    connect(server.url).call("embed", ["a"], asked)
    body = {"model": "m", "input": ["a"], "dimensions": 256, "user": "v", "task": "t"}
    assert server.seen[0].json == body


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"model": "jina-embeddings-v3"}, "/jina/v1/embeddings"),
        ({"model": "jina-embeddings-v3", "path": "/v1/embeddings"}, "/v1/embeddings"),
        ({"model": "Qwen/Qwen3-Embedding-8B"}, "/v1/embeddings"),
    ],
)
def test_jina_models_are_asked_at_their_own_mount_unless_a_path_is_set(
    server, connect, options, path
):
    server.answer(vectors(entry(0, 1.0)))
    connect(server.url).call("embed", ["a"], EmbeddingOptions(**options))
    assert server.seen[0].path == path


def test_base64_is_read_although_numbers_were_asked_for(server, connect):
    packed = base64.b64encode(struct.pack("<3f", 0.25, -1.5, 8)).decode()
    server.answer(vectors({"index": 0, "embedding": packed}))
    assert connect(server.url).call("embed", ["a"], EMBED).vectors == [[0.25, -1.5, 8.0]]


def test_a_reply_without_indexes_keeps_its_order_and_voyage_counts_only_totals(server, connect):
    server.answer(vectors({"embedding": [1]}, {"embedding": [2]}, usage={"total_tokens": 9}))
    found = connect(server.url).call("embed", ["a", "b"], EMBED)
    assert (found.vectors, found.tokens, found.cost_ids) == ([[1.0], [2.0]], 9, ())


def test_texts_are_sent_in_groups_by_number_and_by_length(server, connect):
    two, one = vectors(entry(0, 1), entry(1, 2), usage={"total_tokens": 2}), vectors(entry(0, 3))
    server.answer(two, one, two, one)
    options = EmbeddingOptions(model="m", texts_per_call=2, characters_per_call=6)
    texts = ["a", "b", "c", "dddddd", "e", "ffffffffff"]
    server.answer(two, one, one, one, one)
    found = connect(server.url, max_connections=1).call("embed", texts, options)
    sent = [seen.json["input"] for seen in server.seen]
    assert sent == [["a", "b"], ["c"], ["dddddd"], ["e"], ["ffffffffff"]]
    assert len(found.vectors) == 6
    assert found.tokens == 2


def test_no_texts_are_no_request(server, connect):
    found = connect(server.url).call("embed", [], EMBED)
    assert (found.vectors, found.model, server.seen) == ([], None, [])


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ("one text", "texts must be a list"),
        (["a", [1, 2]], r"texts\[1\] must be a string, not list"),
        (["a", ""], r"texts\[1\] is blank"),
    ],
)
def test_what_is_no_text_is_refused_before_anything_is_sent(server, connect, texts, says):
    with pytest.raises(InvalidInputError, match=says):
        connect(server.url).call("embed", texts, EMBED)
    assert not server.seen


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        ["x"],
        [{"index": 0}],
        [{"index": 0, "embedding": []}],
        [{"index": 0, "embedding": ["x"]}],
        [{"index": 0, "embedding": [None]}],
        [{"index": 0, "embedding": "!"}],
        [{"index": 0, "embedding": "AAA="}],
        [{"index": 1, "embedding": [1]}],
        [entry(0, 1), entry(0, 2)],
        [entry(0, 1), entry(1, 2, 3)],
    ],
)
def test_a_reply_without_one_vector_for_each_text_is_no_embedding(server, connect, data):
    server.answer(reply(200, {"data": data, "object": "list"}))
    texts = ["a", "b"] if data and len(data) == 2 else ["a"]
    with pytest.raises(MalformedReplyError, match="list of embeddings"):
        connect(server.url).call("embed", texts, EMBED)
    assert len(server.seen) == 1


def test_a_vector_with_an_infinite_number_is_refused(server, connect):
    server.answer(reply(200, b'{"data":[{"index":0,"embedding":[NaN]}]}'))
    with pytest.raises(MalformedReplyError, match="finite"):
        connect(server.url).call("embed", ["a"], EMBED)


def test_a_failed_group_is_repeated_alone(server, connect):
    good = vectors(entry(0, 1))
    server.answer(good, reply(500, b"later"), good)
    options = EmbeddingOptions(model="m", texts_per_call=1)
    assert (
        len(connect(server.url, max_connections=1).call("embed", ["a", "b"], options).vectors) == 2
    )
    assert [seen.json["input"] for seen in server.seen] == [["a"], ["b"], ["b"]]


def test_documents_come_best_first_by_their_place(server, connect):
    server.answer(ranked((2, 0.1), (0, 0.9), model="m1", usage={"total_tokens": 7}))
    found = connect(server.url).call("rerank", "q", ["a", "b", "c"], RERANK)
    assert [(rank.index, rank.score) for rank in found.ranks] == [(0, 0.9), (2, 0.1)]
    assert (found.model, found.tokens, found.cost_ids) == ("m1", 7, ())
    assert server.seen[0].path == "/v1/rerank"
    assert server.seen[0].json == {"model": RERANK.model, "query": "q", "documents": list("abc")}


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"model": "qwen3-rerank"}, "/v1/reranks"),
        ({"model": "jina-reranker-m0", "path": "/jina/v1/rerank"}, "/jina/v1/rerank"),
    ],
)
def test_the_path_of_a_reranker_is_its_own_or_yours(server, connect, options, path):
    server.answer(ranked((0, 1)))
    connect(server.url).call("rerank", "q", ["a"], RerankOptions(**options))
    assert server.seen[0].path == path


def test_no_more_is_asked_for_than_there_are_documents(server, connect):
    body = {"data": [{"index": 0, "score": 1, "document": {"text": "a"}}]}
    server.answer(reply(200, body, headers={"request-id": "r1"}))
    options = RerankOptions(model="rerank-2.5", top_n=5, extra_body={"truncation": True})
    found = connect(server.url).call("rerank", "q", ["a"], options)
    assert found.cost_ids == ("r1",)
    assert server.seen[0].json["top_n"] == 1
    assert server.seen[0].json["truncation"] is True


def test_no_documents_are_a_ranking_of_none_without_a_request(server, connect):
    assert connect(server.url).call("rerank", "q", [], RERANK).ranks == ()
    assert not server.seen


@pytest.mark.parametrize(
    ("query", "documents", "says"),
    [("  ", ["a"], "query is empty"), ("q", ["a", 1], r"documents\[1\] must be a string")],
)
def test_a_ranking_needs_a_question_and_texts(server, connect, query, documents, says):
    with pytest.raises(InvalidInputError, match=says):
        connect(server.url).call("rerank", query, documents, RERANK)
    assert not server.seen


@pytest.mark.parametrize(
    "results",
    [
        None,
        ["x"],
        [{"index": 0}],
        [{"relevance_score": 1}],
        [{"index": 2, "relevance_score": 1}],
        [{"index": -1, "relevance_score": 1}],
        [{"index": 0, "relevance_score": 1}, {"index": 0, "relevance_score": 2}],
    ],
)
def test_a_reply_that_names_no_document_is_no_ranking(server, connect, results):
    server.answer(reply(200, {"results": results}))
    with pytest.raises(MalformedReplyError, match="is not a ranking"):
        connect(server.url).call("rerank", "q", ["a", "b"], RERANK)


def test_every_search_option_is_sent_in_the_gateways_spelling(server, connect):
    server.answer(reply(200, {"search_results": []}))
    asked = SearchOptions(
        provider="newest",
        max_results=3,
        category="news",
        time_range="week",
        include_domains=("a.example",),
        exclude_domains=("b.example",),
        start_published_date=date(2026, 1, 2),
        end_published_date=datetime(2026, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=1))),
        start_crawl_date="2026-03-04T00:00:01",
        end_crawl_date="2026-03-05",
        crawl_results=2,
        include_raw_content=True,
        include_images=False,
        page=2,
        max_tokens_per_page=500,
        country="de",
        extra_body={"livecrawl": "never"},
    )
    connect(server.url).call("search", "q", asked)
    assert server.seen[0].path == "/302/general/search"
    assert server.seen[0].json == {
        "query": "q",
        "provider": "newest",
        "max_results": 3,
        "category": "news",
        "time_range": "week",
        "include_domains": ["a.example"],
        "exclude_domains": ["b.example"],
        "startPublishedDate": "2026-01-02",
        "endPublishedDate": "2026-02-03T03:05:00Z",
        "startCrawlDate": "2026-03-04T00:00:01Z",
        "endCrawlDate": "2026-03-05",
        "crawl_results": 2,
        "includeRowContent": True,
        "include_images": False,
        "page": 2,
        "max_tokens_per_page": 500,
        "country": "de",
        "livecrawl": "never",
    }


def test_a_search_returns_pages_with_the_longest_text_that_is_known(server, connect):
    found = [
        {"url": "https://a.example", "title": "A", "content": "all", "description": "some"},
        {"url": "https://b.example", "content": "", "summary": None, "description": "some"},
        {"url": "https://c.example", "published_at": "2026", "images": ["https://i.example", 1]},
        {"title": "no address"},
        "no page",
    ]
    body = {"search_results": found, "data": {"answer": "So it is."}}
    server.answer(reply(200, body, headers={"request-id": "r1"}))
    report = connect(server.url).call("search", "q")
    assert [page.text for page in report.results] == ["all", "some", ""]
    assert [page.title for page in report.results] == ["A", "", ""]
    assert report.results[2].published_at == "2026"
    assert report.results[2].images == ("https://i.example",)
    assert (report.answer, report.cost_ids) == ("So it is.", ("r1",))
    assert server.seen[0].json == {"query": "q", "provider": "tavily"}


def test_a_providers_own_results_are_read_where_the_unified_ones_are_missing(server, connect):
    server.answer(reply(200, {"data": {"results": [{"url": "https://a.example"}]}}))
    report = connect(server.url).call("search", "q")
    assert (len(report.results), report.answer, report.cost_ids) == (1, None, ())


def test_what_is_no_list_of_results_says_so(server, connect):
    server.answer(reply(200, {"data": "https://x"}))
    with pytest.raises(MalformedReplyError, match="search results"):
        connect(server.url).call("search", "q")
    with pytest.raises(InvalidInputError, match="query is empty"):
        connect(server.url).call("search", "")


def test_a_refused_search_is_an_error_of_the_tree(server, connect):
    server.answer(reply(422, json.dumps({"error": {"err_code": -10003, "message": "no"}}).encode()))
    with pytest.raises(InvalidRequestError, match="no"):
        connect(server.url).call("search", "q")


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        (EmbeddingOptions, {"model": ""}, "model"),
        (EmbeddingOptions, {"model": "m", "dimension": 3}, "did you mean 'dimensions'"),
        (EmbeddingOptions, {"model": "m", "path": "v1"}, "path"),
        (RerankOptions, {"model": "m", "top_n": 0}, "top_n"),
        (SearchOptions, {"include_domains": "a.example"}, "must be a list of sites"),
        (SearchOptions, {"start_crawl_date": "soon"}, "start_crawl_date"),
    ],
)
def test_an_option_that_cannot_be_sent_is_named(kind, given, says):
    with pytest.raises(InvalidInputError, match=says):
        checked_options(kind, given)


def test_options_that_can_be_sent_are_taken():
    assert checked_options(SearchOptions, {"provider": "metaso", "page": 2}).page == 2
