"""Texts that are refused or blank, through the embeddings and the ranking of both frameworks."""

import asyncio

import pytest
from langchain_core.documents import Document
from llama_index.core.schema import NodeWithScore, TextNode

from core_302 import InvalidInputError, InvalidRequestError
from langchain_302 import AI302Embeddings
from langchain_302 import AI302Rerank as LangChainRerank
from llama_index_302 import AI302Embedding
from llama_index_302 import AI302Rerank as LlamaIndexRerank
from tests.conftest import KEY
from tests.embedding_vendor import Vendor, vector_of
from tests.scripted_server import reply, scripted_server

TEXTS = ["text 1", "text 2", "text 3"]


def langchain(settings):
    model = AI302Embeddings(**settings)
    return model, model.embed_documents, model.aembed_documents


def llama_index(settings):
    model = AI302Embedding(**settings)
    return model, model.get_text_embedding_batch, model.aget_text_embedding_batch


@pytest.fixture(params=[langchain, llama_index], ids=["LangChain", "LlamaIndex"])
def embed(request):
    """Return a function that embeds texts as the framework does, and another that goes on."""

    def made(server, *, awaited, **options):
        settings = {"model": "m", "api_key": KEY, "base_url": server.url, "max_retries": 0}
        model, blocking, asynchronous = request.param({**settings, **options})
        if awaited:
            return (
                lambda texts: asyncio.run(asynchronous(texts)),
                lambda texts, partial: asyncio.run(model.aembed(texts, partial)),
            )
        return blocking, model.embed

    return made


@pytest.mark.parametrize("awaited", [False, True])
def test_the_error_names_the_text_and_what_was_paid_for_is_not_sent_again(embed, awaited):
    with scripted_server(Vendor(bad=("text 2",))) as server:
        whole, go_on = embed(server, awaited=awaited, texts_per_call=1)
        with pytest.raises(InvalidRequestError) as caught:
            whole(TEXTS)
        error = caught.value
        assert error.text_index == 1
        assert error.partial[0] == vector_of("text 1")
        server.bad = ()
        before = len(server.texts)
        assert go_on(TEXTS, error.partial).vectors == [vector_of(text) for text in TEXTS]
        assert ["text 1"] not in server.texts[before:]


@pytest.mark.parametrize("awaited", [False, True])
def test_a_blank_text_is_an_error_or_a_vector_of_zeros(embed, awaited):
    with scripted_server(Vendor()) as server:
        whole, _ = embed(server, awaited=awaited)
        with pytest.raises(InvalidInputError, match=r"texts\[1\] is blank"):
            whole(["text 1", " "])
        whole, _ = embed(server, awaited=awaited, on_blank="zero")
        assert whole(["text 1", " "]) == [vector_of("text 1"), [0.0, 0.0]]


@pytest.mark.parametrize("awaited", [False, True])
def test_blank_documents_are_no_candidates_where_they_are_skipped(server, awaited):
    found = {"results": [{"index": 0, "relevance_score": 0.9}]}
    server.answer(reply(200, found))
    settings = {"model": "m", "api_key": KEY, "base_url": server.url, "on_blank": "skip"}
    documents = [Document(" "), Document("full")]
    ranker = LangChainRerank(**settings)
    if awaited:
        ranked = asyncio.run(ranker.acompress_documents(documents, "what?"))
    else:
        ranked = ranker.compress_documents(documents, "what?")
    assert [document.page_content for document in ranked] == ["full"]
    nodes = [NodeWithScore(node=TextNode(text=document.page_content)) for document in documents]
    processor = LlamaIndexRerank(**settings)
    if awaited:
        best = asyncio.run(processor.apostprocess_nodes(nodes, query_str="what?"))
    else:
        best = processor.postprocess_nodes(nodes, query_str="what?")
    assert [node.node.text for node in best] == ["full"]
    assert [seen.json["documents"] for seen in server.seen] == [["full"], ["full"]]
