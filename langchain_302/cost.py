"""What calls cost, by the gateway's own records, and what is left. Amounts are in PTC: 1 is 1 USD.

Nothing is looked up while a program runs: a record comes a moment after its reply, and a call that
waits for it would be slower. Whoever wants to know asks afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import LLMResult

from core_302 import AI302Error
from core_302.endpoints.account import Record
from core_302.errors import InvalidInputError
from core_302.flows.cost import records_of
from langchain_302.blocks import PROVIDER
from langchain_302.client_fields import ClientFields
from langchain_302.errors import langchain_errors


@dataclass(frozen=True)
class Bill:
    """What the calls of a run cost together.

    Attributes:
        calls: How many calls were billed, or may have been.
        cost: What those with a record cost, in PTC.
        input_tokens: As the records say; as the answer said, where there is no record.
        output_tokens: Likewise.
        missing: How many calls have no record, or not yet: `cost` is without them.
    """

    calls: int
    cost: float
    input_tokens: int
    output_tokens: int
    missing: int


class CostTracker(BaseCallbackHandler):
    """Remembers the calls of a run, and asks afterwards what they cost.

    ```python
    tracker = CostTracker(model)
    agent.invoke(question, config={"callbacks": [tracker]})
    print(tracker.bill().cost)
    ```

    Chat calls, broken streams and the jobs of the image tools count, each once; answers from a
    cache and calls of other providers do not. Safe under threads.

    Args:
        account: A chat model or tool of 302.AI whose key may read the records.
    """

    def __init__(self, account: ClientFields) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple[int, int]] = {}  # by request id, as the answers said
        self._without_id: list[tuple[int, int]] = []
        self._records: dict[str, Record] = {}

    def bill(self) -> Bill:
        """Return what the calls so far cost. Records that are known are not asked for again.

        Raises:
            AI302Error: Records cannot be read at all.
        """
        with langchain_errors():
            gateway = self._account._gateway  # noqa: SLF001 - same package
            self._keep(gateway.client.run(self._asking()))
        return self._total()

    async def abill(self) -> Bill:
        """Return what the calls so far cost. See `bill`."""
        with langchain_errors():
            gateway = self._account._gateway  # noqa: SLF001 - same package
            self._keep(await gateway.async_client.run(self._asking()))
        return self._total()

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
                self._remember(request_id, counts)

    def on_llm_error(self, error: BaseException, **_: Any) -> None:
        """Remember a call that failed, and may have been billed. LangChain calls this."""
        if isinstance(error, AI302Error) and error.billed == "maybe" and error.attempts:
            self._remember(error.request_id, (0, 0))

    def on_tool_end(self, output: Any, **_: Any) -> None:
        """Remember a paid job of a tool. LangChain calls this."""
        report = getattr(output, "artifact", None)
        if isinstance(report, Mapping) and "pictures" in report:
            self._remember(report.get("request_id"), (0, 0))

    def _remember(self, request_id: str | None, tokens: tuple[int, int]) -> None:
        with self._lock:
            if request_id:
                self._tokens.setdefault(request_id, tokens)
            else:
                self._without_id.append(tokens)

    def _asking(self) -> Any:
        with self._lock:
            unknown = [known for known in self._tokens if known not in self._records]
        return records_of(unknown)

    def _keep(self, records: Mapping[str, Record]) -> None:
        with self._lock:
            self._records |= records

    def _total(self) -> Bill:
        with self._lock:
            found = list(self._records.values())
            told = [t for known, t in self._tokens.items() if known not in self._records]
            told += self._without_id
        return Bill(
            calls=len(found) + len(told),
            cost=sum(record.cost for record in found),
            input_tokens=sum(r.input_tokens for r in found) + sum(read for read, _ in told),
            output_tokens=sum(r.output_tokens for r in found) + sum(out for _, out in told),
            missing=len(told),
        )


def request_id_of(message: BaseMessage) -> str:
    """Return the id by which the gateway knows the call that brought `message`.

    Raises:
        InvalidInputError: It has none.
    """
    request_id = message.response_metadata.get("request_id")
    if not request_id:
        raise InvalidInputError(
            "This message has no response_metadata['request_id'], by which the gateway tells its "
            "cost: it is no answer of ChatAI302, or the gateway sent none."
        )
    return str(request_id)
