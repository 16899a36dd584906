"""The frameworks' own prompts get answers from what their engines and chains retrieved."""

import pytest
from langchain_core.documents import Document as Page
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
from langchain_core.retrievers import BaseRetriever
from llama_index.core import Document, SummaryIndex, VectorStoreIndex
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.postprocessor import LLMRerank
from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine

from langchain_302 import ChatAI302
from llama_index_302 import AI302, AI302Embedding

# Looking for the kind of an embedding, LlamaIndex imports langchain-community, which is ending.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.langchain-community. is being sunset:DeprecationWarning"
)
TEXTS = (
    "The bakery of Skagen opens at seven. Its rye bread is famous.",
    "The lighthouse of Skagen was built in 1755. It is 46 metres tall.",
    "Anna Holm keeps the light. She feeds two cats named Bit and Byte.",
)
BUILT, NOWHERE = "When was the lighthouse built?", "The context does not say."


@pytest.fixture
def llm(gateway):
    with AI302(model="gpt-4o", api_key=gateway.api_key, api_base=gateway.base_url) as one:
        yield one


@pytest.fixture
def index(gateway):
    given = {"api_key": gateway.api_key, "api_base": gateway.base_url}
    with AI302Embedding(model="text-embedding-3-small", **given) as embedding:
        documents = [Document(text=text) for text in TEXTS]
        yield VectorStoreIndex.from_documents(documents, embed_model=embedding)


@pytest.mark.parametrize("mode", ["refine", "compact", "tree_summarize", "simple_summarize"])
@pytest.mark.parametrize("top", [1, 3])
def test_each_response_mode_answers_from_the_passage_that_fits(llm, index, mode, top):
    engine = index.as_query_engine(llm=llm, response_mode=mode, similarity_top_k=top)
    assert str(engine.query(BUILT)) == "The lighthouse of Skagen was built in 1755."
    assert str(engine.query("Who painted the church?")) == NOWHERE


@pytest.mark.parametrize("mode", ["refine", "compact", "tree_summarize"])
def test_a_retriever_query_engine_reads_all_passages(llm, mode):
    documents = [Document(text=text) for text in TEXTS]
    retriever = SummaryIndex.from_documents(documents).as_retriever()
    engine = RetrieverQueryEngine.from_args(retriever, llm=llm, response_mode=mode)
    assert str(engine.query("What are the cats named?")) == (
        "She feeds two cats named Bit and Byte."
    )


def test_citations_name_the_source_that_was_used(llm, index):
    engine = CitationQueryEngine.from_args(index, llm=llm, similarity_top_k=3)
    answer = engine.query(BUILT)
    number = 1 + next(
        place for place, node in enumerate(answer.source_nodes) if "1755" in node.text
    )
    assert str(answer) == f"The lighthouse of Skagen was built in 1755. [{number}]"
    assert str(engine.query("Who painted the church?")) == NOWHERE


def test_a_reranker_keeps_the_passages_that_fit(llm, index):
    nodes = index.as_retriever(similarity_top_k=3).retrieve(BUILT)
    kept = LLMRerank(llm=llm, top_n=2).postprocess_nodes(nodes, query_str=BUILT)
    assert [("1755" in node.text, node.score > 5) for node in kept] == [(True, True)]


@pytest.mark.parametrize("mode", ["context", "condense_plus_context", "condense_question"])
def test_a_chat_engine_answers_and_goes_on(llm, index, mode):
    # What the memory keeps is counted, and the tokenizer of the framework is not on this machine.
    memory = ChatMemoryBuffer.from_defaults(tokenizer_fn=str.split)
    engine = index.as_chat_engine(chat_mode=mode, llm=llm, similarity_top_k=2, memory=memory)
    assert str(engine.chat(BUILT)) == "The lighthouse of Skagen was built in 1755."
    assert str(engine.chat("How tall is it?")) == "It is 46 metres tall."
    assert str(engine.chat("Who painted the church?")) == NOWHERE


class FirstTwo(BaseRetriever):
    """Finds the same two pages for every question, and keeps what it was asked."""

    asked: list[str]

    def _get_relevant_documents(self, query, **_):
        self.asked.append(query)
        return [Page(page_content=text) for text in TEXTS[:2]]


OWN_PROMPT = ChatPromptTemplate.from_messages(
    [("system", "You guide tourists by what you know:\n\n{context}"), ("human", "{input}")]
)
STANDALONE_ORDER = (
    "Given a chat history and the latest user question which might reference context in the chat "
    "history, formulate a standalone question which can be understood without the chat history. "
    "Do NOT answer the question."
)
STANDALONE = ChatPromptTemplate.from_messages(
    [("system", STANDALONE_ORDER), MessagesPlaceholder("chat_history"), ("human", "{input}")]
)


@pytest.fixture
def model(gateway):
    with ChatAI302(model="gpt-4o", api_key=gateway.api_key, base_url=gateway.base_url) as one:
        yield one


def test_a_retrieval_chain_with_a_prompt_of_its_own_is_answered(model):
    chains = pytest.importorskip(
        "langchain_classic.chains", reason="the chains are not a dependency of these packages"
    )
    documents = pytest.importorskip("langchain_classic.chains.combine_documents")
    stuff = documents.create_stuff_documents_chain(model, OWN_PROMPT)
    pages = FirstTwo(asked=[])
    aware = chains.create_history_aware_retriever(model, pages, STANDALONE)
    chain = chains.create_retrieval_chain(aware, stuff)
    first = chain.invoke({"input": BUILT, "chat_history": []})["answer"]
    assert first == "The lighthouse of Skagen was built in 1755."
    history = [HumanMessage(BUILT), AIMessage(first)]
    then = chain.invoke({"input": "How tall is it?", "chat_history": history})["answer"]
    assert then == "It is 46 metres tall."
    assert pages.asked == [BUILT, "How tall is the lighthouse?"]


def test_a_prompt_of_ones_own_is_answered_without_the_chains(model):
    chain = OWN_PROMPT | model
    given = {"context": "\n\n".join(TEXTS), "input": "Who keeps the light?"}
    assert chain.invoke(given).text == "Anna Holm keeps the light."
