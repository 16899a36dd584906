"""AI302Embeddings: any embedding model of 302.AI as LangChain's Embeddings."""

from __future__ import annotations

from typing import ClassVar

from langchain_core.embeddings import Embeddings
from pydantic import PrivateAttr

from core_302 import EmbeddingOptions
from core_302.adapters.connection import Connection
from core_302.endpoints.embeddings import Embedded
from core_302.options.chat import OTHER_FIELDS
from core_302.options.retrieval import BatchFields, options_in
from langchain_302.client_fields import ClientFields, connected
from langchain_302.errors import langchain_errors


@connected
class AI302Embeddings(Embeddings, BatchFields, ClientFields):
    """Turns texts into vectors with any embedding model of 302.AI.

    Use:
        ```python
        from langchain_302 import AI302Embeddings

        embeddings = AI302Embeddings(model="text-embedding-3-small", dimensions=512)
        vectors = embeddings.embed_documents(["one text", "another text"])
        ```

    Texts are sent as texts, in as many calls as the limits need, and come back in their order.
    `embed` returns tokens and cost ids as well.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _hint: ClassVar[str] = OTHER_FIELDS
    _connection: Connection | None = PrivateAttr(default=None)

    def embed(self, texts: list[str], partial: list[list[float] | None] | None = None) -> Embedded:
        """Turn texts into vectors; return tokens and cost ids as well.

        After an error, `partial=error.partial` sends only the texts that have no vector yet.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        with langchain_errors():
            return self._gateway.client.embed(texts, self._options(), partial)

    async def aembed(
        self, texts: list[str], partial: list[list[float] | None] | None = None
    ) -> Embedded:
        """Turn texts into vectors; return tokens and cost ids as well.

        After an error, `partial=error.partial` sends only the texts that have no vector yet.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        with langchain_errors():
            return await self._gateway.async_client.embed(texts, self._options(), partial)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text, in their order. Errors are those of `embed`."""
        return self.embed(texts).vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question. Errors are those of `embed`."""
        return self.embed([text]).vectors[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a vector for each text, in their order. Errors are those of `embed`."""
        return (await self.aembed(texts)).vectors

    async def aembed_query(self, text: str) -> list[float]:
        """Return the vector of a question. Errors are those of `embed`."""
        return (await self.aembed([text])).vectors[0]

    def _options(self) -> EmbeddingOptions:
        return options_in(EmbeddingOptions, self)
