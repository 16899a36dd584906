"""AI302SearchRetriever: the web, through 302.AI's unified search, as a LlamaIndex retriever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from pydantic import SecretStr

from core_302 import AsyncClient, Client, RetryPolicy, SearchOptions
from core_302.adapters.connected import concealed, names_only
from core_302.adapters.connection import LifeCycle
from core_302.config import unshown_values
from core_302.endpoints.search import SearchReport
from core_302.options.retrieval import DEFAULT_RESULTS, checked_options
from llama_index_302.client_fields import ClientParameters


class AI302SearchRetriever(LifeCycle, BaseRetriever):
    """Finds pages of the web with one of nine search services.

    Use:
        ```python
        from llama_index_302 import AI302SearchRetriever

        retriever = AI302SearchRetriever(provider="tavily", similarity_top_k=3, time_range="week")
        nodes = retriever.retrieve("What is new in AI?")
        ```

    A node's text is the page's content, or its summary or description; its metadata has `source`,
    `title`, `published_at`, `provider` and `request_id`. Search services give an order and no
    scores: a node's score is 1 divided by its place.

    Args:
        similarity_top_k: The most pages.
        api_key: The 302.AI key; by default from the environment variable `AI302_API_KEY`.
        api_base: The gateway's address; by default from `AI302_BASE_URL`, or 302.AI.
        timeout: Seconds for a whole call.
        max_retries: How often a failed call is retried; 2 means at most 3 requests.
        retry: Your own retry policy; it wins over `max_retries`.
        default_headers: Headers of every call. Treated as secret.
        default_query: Query parameters of every call. Treated as secret.
        allow_insecure: Permit `http://` to a host that is not this machine.
        trusted_hosts: File hosts that may have a private address or no https.
        http_client: Your own `httpx.Client`; it is never closed here.
        async_http_client: Your own `httpx.AsyncClient`; it is never closed here.
        client: A shared `core_302.Client`: its settings, its connections.
        async_client: A shared `core_302.AsyncClient`.
        callback_manager: LlamaIndex's own.
        **options: See `core_302.options.retrieval.SearchFields`; `base_url` is `api_base`.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option is unknown, or its value cannot be sent.
    """

    @names_only
    def __init__(
        self,
        *,
        similarity_top_k: int = DEFAULT_RESULTS,
        api_key: SecretStr | str | None = None,
        api_base: str | None = None,
        timeout: Any = None,
        max_retries: int = 2,
        retry: RetryPolicy | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, str] | None = None,
        allow_insecure: bool = False,
        trusted_hosts: Sequence[str] | None = None,
        http_client: Any = None,
        async_http_client: Any = None,
        client: Client | None = None,
        async_client: AsyncClient | None = None,
        callback_manager: CallbackManager | None = None,
        **options: Any,
    ) -> None:
        api_base = options.pop("base_url", api_base)
        api_key = concealed(api_key)
        default_headers = unshown_values(default_headers)
        default_query = unshown_values(default_query)
        super().__init__(callback_manager=callback_manager)
        also = (*ClientParameters.model_fields, "similarity_top_k")
        wanted = {**options, "max_results": similarity_top_k}
        self._options = checked_options(SearchOptions, wanted, also)
        self._connection = ClientParameters(
            api_key=api_key,
            api_base=api_base,
            timeout=timeout,
            max_retries=max_retries,
            retry=retry,
            default_headers=default_headers,
            default_query=default_query,
            allow_insecure=allow_insecure,
            trusted_hosts=trusted_hosts,
            http_client=http_client,
            async_http_client=async_http_client,
            client=client,
            async_client=async_client,
        ).connection()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._nodes(self._gateway.client.search(query_bundle.query_str, self._options))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._nodes(
            await self._gateway.async_client.search(query_bundle.query_str, self._options)
        )

    def _nodes(self, report: SearchReport) -> list[NodeWithScore]:
        """Return the pages, and no more than requested: some services return more."""
        about = {
            "provider": self._options.provider,
            "request_id": next(iter(report.cost_ids), None),
        }
        hidden = list(about)
        return [
            NodeWithScore(
                node=TextNode(
                    id_=page.url,
                    text=page.text,
                    metadata={
                        "source": page.url,
                        "title": page.title,
                        "published_at": page.published_at,
                        **about,
                    },
                    excluded_embed_metadata_keys=hidden,
                    excluded_llm_metadata_keys=hidden,
                ),
                score=1 / place,
            )
            for place, page in enumerate(report.results[: self._options.max_results], 1)
        ]
