"""AI302Embedding: any embedding model of 302.AI as a LlamaIndex embedding."""

from __future__ import annotations

from typing import Annotated, ClassVar

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import AliasChoices, Field, PrivateAttr

from core_302 import EmbeddingOptions
from core_302.adapters.connection import Connection
from core_302.endpoints.embeddings import Embedded
from core_302.flows.embedding import BATCHES_AT_ONCE
from core_302.options.declaration import Text
from core_302.options.retrieval import TEXTS_PER_CALL, EmbeddingFields, TextsPerCall, options_in
from llama_index_302.client_fields import ClientFields, connected

EMBED_BATCH_SIZE = BATCHES_AT_ONCE * TEXTS_PER_CALL


@connected
class AI302Embedding(BaseEmbedding, EmbeddingFields, ClientFields):
    """Turns texts into vectors with any embedding model of 302.AI.

    Use:
        ```python
        from llama_index_302 import AI302Embedding

        embedding = AI302Embedding(model="text-embedding-3-small", dimensions=512)
        vectors = embedding.get_text_embedding_batch(["one text", "another text"])
        ```

    Texts are sent as texts, several requests at once, and come back in their order. `embed` returns
    tokens and cost ids as well. Neither the key nor the address of the gateway is in the ingestion
    cache's key.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option's value cannot be sent.
    """

    _first: ClassVar[str | None] = "model_name"
    _connection: Connection | None = PrivateAttr(default=None)

    model_name: Annotated[Text, Field(validation_alias=AliasChoices("model_name", "model"))]
    """The model's name. An unknown one is sent as it is."""
    embed_batch_size: TextsPerCall = EMBED_BATCH_SIZE
    """How many texts LlamaIndex hands over at once. They go in requests of `texts_per_call` (128),
    several at the same time; LlamaIndex's own default of 10 would make ten times as many."""

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which LlamaIndex stores this class."""
        return "AI302Embedding"

    def embed(self, texts: list[str], partial: list[list[float] | None] | None = None) -> Embedded:
        """Turn texts into vectors; return tokens and cost ids as well.

        After an error, `partial=error.partial` sends only the texts that have no vector yet.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return self._gateway.client.embed(texts, self._options(), partial)

    async def aembed(
        self, texts: list[str], partial: list[list[float] | None] | None = None
    ) -> Embedded:
        """Turn texts into vectors; return tokens and cost ids as well.

        After an error, `partial=error.partial` sends only the texts that have no vector yet.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        return await self._gateway.async_client.embed(texts, self._options(), partial)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self.embed([query]).vectors[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return (await self.aembed([query])).vectors[0]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self.embed([text]).vectors[0]

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return (await self.aembed([text])).vectors[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self.embed(texts).vectors

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return (await self.aembed(texts)).vectors

    def _options(self) -> EmbeddingOptions:
        most = min(self.embed_batch_size, self.texts_per_call)
        return options_in(EmbeddingOptions, self, model=self.model_name, texts_per_call=most)
