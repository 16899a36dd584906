"""LangChain's own suites for embeddings and retrievers, on the emulator, with nothing left out."""

import pytest
from langchain_tests.integration_tests import (
    EmbeddingsIntegrationTests,
    RetrieversIntegrationTests,
)
from langchain_tests.unit_tests import EmbeddingsUnitTests

import emulator_302
from langchain_302 import AI302Embeddings, AI302SearchRetriever


@pytest.fixture(autouse=True)
def gateway(monkeypatch):
    with emulator_302.running() as running:
        monkeypatch.setenv("AI302_API_KEY", running.api_key)
        monkeypatch.setenv("AI302_BASE_URL", running.base_url)
        yield running


class Embedder:
    @property
    def embeddings_class(self):
        return AI302Embeddings

    @property
    def embedding_model_params(self):
        return {"model": "text-embedding-3-small"}

    @property
    def init_from_env_params(self):
        environment = {"AI302_API_KEY": "test-key-not-real"}
        return environment, self.embedding_model_params, {"api_key": "test-key-not-real"}


class TestEmbeddingsUnit(Embedder, EmbeddingsUnitTests):
    """The unit suite."""


class TestEmbeddingsIntegration(Embedder, EmbeddingsIntegrationTests):
    """The integration suite."""


class TestSearchRetriever(RetrieversIntegrationTests):
    """The retrievers' suite."""

    @property
    def retriever_constructor(self):
        return AI302SearchRetriever

    @property
    def retriever_query_example(self):
        return "latest news"
