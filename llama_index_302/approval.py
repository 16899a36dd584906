"""Approval: a person says yes before a tool runs, by LlamaIndex's own events.

LangChain has a middleware for this (`HumanInTheLoopMiddleware`). LlamaIndex has events, and each
tool must wait for one by itself: `with_approval` returns tools that do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from llama_index.core.tools.function_tool import FunctionTool
from llama_index.core.tools.types import AsyncBaseTool, BaseTool, ToolOutput, adapt_to_async_tool
from llama_index.core.workflow import Context, HumanResponseEvent, InputRequiredEvent

YES = frozenset({"yes", "y", "ok", "approve", "approved"})
REFUSED = "A person refused this call, and nothing was sent."


class ApprovalRequiredEvent(InputRequiredEvent):
    """A tool waits for a person's word. It is answered with `event.approve()` or `event.refuse()`.

    Attributes:
        prefix: The question, in words.
        approval_id: Which call is meant. Two equal calls at once have one answer.
        tool_name: The tool.
        tool_kwargs: What it is called with.
        description: What the tool does and what it costs, as a model reads it.
    """

    prefix: str
    approval_id: str
    tool_name: str
    tool_kwargs: dict[str, Any]
    description: str

    def approve(self) -> HumanResponseEvent:
        """Return the answer that lets the call run: `handler.ctx.send_event(event.approve())`."""
        return self._answer("yes")

    def refuse(self, reason: str = "") -> HumanResponseEvent:
        """Return the answer that refuses the call.

        Args:
            reason: Why, in words for the model.
        """
        return self._answer(reason or "no")

    def _answer(self, said: str) -> HumanResponseEvent:
        fields: dict[str, Any] = {"response": said, "approval_id": self.approval_id}
        return HumanResponseEvent(**fields)


def with_approval(
    tools: Iterable[BaseTool], *, only: Iterable[str] | None = None, timeout: float | None = None
) -> list[BaseTool]:
    """Return tools that ask a person before each call, for agents of LlamaIndex.

    Use:
        ```python
        agent = FunctionAgent(tools=with_approval(spec.to_tool_list()), llm=AI302(model="gpt-4o"))
        handler = agent.run("Draw a lighthouse")
        async for event in handler.stream_events():
            if isinstance(event, ApprovalRequiredEvent):
                yes = input(f"{event.prefix} ") == "yes"
                handler.ctx.send_event(event.approve() if yes else event.refuse("Too dear"))
        print(await handler)
        ```

    A refused call sends nothing: the model reads that a person refused it, and why.

    Args:
        tools: Any tools, ours or others.
        only: The names of the tools that ask; the others run as they are. All by default.
        timeout: Seconds that a call waits for a person; None: without limit. Then the model reads
            that the time is over.

    Raises:
        ValueError: `only` names a tool that is not there.
    """
    given = list(tools)
    names = {tool.metadata.get_name() for tool in given}
    asking = names if only is None else set(only)
    if unknown := asking - names:
        raise ValueError(f"only: there is no tool {', '.join(sorted(unknown))}.")
    return [
        _asking(tool, timeout) if tool.metadata.get_name() in asking else tool for tool in given
    ]


def _asking(tool: BaseTool, timeout: float | None) -> FunctionTool:
    inner = adapt_to_async_tool(tool)

    async def run(ctx: Context, **arguments: Any) -> ToolOutput:
        refusal = await _refusal(ctx, inner, arguments, timeout)
        return await inner.acall(**arguments) if refusal is None else refusal

    # An annotation that is a text is no context to LlamaIndex.
    run.__annotations__["ctx"] = Context
    # What the tool returns is returned as it is: blocks, report, errors.
    return FunctionTool(async_fn=run, metadata=tool.metadata, callback=_as_it_is)


def _as_it_is(output: ToolOutput) -> ToolOutput:
    return output


async def _refusal(
    ctx: Context, tool: AsyncBaseTool, arguments: dict[str, Any], timeout: float | None
) -> ToolOutput | None:
    """Ask a person; return what the model reads if the answer is no."""
    name = tool.metadata.get_name()
    told = json.dumps(arguments, ensure_ascii=False, sort_keys=True, default=str)
    # The same in each replay of the step that waits.
    approval_id = hashlib.sha256(f"{name} {told}".encode()).hexdigest()[:16]
    asked = ApprovalRequiredEvent(
        prefix=f"Run {name}({told})?",
        approval_id=approval_id,
        tool_name=name,
        tool_kwargs=arguments,
        description=tool.metadata.description,
    )
    answer = await ctx.wait_for_event(
        HumanResponseEvent, asked, requirements={"approval_id": approval_id}, timeout=timeout
    )
    said = str(answer.response).strip()
    if said.lower() in YES:
        return None
    reason = "" if said.lower() in ("no", "n", "") else f" The reason: {said}"
    content = f"{REFUSED}{reason}"
    return ToolOutput(
        content=content, tool_name=name, raw_input=arguments, raw_output=content, is_error=True
    )
