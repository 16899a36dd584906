"""LlamaIndex's own engines on the emulator: each answers from the document that fits."""

import pytest
from llama_index.core import Document, VectorStoreIndex
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.postprocessor import LLMRerank
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from llama_index_302 import AI302, AI302Embedding
from tests.emulator_302.rule_model.test_context import ANSWER, ASKED, PASSAGES

# LlamaIndex looks whether an embedding is one of LangChain's, where that is installed.
pytestmark = pytest.mark.filterwarnings("ignore:`langchain-community`:DeprecationWarning")


@pytest.fixture
def settings(ai302_emulator):
    del ai302_emulator
    return {"llm": AI302(model="gpt-4o")}


@pytest.fixture
def index(settings):
    del settings
    documents = [Document(text=text) for text in PASSAGES]
    return VectorStoreIndex.from_documents(
        documents, embed_model=AI302Embedding(model_name="text-embedding-3-small")
    )


@pytest.mark.parametrize("mode", ["compact", "refine", "tree_summarize", "simple_summarize"])
def test_a_query_engine_answers_in_each_of_its_modes(index, settings, mode):
    engine = index.as_query_engine(response_mode=mode, similarity_top_k=4, **settings)
    assert str(engine.query(ASKED)) == ANSWER
    assert str(engine.query("What is the capital of Peru?")) == "The context does not say."


@pytest.mark.parametrize("mode", ["context", "condense_plus_context", "condense_question"])
def test_a_chat_engine_answers_and_follows_up(index, settings, mode):
    # The default memory leaves a connection to SQLite open.
    settings["memory"] = ChatMemoryBuffer.from_defaults(token_limit=3_000)
    engine = index.as_chat_engine(chat_mode=mode, similarity_top_k=4, **settings)
    assert str(engine.chat(ASKED)) == ANSWER
    assert str(engine.chat("How much do tickets cost for adults?")) == PASSAGES[1]


def test_a_citation_engine_cites_its_source(index, settings):
    engine = CitationQueryEngine.from_args(index, similarity_top_k=4, **settings)
    answer = engine.query(ASKED)
    text, _, number = str(answer).removesuffix("]").partition(" [")
    assert text == ANSWER
    assert ANSWER in answer.source_nodes[int(number) - 1].node.get_content()


def test_a_model_that_reranks_puts_the_document_that_fits_first(settings):
    nodes = [NodeWithScore(node=TextNode(text=text), score=0.1) for text in PASSAGES]
    ranker = LLMRerank(top_n=2, **settings)
    best, *_ = ranker.postprocess_nodes(nodes, QueryBundle(ASKED))
    assert best.node.get_content() == ANSWER
