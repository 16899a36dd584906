"""AI302SearchRetriever: the web, through 302.AI's unified search, as a LangChain retriever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import PrivateAttr, model_validator

from core_302 import SearchOptions
from core_302.adapters.connection import Connection
from core_302.endpoints.search import SearchReport
from core_302.options.retrieval import DEFAULT_RESULTS, MaxResults, SearchFields, options_in
from langchain_302.client_fields import ClientFields, connected
from langchain_302.errors import langchain_errors

if TYPE_CHECKING:
    from typing_extensions import Self


@connected
class AI302SearchRetriever(BaseRetriever, SearchFields, ClientFields):
    """Finds pages of the web with one of nine search services.

    Use:
        ```python
        from langchain_302 import AI302SearchRetriever

        retriever = AI302SearchRetriever(provider="tavily", k=3)
        documents = retriever.invoke("What is new in AI?", time_range="week")
        ```

    Every option of `core_302.options.retrieval.SearchFields` can be set here and per call, and so
    can `k`, the number of pages. A document's `page_content` is the page's content, or its summary
    or description; its metadata has `source`, `title`, `published_at`, `provider` and `request_id`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    _connection: Connection | None = PrivateAttr(default=None)

    k: MaxResults = DEFAULT_RESULTS
    """The most pages."""

    @model_validator(mode="after")
    def _check_what_the_provider_knows(self) -> Self:
        self._options({})
        return self

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        del run_manager
        with langchain_errors():
            asked = self._options(options)
            return _documents(self._gateway.client.search(query, asked), asked)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        del run_manager
        with langchain_errors():
            asked = self._options(options)
            return _documents(await self._gateway.async_client.search(query, asked), asked)

    def _options(self, given: dict[str, Any]) -> SearchOptions:
        asked = {"k": self.k, **given}
        asked["max_results"] = asked.pop("k")
        return options_in(SearchOptions, self, **asked)


def _documents(report: SearchReport, asked: SearchOptions) -> list[Document]:
    """Return the pages, and no more than requested: some services return more."""
    about = {"provider": asked.provider, "request_id": next(iter(report.cost_ids), None)}
    return [
        Document(
            id=page.url,
            page_content=page.text,
            metadata={
                "source": page.url,
                "title": page.title,
                "published_at": page.published_at,
                **about,
            },
        )
        for page in report.results[: asked.max_results]
    ]
