"""Embeddings, reranker and search retriever for LangChain: what is sent, kept and refused."""

import asyncio
import pickle

import pytest
from langchain_core.documents import Document
from langchain_core.exceptions import ModelRateLimitError

from core_302 import AI302Error, SearchOptions
from langchain_302 import AI302Embeddings, AI302Rerank, AI302SearchRetriever
from tests.conftest import KEY
from tests.scripted_server import reply

TWO = reply(
    200,
    {"data": [{"index": 1, "embedding": [2]}, {"index": 0, "embedding": [1]}]},
    headers={"request-id": "r1"},
)
ONE = reply(200, {"data": [{"index": 0, "embedding": [1]}]})
RANKED = reply(
    200,
    {"results": [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.2}]},
)
PAGES = reply(
    200,
    {"search_results": [{"url": f"https://{n}.example", "content": n} for n in "abc"]},
    headers={"request-id": "r1"},
)


@pytest.fixture(params=["sync", "async"])
def call(request):
    """Return a function that calls a method, or its asynchronous twin, to its end."""

    def end(owner, name, *given, **more):
        if request.param == "sync":
            result = getattr(owner, name)(*given, **more)
            owner.close()
            return result

        async def awaited():
            result = await getattr(owner, f"a{name}")(*given, **more)
            await owner.aclose()
            return result

        return asyncio.run(awaited())

    return end


def embeddings(server, **more):
    given = {"model": "m", "api_key": KEY, "base_url": server.url, "max_retries": 0, **more}
    return AI302Embeddings(**given)


def reranker(server, **more):
    return AI302Rerank(model="r", api_key=KEY, base_url=server.url, max_retries=0, **more)


def retriever(server, **more):
    return AI302SearchRetriever(api_key=KEY, base_url=server.url, max_retries=0, **more)


def test_documents_become_vectors_in_their_order(server, call):
    server.answer(TWO)
    model = embeddings(server, dimensions=8, user="u", extra_body={"task": "t"}, path="/x")
    assert call(model, "embed_documents", ["a", "b"]) == [[1.0], [2.0]]
    assert server.seen[0].path == "/x"
    assert server.seen[0].json == {
        "model": "m",
        "input": ["a", "b"],
        "encoding_format": "float",
        "dimensions": 8,
        "user": "u",
        "task": "t",
    }


def test_a_question_becomes_one_vector(server, call):
    server.answer(ONE)
    assert call(embeddings(server), "embed_query", "q") == [1.0]


def test_tokens_and_cost_ids_can_be_had(server, call):
    server.answer(TWO)
    assert call(embeddings(server), "embed", ["a", "b"]).cost_ids == ("r1",)


def test_a_refusal_is_an_error_of_both_trees(server, call):
    server.answer(reply(429, b"slow down"))
    with pytest.raises(ModelRateLimitError) as caught:
        call(embeddings(server), "embed_query", "q")
    assert isinstance(caught.value, AI302Error)


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        (AI302Embeddings, {"model": "m", "dimension": 1}, "did you mean 'dimensions'"),
        (AI302Embeddings, {"model": "m", "dimensions": 0}, "dimensions"),
        (AI302Rerank, {"model": "m", "top_n": 0}, "top_n"),
        (AI302SearchRetriever, {"k": 0}, "k: "),
        (AI302SearchRetriever, {"include_domains": "a.example"}, "list of sites"),
        (AI302SearchRetriever, {"k": 101}, "k: should be less than or equal to 100"),
    ],
)
def test_a_wrong_option_is_named_when_the_object_is_made(kind, given, says):
    with pytest.raises(AI302Error, match=says):
        kind(api_key=KEY, **given)


@pytest.mark.parametrize("kind", [AI302Embeddings, AI302Rerank, AI302SearchRetriever])
def test_no_key_is_shown_dumped_or_pickled(kind, monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    given = {} if kind is AI302SearchRetriever else {"model": "m"}
    made = kind(api_key="canary-1", **given)
    assert "canary-1" not in repr(made) + str(made.model_dump())
    assert b"canary-1" not in pickle.dumps(made)
    assert type(pickle.loads(pickle.dumps(made))) is kind


def test_documents_are_put_in_order_as_copies_that_keep_the_earlier_score(server, call):
    server.answer(RANKED)
    given = [
        Document("a", metadata={"relevance_score": 0.5, "page": 1}),
        Document("b", id="two", metadata={"page": 2}),
    ]
    best = call(reranker(server, top_n=2), "compress_documents", given, "q")
    assert [document.page_content for document in best] == ["b", "a"]
    assert best[0].id == "two"
    assert best[0].metadata == {"page": 2, "relevance_score": 0.9}
    assert best[1].metadata == {
        "page": 1,
        "relevance_score": 0.2,
        "earlier_relevance_score": 0.5,
    }
    assert given[0].metadata == {"relevance_score": 0.5, "page": 1}
    assert server.seen[0].json == {
        "model": "r",
        "query": "q",
        "documents": ["a", "b"],
        "top_n": 2,
    }


def test_no_documents_are_put_in_order_without_a_call(server, call):
    assert call(reranker(server), "compress_documents", [], "q") == []
    assert not server.seen


def test_pages_become_documents_and_options_hold_per_call(server, call):
    server.answer(PAGES)
    found = retriever(server, provider="newest", country="de")
    documents = call(found, "invoke", "q", k=2, country="fr", time_range="week")
    assert [document.page_content for document in documents] == ["a", "b"]
    assert documents[0].id == "https://a.example"
    assert documents[0].metadata == {
        "source": "https://a.example",
        "title": "",
        "published_at": None,
        "provider": "newest",
        "request_id": "r1",
    }
    assert server.seen[0].json == {
        "query": "q",
        "provider": "newest",
        "country": "fr",
        "max_results": 2,
        "time_range": "week",
    }


def test_an_unknown_option_of_one_call_is_named(server, call):
    with pytest.raises(AI302Error, match="did you mean 'provider'"):
        call(retriever(server), "invoke", "q", providers="exa")
    assert not server.seen


def test_every_search_option_is_a_field_of_the_retriever():
    assert SearchOptions.model_fields.keys() - {"max_results"} <= (
        AI302SearchRetriever.model_fields.keys()
    )
