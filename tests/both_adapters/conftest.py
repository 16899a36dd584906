"""One model of each framework, asked by the same words, blocking and awaited."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import StructuredTool
from llama_index.core.base.llms.types import ChatMessage, ToolCallBlock
from llama_index.core.tools import FunctionTool

from langchain_302 import ChatAI302
from llama_index_302 import AI302
from tests.conftest import KEY


def look(at: str = "sky") -> str:
    """Look at something."""
    return at


@dataclass
class Asker:
    """A model of one framework before a scripted server."""

    framework: str
    kind: str
    server: Any
    model: Any

    def ask(self, messages=("Hello",), **options):
        """Return the text of a whole answer; a text is a user's message."""
        given = [self.user(m) if isinstance(m, str) else m for m in messages]
        if self.framework == "LangChain":
            return self._end("invoke", given, **options).text
        return self._end("chat", given, **options).message.content or ""

    def calls(self, tools, *, streamed=False, choice=None):
        """Return the names of the tools that the model calls when it may use `tools`."""
        if self.framework == "LangChain":
            bound = self.model.bind_tools(tools, tool_choice=choice)
            if not streamed:
                return [c["name"] for c in self._end("invoke", "Hello", of=bound).tool_calls]
            first, *others = self._all("stream", "Hello", of=bound)
            return [c["name"] for c in sum(others, first).tool_calls]
        options = {} if choice is None else {"tool_choice": choice}
        if streamed:
            answer = self._all("stream_chat_with_tools", tools, "Hello", **options)[-1]
        else:
            answer = self._end("chat_with_tools", tools, "Hello", **options)
        return [c.tool_name for c in self.model.get_tool_calls_from_response(answer)]

    def tool(self, name):
        if self.framework == "LangChain":
            return StructuredTool.from_function(look, name=name)
        return FunctionTool.from_defaults(look, name=name)

    def user(self, text):
        is_langchain = self.framework == "LangChain"
        return HumanMessage(text) if is_langchain else ChatMessage(role="user", content=text)

    def turn(self, name, arguments, call_id):
        """Return a turn of the model with one call, whose arguments may be broken."""
        if self.framework == "LlamaIndex":
            block = ToolCallBlock(tool_name=name, tool_kwargs=arguments, tool_call_id=call_id)
            return ChatMessage(role="assistant", blocks=[block])
        call = {"name": name, "args": arguments, "id": call_id}
        if isinstance(arguments, dict):
            return AIMessage("", tool_calls=[{**call, "type": "tool_call"}])
        bad = {**call, "error": "bad", "type": "invalid_tool_call"}
        return AIMessage("", invalid_tool_calls=[bad])

    def result(self, text, call_id):
        if self.framework == "LangChain":
            return ToolMessage(text, tool_call_id=call_id)
        return ChatMessage(role="tool", content=text, additional_kwargs={"tool_call_id": call_id})

    @property
    def body(self):
        """The body of the last request."""
        return self.server.seen[-1].json

    def _end(self, method, *given, of=None, **options):
        asked = self.model if of is None else of
        if self.kind == "sync":
            return getattr(asked, method)(*given, **options)
        return asyncio.run(getattr(asked, f"a{method}")(*given, **options))

    def _all(self, method, *given, of=None, **options):
        asked = self.model if of is None else of
        if self.kind == "sync":
            return list(getattr(asked, method)(*given, **options))

        async def collect():
            pieces = getattr(asked, f"a{method}")(*given, **options)
            return [piece async for piece in (await pieces if of is None else pieces)]

        return asyncio.run(collect())


@pytest.fixture(params=["LangChain", "LlamaIndex"])
def framework(request):
    return request.param


@pytest.fixture(params=["sync", "async"])
def asker(request, server, framework):
    """Return a function that makes the model of a framework; it is closed in the end."""
    made = []

    def make(model="gpt-4o", **given):
        common = {"model": model, "api_key": KEY, "max_retries": 0, **given}
        if framework == "LangChain":
            made.append(ChatAI302(**common, base_url=server.url))
        else:
            made.append(AI302(**common, api_base=server.url))
        return Asker(framework, request.param, server, made[-1])

    yield make
    for model in made:
        model.close()
