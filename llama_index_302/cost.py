"""What the calls of a run cost, collected from LlamaIndex's callbacks and looked up afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llama_index.core.callbacks.base_handler import BaseCallbackHandler
from llama_index.core.callbacks.schema import CBEventType, EventPayload

from core_302.errors import InvalidInputError
from core_302.flows.cost import Bill, CallLedger

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse, CompletionResponse

    from llama_index_302.client_fields import ClientFields
    from llama_index_302.tool_spec import AI302ToolSpec


class CostTracker(BaseCallbackHandler):
    """Remembers the calls of a run, and looks up afterwards what they cost.

    Use:
        ```python
        from llama_index.core.callbacks import CallbackManager

        llm = AI302(model="gpt-4o")
        tracker = CostTracker(llm)
        llm.callback_manager = CallbackManager([tracker])
        llm.complete("Hello")
        print(tracker.bill().cost)
        ```

    Calls of an LLM, broken streams and the jobs of `tools` count, each once; calls of other LLMs do
    not. Safe under threads.

    Args:
        account: An LLM or tool of 302.AI whose key may read the records.
        tools: The tool spec whose jobs are to be counted.
    """

    def __init__(self, account: ClientFields, tools: AI302ToolSpec | None = None) -> None:
        super().__init__([], [])
        self._gateway = account._gateway  # noqa: SLF001 - same package
        self._tools = tools
        self._ledger = CallLedger()

    def bill(self) -> Bill:
        """Return what the calls so far cost. Known records are not requested again.

        Raises:
            AI302Error: Records cannot be read at all.
        """
        return self._gateway.client.run(self._noted().bill())

    async def abill(self) -> Bill:
        """Return what the calls so far cost. See `bill`."""
        return await self._gateway.async_client.run(self._noted().bill())

    def on_event_start(
        self,
        event_type: CBEventType,  # noqa: ARG002 - the framework's
        payload: dict[str, Any] | None = None,  # noqa: ARG002
        event_id: str = "",
        parent_id: str = "",  # noqa: ARG002
        **_: Any,
    ) -> str:
        """Do nothing. LlamaIndex calls this."""
        return event_id

    def on_event_end(
        self,
        event_type: CBEventType,
        payload: dict[str, Any] | None = None,
        event_id: str = "",  # noqa: ARG002 - the framework's
        **_: Any,
    ) -> None:
        """Remember an answer, or a call that failed and may have been billed."""
        if event_type != CBEventType.LLM or payload is None:
            return
        if EventPayload.EXCEPTION in payload:
            self._ledger.note_error(payload[EventPayload.EXCEPTION])
        response = payload.get(EventPayload.RESPONSE) or payload.get(EventPayload.COMPLETION)
        metadata = getattr(response, "additional_kwargs", None) or {}
        if {"model_name", "finish_reason"} <= metadata.keys():  # an answer of ours
            counts = (metadata.get("prompt_tokens", 0), metadata.get("completion_tokens", 0))
            self._ledger.note(metadata.get("request_id"), *counts)

    def start_trace(self, trace_id: str | None = None) -> None:
        """Do nothing. LlamaIndex calls this."""

    def end_trace(
        self, trace_id: str | None = None, trace_map: dict[str, list[str]] | None = None
    ) -> None:
        """Do nothing. LlamaIndex calls this."""

    def _noted(self) -> CallLedger:
        for report in self._tools.reports if self._tools is not None else ():
            self._ledger.note(report["request_id"])
        return self._ledger


def request_id_of(response: ChatResponse | CompletionResponse) -> str:
    """Return the id by which the gateway reports a call's cost.

    Raises:
        InvalidInputError: It has none.
    """
    request_id = response.additional_kwargs.get("request_id")
    if not request_id:
        raise InvalidInputError(
            "This response has no additional_kwargs['request_id'], by which the gateway reports "
            "its cost: it is not an answer of AI302, or the gateway sent no id."
        )
    return str(request_id)
