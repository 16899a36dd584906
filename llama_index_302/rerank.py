"""AI302Rerank: any reranker of 302.AI as a node postprocessor. It changes none of its inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from llama_index.core import instrumentation
from llama_index.core.callbacks import CBEventType, EventPayload
from llama_index.core.instrumentation.events.rerank import ReRankEndEvent, ReRankStartEvent
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from core_302 import RerankOptions
from core_302.adapters.connection import Connection
from core_302.endpoints.rerank import Ranking
from core_302.errors import InvalidInputError
from core_302.options.retrieval import RerankFields, options_in
from llama_index_302.client_fields import ClientFields, connected

EARLIER_SCORE = "retrieval_score"
Notify = Callable[[list[NodeWithScore]], None]

_dispatcher = instrumentation.get_dispatcher(__name__)  # type: ignore[attr-defined]  # it is public


@connected
class AI302Rerank(BaseNodePostprocessor, RerankFields, ClientFields):
    """Ranks nodes by how well they fit a question, and keeps the best.

    Use:
        ```python
        from llama_index_302 import AI302Rerank

        rerank = AI302Rerank(model="jina-reranker-v2-base-multilingual", top_n=3)
        engine = index.as_query_engine(node_postprocessors=[rerank])
        ```

    The score with which a node came is kept as `metadata["retrieval_score"]` of a copy, unseen by
    models. An empty list makes no call.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
        InvalidInputError: An option's value cannot be sent, or there is no question.
    """

    _first: ClassVar[str | None] = "model"
    _connection: Connection | None = PrivateAttr(default=None)

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which LlamaIndex stores this class."""
        return "AI302Rerank"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        query = _query_of(query_bundle)
        with self._observed(nodes, query) as notify:
            ranking = self._gateway.client.rerank(query, _texts(nodes), self._options())
            ordered = _in_order(nodes, ranking)
            notify(ordered)
        return ordered

    async def _apostprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        query = _query_of(query_bundle)
        with self._observed(nodes, query) as notify:
            ranking = await self._gateway.async_client.rerank(query, _texts(nodes), self._options())
            ordered = _in_order(nodes, ranking)
            notify(ordered)
        return ordered

    @contextmanager
    def _observed(self, nodes: list[NodeWithScore], query: str) -> Iterator[Notify]:
        """Notify LlamaIndex's callbacks and its instrumentation that nodes are ranked."""
        top_n = self.top_n or len(nodes)
        _dispatcher.event(
            ReRankStartEvent(query=query, nodes=nodes, top_n=top_n, model_name=self.model)
        )
        payload: dict[str, Any] = {
            EventPayload.NODES: nodes,
            EventPayload.MODEL_NAME: self.model,
            EventPayload.QUERY_STR: query,
            EventPayload.TOP_K: top_n,
        }
        with self.callback_manager.event(CBEventType.RERANKING, payload=payload) as event:

            def notify(ordered: list[NodeWithScore]) -> None:
                event.on_end(payload={EventPayload.NODES: ordered})
                _dispatcher.event(ReRankEndEvent(nodes=ordered))

            yield notify

    def _options(self) -> RerankOptions:
        return options_in(RerankOptions, self)


def _query_of(bundle: QueryBundle | None) -> str:
    if bundle is None:
        raise InvalidInputError("A reranker needs the question: pass query_str or query_bundle.")
    return bundle.query_str


def _texts(nodes: list[NodeWithScore]) -> list[str]:
    return [node.node.get_content(MetadataMode.EMBED) for node in nodes]


def _in_order(nodes: list[NodeWithScore], ranking: Ranking) -> list[NodeWithScore]:
    return [_scored(nodes[rank.index], rank.score) for rank in ranking.ranks]


def _scored(found: NodeWithScore, score: float) -> NodeWithScore:
    node = found.node
    changed = {
        "metadata": {**node.metadata, EARLIER_SCORE: found.score},
        "excluded_embed_metadata_keys": [*node.excluded_embed_metadata_keys, EARLIER_SCORE],
        "excluded_llm_metadata_keys": [*node.excluded_llm_metadata_keys, EARLIER_SCORE],
    }
    return NodeWithScore(node=node.model_copy(update=changed), score=score)
