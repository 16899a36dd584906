"""Stage: one LLM before a scripted server, asked by its blocking or its asynchronous methods."""

import asyncio
import base64
import json

from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool

from tests.scripted_server import DONE, chunk, completion, frame, reply, stream

KEY = "test-key-not-real"
HELLO = (ChatMessage(role="user", content="Hello"),)
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def now() -> str:
    """Say what time it is."""
    return "noon"


TOOLS = (FunctionTool.from_defaults(add), FunctionTool.from_defaults(now))


class Stage:
    """One claim's LLM and server."""

    def __init__(self, make, server, kind):
        self.make = make
        self.server = server
        self.kind = kind
        self.url = server.url

    def llm(self, **settings):
        return self.make(self.url, **settings)

    def answers(self, *bodies):
        """Let the server answer whole calls with these bodies; a mapping is a message's fields."""
        self.server.answer(*(reply(200, {"usage": USAGE, **body}) for body in bodies))

    def says(self, text="Hello", *, finish="stop", **message):
        self.answers(completion(text, finish=finish, message=message))

    def streams(self, *deltas, finish="stop", usage=USAGE, opening=True):
        events = [chunk(delta={"role": "assistant", "content": ""})] if opening else []
        events += [chunk(delta=delta) for delta in deltas]
        last = frame({"id": "c1", "model": "m1", "choices": [], "usage": usage})
        self.server.answer(stream(*events, chunk(finish=finish), last, DONE))

    def chat(self, llm, messages=HELLO, **options):
        return self.end(
            llm.chat(list(messages), **options)
            if self.kind == "sync"
            else llm.achat(list(messages), **options)
        )

    def stream(self, llm, messages=HELLO, **options):
        """Return all responses of a stream."""
        if self.kind == "sync":
            return list(llm.stream_chat(list(messages), **options))

        async def collect():
            return [one async for one in await llm.astream_chat(list(messages), **options)]

        return asyncio.run(collect())

    def with_tools(self, llm, **options):
        call = llm.chat_with_tools if self.kind == "sync" else llm.achat_with_tools
        return self.end(call(list(TOOLS), **options))

    def stream_with_tools(self, llm, **options):
        if self.kind == "sync":
            return list(llm.stream_chat_with_tools(list(TOOLS), **options))

        async def collect():
            return [one async for one in await llm.astream_chat_with_tools(list(TOOLS), **options)]

        return asyncio.run(collect())

    def end(self, result):
        return asyncio.run(result) if self.kind == "async" else result

    @property
    def body(self):
        """The body of the last request."""
        return json.loads(self.server.seen[-1].content)


def calls(llm, response):
    """Return the calls that an agent would run, as names and arguments."""
    found = llm.get_tool_calls_from_response(response, error_on_no_tool_call=False)
    return [(call.tool_name, call.tool_kwargs) for call in found]


def piece(index, call_id=None, name=None, arguments=""):
    """Return a piece of a tool call."""
    function = {"arguments": arguments} | ({"name": name} if name else {})
    said = {"index": index, "function": function}
    return said | ({"id": call_id, "type": "function"} if call_id else {})


def text_of(blocks):
    """Return all that blocks hold, as one text."""
    return " ".join(str(block.model_dump()) for block in blocks)
