"""What calls cost, by the gateway's own records, and what is left. Amounts are in PTC: 1 is 1 USD.

Nothing is looked up while a program runs: a record appears a moment after its response, and a call
that waited for it would be slower.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import LLMResult

from core_302.errors import InvalidInputError
from core_302.flows.cost import TOOL_REPORT, Bill, CallLedger
from langchain_302.blocks import PROVIDER
from langchain_302.client_fields import ClientFields
from langchain_302.errors import langchain_errors


class CostTracker(BaseCallbackHandler):
    """Remembers the calls of a run, and looks up afterwards what they cost.

    ```python
    tracker = CostTracker(model)
    agent.invoke(question, config={"callbacks": [tracker]})
    print(tracker.bill().cost)
    ```

    Chat calls, broken streams and the calls of the tools count, each once; answers from a cache and
    calls of other providers do not. Safe under threads.

    Args:
        account: A chat model or tool of 302.AI whose key may read the records.
    """

    def __init__(self, account: ClientFields) -> None:
        self._account = account
        self._ledger = CallLedger()

    def bill(self) -> Bill:
        """Return what the calls so far cost. Known records are not requested again.

        Raises:
            AI302Error: Records cannot be read at all.
        """
        with langchain_errors():
            gateway = self._account._gateway  # noqa: SLF001 - same package
            return gateway.client.run(self._ledger.bill())

    async def abill(self) -> Bill:
        """Return what the calls so far cost. See `bill`."""
        with langchain_errors():
            gateway = self._account._gateway  # noqa: SLF001 - same package
            return await gateway.async_client.run(self._ledger.bill())

    def on_llm_end(self, response: LLMResult, **_: Any) -> None:
        """Remember an answer. LangChain calls this."""
        messages = [getattr(g, "message", None) for group in response.generations for g in group]
        answers = [message for message in messages if isinstance(message, AIMessage)]
        for place, message in enumerate(answers):
            usage = message.usage_metadata
            if message.response_metadata.get("model_provider") != PROVIDER or (
                # LangChain's mark on an answer from its cache.
                usage is not None and usage.get("total_cost") == 0
            ):
                continue
            counts = (usage["input_tokens"], usage["output_tokens"]) if usage else (0, 0)
            request_id = message.response_metadata.get("request_id")
            if request_id or not place:
                self._ledger.note(request_id, *counts)

    def on_llm_error(self, error: BaseException, **_: Any) -> None:
        """Remember a call that failed, and may have been billed. LangChain calls this."""
        self._ledger.note_error(error)

    def on_tool_end(self, output: Any, **_: Any) -> None:
        """Remember a paid job of a tool. LangChain calls this."""
        report = getattr(output, "artifact", None)
        if isinstance(report, Mapping) and report.keys() >= TOOL_REPORT:
            for request_id in report.get("cost_ids", [report["request_id"]]):
                self._ledger.note(request_id)


def request_id_of(message: BaseMessage) -> str:
    """Return the id by which the gateway knows the call that brought `message`.

    Raises:
        InvalidInputError: It has none.
    """
    request_id = message.response_metadata.get("request_id")
    if not request_id:
        raise InvalidInputError(
            "This message has no response_metadata['request_id'], by which the gateway reports "
            "its cost: it is not an answer of ChatAI302, or the gateway sent no id."
        )
    return str(request_id)
