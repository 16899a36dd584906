"""Embedding, reranker and search retriever for LlamaIndex: what is sent, kept and refused."""

import asyncio
import pickle

import pytest
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.callbacks import CallbackManager, CBEventType, LlamaDebugHandler
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, TextNode

import emulator_302
from core_302 import AI302Error, RateLimitError
from llama_index_302 import AI302Embedding, AI302Rerank, AI302SearchRetriever
from tests.conftest import KEY
from tests.scripted_server import reply

TWO = reply(200, {"data": [{"index": 1, "embedding": [2]}, {"index": 0, "embedding": [1]}]})
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


def embedding(server, **more):
    given = {"model": "m", "api_key": KEY, "api_base": server.url, "max_retries": 0, **more}
    return AI302Embedding(**given)


def reranker(server, **more):
    given = {"model": "r", "api_key": KEY, "api_base": server.url, "max_retries": 0, **more}
    return AI302Rerank(**given)


def searcher(server, **more):
    return AI302SearchRetriever(api_key=KEY, api_base=server.url, max_retries=0, **more)


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        (AI302Embedding, BaseEmbedding),
        (AI302Rerank, BaseNodePostprocessor),
        (AI302SearchRetriever, BaseRetriever),
    ],
)
def test_each_class_is_what_the_framework_asks_for(kind, base):
    assert issubclass(kind, base)


def test_texts_become_vectors_in_their_order(server, call):
    server.answer(TWO)
    model = embedding(server, dimensions=8, user="u", extra_body={"task": "t"}, path="/x")
    assert call(model, "get_text_embedding_batch", ["a", "b"]) == [[1.0], [2.0]]
    assert server.seen[0].path == "/x"
    assert server.seen[0].json == {
        "model": "m",
        "input": ["a", "b"],
        "encoding_format": "float",
        "dimensions": 8,
        "user": "u",
        "task": "t",
    }


def test_batches_have_the_size_that_the_user_set(server, call):
    server.answer(ONE)
    call(embedding(server, embed_batch_size=1), "get_text_embedding_batch", ["a", "b"])
    assert sorted(str(seen.json["input"]) for seen in server.seen) == ["['a']", "['b']"]


@pytest.mark.parametrize("name", ["get_query_embedding", "get_text_embedding"])
def test_one_text_becomes_one_vector(server, call, name):
    server.answer(ONE)
    assert call(embedding(server), name, "q") == [1.0]


def test_tokens_can_be_had(server, call):
    server.answer(TWO)
    assert call(embedding(server), "embed", ["a", "b"]).tokens == 0


def test_a_refusal_is_an_error_of_the_tree(server, call):
    server.answer(reply(429, b"slow down"))
    with pytest.raises(RateLimitError):
        call(embedding(server), "get_query_embedding", "q")


@pytest.mark.parametrize("kind", [AI302Embedding, AI302Rerank])
def test_no_key_is_shown_dumped_or_pickled(kind, monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    made = kind(model="m", api_key="canary-1", default_headers={"x": "canary-2"})
    assert "canary" not in repr(made) + str(made.to_dict())
    assert made.to_dict()["class_name"] == kind.class_name()
    assert b"canary" not in pickle.dumps(made)
    assert type(pickle.loads(pickle.dumps(made))) is kind


def test_a_stored_embedding_is_made_again_from_its_dictionary(monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    made = AI302Embedding(model="m", api_base="https://api.302ai.cn", dimensions=3)
    again = AI302Embedding.from_dict(made.to_dict())
    assert (again.model_name, again.api_base, again.dimensions) == ("m", made.api_base, 3)


def test_what_was_never_used_can_be_closed():
    asyncio.run(AI302Embedding(model="m", api_key=KEY).aclose())


def test_without_a_key_the_first_line_says_so():
    with pytest.raises(ValueError, match="AI302_API_KEY"):
        AI302Embedding(model="m")


@pytest.mark.parametrize(
    ("kind", "given"), [(AI302Embedding, {"dimensions": 0}), (AI302Rerank, {"top_n": 0})]
)
def test_a_wrong_option_is_named_when_the_object_is_made(kind, given):
    with pytest.raises(ValueError, match=next(iter(given))):
        kind(model="m", api_key=KEY, **given)


def nodes():
    return [
        NodeWithScore(node=TextNode(text="a", metadata={"page": 1}), score=0.5),
        NodeWithScore(node=TextNode(text="b", metadata={"page": 2}), score=0.4),
    ]


def test_nodes_are_put_in_order_as_copies_that_keep_the_earlier_score(server, call):
    server.answer(RANKED)
    given = nodes()
    best = call(reranker(server, top_n=2), "postprocess_nodes", given, query_str="q")
    assert [(found.node.text, found.score) for found in best] == [("b", 0.9), ("a", 0.2)]
    assert best[0].node.metadata == {"page": 2, "retrieval_score": 0.4}
    assert "retrieval_score" not in best[0].node.get_content("llm")
    assert given[1].node.metadata == {"page": 2}
    assert server.seen[0].json["documents"] == ["page: 1\n\na", "page: 2\n\nb"]


def test_callbacks_see_the_reranking(server, call):
    server.answer(RANKED)
    watcher = LlamaDebugHandler(print_trace_on_end=False)
    rerank = reranker(server, callback_manager=CallbackManager([watcher]))
    call(rerank, "postprocess_nodes", nodes(), query_str="q")
    start, end = watcher.get_event_pairs(CBEventType.RERANKING)[0]
    assert len(start.payload["nodes"]) == len(end.payload["nodes"]) == 2


def test_no_nodes_are_put_in_order_without_a_call(server, call):
    assert call(reranker(server), "postprocess_nodes", [], query_str="q") == []
    assert not server.seen


def test_a_reranker_without_a_question_says_so(server, call):
    with pytest.raises(AI302Error, match="needs the question"):
        call(reranker(server), "postprocess_nodes", nodes())


def test_pages_become_nodes_whose_score_is_their_place(server, call):
    server.answer(PAGES)
    found = call(searcher(server, provider="exa", similarity_top_k=2), "retrieve", "q")
    assert [(page.node.text, page.score) for page in found] == [("a", 1.0), ("b", 0.5)]
    assert found[0].node.node_id == found[0].node.metadata["source"] == "https://a.example"
    assert found[0].node.metadata["request_id"] == "r1"
    assert server.seen[0].json == {"query": "q", "provider": "exa", "max_results": 2}


def test_an_unknown_search_option_is_named(server):
    with pytest.raises(AI302Error, match="did you mean 'provider'"):
        searcher(server, providers="exa")


def test_the_emulator_takes_what_each_class_sends(call):
    with emulator_302.running() as gateway:
        how = {"api_key": gateway.api_key, "api_base": gateway.base_url}
        model = AI302Embedding(model="text-embedding-3-small", dimensions=64, **how)
        assert len(call(model, "get_query_embedding", "hello")) == 64
        rerank = AI302Rerank(model="bge-reranker-v2-m3", top_n=1, **how)
        assert len(call(rerank, "postprocess_nodes", nodes(), query_str="a")) == 1
        search = AI302SearchRetriever(similarity_top_k=3, **how)
        assert len(call(search, "retrieve", "latest news")) == 3
