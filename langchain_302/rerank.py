"""AI302Rerank: any reranker of 302.AI as a document compressor. It changes none of its inputs."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from pydantic import PrivateAttr

from core_302 import RerankOptions
from core_302.adapters.connection import Connection
from core_302.endpoints.rerank import Ranking
from core_302.options.retrieval import RerankFields, options_in
from langchain_302.client_fields import ClientFields, connected
from langchain_302.errors import langchain_errors

SCORE = "relevance_score"
EARLIER_SCORE = "earlier_relevance_score"


@connected
class AI302Rerank(BaseDocumentCompressor, RerankFields, ClientFields):
    """Ranks documents by how well they fit a question, and keeps the best.

    Use:
        ```python
        from langchain_302 import AI302Rerank

        rerank = AI302Rerank(model="jina-reranker-v2-base-multilingual", top_n=3)
        best = rerank.compress_documents(documents, "What is the total?")
        ```

    Each returned document is a copy with `metadata["relevance_score"]`; a score that it had before
    is kept as `metadata["earlier_relevance_score"]`. An empty list makes no call.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _connection: Connection | None = PrivateAttr(default=None)

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """Return copies of the documents that fit best, best first.

        Args:
            documents: The documents. They are not changed.
            query: The question that they should answer.
            callbacks: Part of LangChain's interface; they are not called.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        del callbacks
        with langchain_errors():
            texts = [document.page_content for document in documents]
            ranking = self._gateway.client.rerank(query, texts, self._options())
        return _in_order(documents, ranking)

    async def acompress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """Return copies of the documents that fit best, best first, as `compress_documents`."""
        del callbacks
        with langchain_errors():
            texts = [document.page_content for document in documents]
            ranking = await self._gateway.async_client.rerank(query, texts, self._options())
        return _in_order(documents, ranking)

    def _options(self) -> RerankOptions:
        return options_in(RerankOptions, self)


def _in_order(documents: Sequence[Document], ranking: Ranking) -> list[Document]:
    return [_scored(documents[rank.index], rank.score) for rank in ranking.ranks]


def _scored(document: Document, score: float) -> Document:
    metadata = dict(document.metadata)
    if SCORE in metadata:
        metadata[EARLIER_SCORE] = metadata[SCORE]
    return document.model_copy(update={"metadata": {**metadata, SCORE: score}})
