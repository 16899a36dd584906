"""AI302Embeddings: any embedding model of 302.AI as LangChain's Embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from langchain_core.embeddings import Embeddings
from pydantic import PrivateAttr, model_validator

from core_302 import EmbeddingOptions
from core_302.adapters.connection import Connection
from core_302.endpoints.embeddings import Embedded
from core_302.options.chat import OTHER_FIELDS
from core_302.options.retrieval import CHARACTERS_PER_CALL, TEXTS_PER_CALL, checked_options
from langchain_302.client_fields import ClientFields, connected
from langchain_302.errors import langchain_errors

if TYPE_CHECKING:
    from typing_extensions import Self


@connected
class AI302Embeddings(Embeddings, ClientFields):
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

    model: str
    """The model's name. One that is not known here is sent as it is."""
    dimensions: int | None = None
    """The length of a vector, for models that can shorten it."""
    user: str | None = None
    """Your own id of the end user."""
    path: str | None = None
    """Where to ask, if not where 302.AI's own SDK does."""
    texts_per_call: int = TEXTS_PER_CALL
    """The most texts of one request."""
    characters_per_call: int = CHARACTERS_PER_CALL
    """The most characters of one request; a longer text goes alone."""
    extra_body: Mapping[str, Any] | None = None
    """Further fields of the body, such as Jina's `task`."""

    @model_validator(mode="after")
    def _check_the_options(self) -> Self:
        self._options()
        return self

    def embed(self, texts: list[str]) -> Embedded:
        """Turn texts into vectors; tell tokens and cost ids as well.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        with langchain_errors():
            return self._gateway.client.embed(texts, self._options())

    async def aembed(self, texts: list[str]) -> Embedded:
        """Turn texts into vectors; tell tokens and cost ids as well.

        Raises:
            AI302Error: See the tree in `core_302.errors`.
        """
        with langchain_errors():
            return await self._gateway.async_client.embed(texts, self._options())

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
        shared = EmbeddingOptions.model_fields.keys() & type(self).model_fields.keys()
        return checked_options(EmbeddingOptions, {name: getattr(self, name) for name in shared})
