"""Who takes part, how each is installed, and how each is asked the same question.

A maker imports its library itself: each runs in a process, and often an environment, of its own.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

KEY = "test-key-not-real"
QUESTION = "Hello"
ARGUMENTS = '{"at": "sky"}'  # of a tool call
History = list[tuple[str, str]]


@dataclass
class Asked:
    """One adapter, ready to be asked: blocking and asynchronous, whole and streamed.

    A call takes `history`, a list of (role, text), or `given`, messages that `shown` makes of the
    base64 text of an image. `make` makes another object like the one that is asked. `text` is what
    a piece of a stream says: behind a server that was faster, that may be several tokens.
    """

    make: Callable[[], Any]
    call: Callable[..., Any]
    acall: Callable[..., Awaitable[Any]] | None
    stream: Callable[[], Iterator[Any]]
    astream: Callable[[], AsyncIterator[Any]] | None
    shown: Callable[[str], Any] | None = None
    text: Callable[[Any], str] = lambda piece: "".join(
        c["delta"].get("content") or "" for c in piece["choices"]
    )


@dataclass(frozen=True)
class Contender:
    """Where one lives: `packages` are installed into the environment `home`, which some share.

    None runs in the development environment, whose tools make imports slower. `framework` is
    imported first when the time of an import is measured; `adapter` after it.
    """

    name: str
    maker: Callable[[str], Asked]
    home: str
    packages: tuple[str, ...]
    framework: str = "json"
    adapter: str = "json"
    ours: bool = False


def _body(stream: bool, history: History | None = None) -> dict[str, Any]:  # noqa: FBT001
    turns = [*(history or []), ("user", QUESTION)]
    messages = [{"role": role, "content": text} for role, text in turns]
    return {"model": "m", "messages": messages, **({"stream": True} if stream else {})}


def _pieces(url: str) -> int:
    """Return how many pieces the server would send, for who asks none."""
    return int(url.partition("/pieces/")[2] or 1)


def _calls(url: str) -> int:
    """Return how many tool calls the server would send, for who asks none."""
    return int(url.partition("/calls/")[2] or 0)


def raw_httpx(url: str) -> Asked:
    """Post and parse: the floor of the blocking side."""
    import httpx

    client = httpx.Client(headers={"authorization": f"Bearer {KEY}"})
    awaiting = httpx.AsyncClient(
        headers={"authorization": f"Bearer {KEY}"}, limits=httpx.Limits(max_connections=None)
    )
    address = f"{url}/v1/chat/completions"

    def call(history: History | None = None) -> Any:
        reply = client.post(address, json=_body(False, history))
        return reply.json()["choices"][0]["message"]["content"]

    async def acall(history: History | None = None) -> Any:
        reply = await awaiting.post(address, json=_body(False, history), timeout=60)
        return reply.json()["choices"][0]["message"]["content"]

    def stream() -> Iterator[Any]:
        with client.stream("POST", address, json=_body(True)) as reply:
            for line in reply.iter_lines():
                if line.startswith("data: {"):
                    yield json.loads(line[6:])

    async def astream() -> AsyncIterator[Any]:
        async with awaiting.stream("POST", address, json=_body(True), timeout=60) as reply:
            async for line in reply.aiter_lines():
                if line.startswith("data: {"):
                    yield json.loads(line[6:])

    return Asked(httpx.Client, call, acall, stream, astream)


def raw_aiohttp(url: str) -> Asked:
    """Post and parse: the floor of many calls at once."""
    import aiohttp

    address = f"{url}/v1/chat/completions"
    held: dict[str, Any] = {}

    def session() -> Any:
        if "session" not in held:
            held["session"] = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return held["session"]

    async def acall(history: History | None = None) -> Any:
        async with session().post(address, json=_body(False, history)) as reply:
            return (await reply.json())["choices"][0]["message"]["content"]

    async def astream() -> AsyncIterator[Any]:
        async with session().post(address, json=_body(True)) as reply:
            async for line in reply.content:
                if line.startswith(b"data: {"):
                    yield json.loads(line[6:])

    return Asked(lambda: None, lambda: None, acall, lambda: iter(()), astream)


def _langchain(model: Any, make: Callable[[], Any]) -> Asked:
    def messages(history: History | None) -> Any:
        return [*history, ("user", QUESTION)] if history else QUESTION

    def shown(image: str) -> Any:
        url = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{image}"}}
        return [("user", [{"type": "text", "text": QUESTION}, url])]

    def call(history: History | None = None, given: Any = None) -> Any:
        return model.invoke(given or messages(history))

    async def acall(history: History | None = None, given: Any = None) -> Any:
        return await model.ainvoke(given or messages(history))

    return Asked(
        make,
        call,
        acall,
        lambda: model.stream(QUESTION),
        lambda: model.astream(QUESTION),
        shown,
        lambda chunk: str(chunk.content),
    )


def empty_chat_model(url: str) -> Asked:
    """A LangChain model that asks nobody: what the framework itself costs."""
    pieces, calls = _pieces(url), _calls(url)
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, AIMessageChunk
    from langchain_core.messages.tool import tool_call_chunk
    from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

    class Empty(BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "empty"

        def _generate(self, *_: Any, **__: Any) -> ChatResult:
            return ChatResult(generations=[ChatGeneration(message=AIMessage(content="Hello"))])

        def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
            for number in range(calls):
                call = tool_call_chunk(
                    name="look", args=ARGUMENTS, id=f"call_{number}", index=number
                )
                message = AIMessageChunk(content="", tool_call_chunks=[call])
                yield ChatGenerationChunk(message=message)
            for number in range(0 if calls else pieces):
                yield ChatGenerationChunk(message=AIMessageChunk(content=f" word{number}"))

        async def _agenerate(self, *_: Any, **__: Any) -> ChatResult:
            return self._generate()

        async def _astream(self, *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
            for chunk in self._stream():
                yield chunk

    return _langchain(Empty(), Empty)


def chat_model_over_aiohttp(url: str) -> Asked:
    """An empty LangChain model that reads its stream with aiohttp: nothing can be faster there."""
    raw = raw_aiohttp(url)
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk
    from langchain_core.outputs import ChatGenerationChunk, ChatResult

    class OverAiohttp(BaseChatModel):
        @property
        def _llm_type(self) -> str:
            return "empty"

        def _generate(self, *_: Any, **__: Any) -> ChatResult:
            raise NotImplementedError

        async def _astream(self, *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
            assert raw.astream is not None
            async for piece in raw.astream():
                yield ChatGenerationChunk(message=AIMessageChunk(content=raw.text(piece)))

    return replace(_langchain(OverAiohttp(), OverAiohttp), shown=None)  # it only streams


def chat_ai302(url: str) -> Asked:
    """ChatAI302."""
    from langchain_302 import ChatAI302

    def make() -> Any:
        return ChatAI302(model="m", base_url=url, api_key=KEY)

    return _langchain(make(), make)


def chat_openai(url: str) -> Asked:
    """ChatOpenAI, pointed at the gateway."""
    from langchain_openai import ChatOpenAI  # type: ignore[import-not-found]

    def make() -> Any:
        return ChatOpenAI(model="m", base_url=f"{url}/v1", api_key=KEY, stream_usage=True)

    return _langchain(make(), make)


def chat_openrouter(url: str) -> Asked:
    """ChatOpenRouter, pointed at the gateway."""
    from langchain_openrouter import ChatOpenRouter  # type: ignore[import-not-found]

    def make() -> Any:
        return ChatOpenRouter(model="m", base_url=f"{url}/v1", api_key=KEY)

    return _langchain(make(), make)


def _llama(model: Any, make: Callable[[], Any]) -> Asked:
    from llama_index.core.llms import ChatMessage, ImageBlock, TextBlock

    def messages(history: History | None) -> list[Any]:
        return [ChatMessage(role=r, content=t) for r, t in [*(history or []), ("user", QUESTION)]]

    def shown(image: str) -> Any:
        blocks = [TextBlock(text=QUESTION), ImageBlock(image=image.encode())]
        return [ChatMessage(role="user", blocks=blocks)]

    def call(history: History | None = None, given: Any = None) -> Any:
        return model.chat(given or messages(history))

    async def acall(history: History | None = None, given: Any = None) -> Any:
        return await model.achat(given or messages(history))

    async def astream() -> AsyncIterator[Any]:
        async for piece in await model.astream_chat(messages(None)):
            yield piece

    return Asked(
        make,
        call,
        acall,
        lambda: model.stream_chat(messages(None)),
        astream,
        shown,
        lambda response: response.delta or "",
    )


def llama_ai302(url: str) -> Asked:
    """AI302, in LlamaIndex."""
    from llama_index_302 import AI302

    def make() -> Any:
        return AI302(model="m", api_base=url, api_key=KEY)

    return _llama(make(), make)


def openai_like(url: str) -> Asked:
    """OpenAILike, in LlamaIndex."""
    from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-not-found]

    def make() -> Any:
        return OpenAILike(model="m", api_base=f"{url}/v1", api_key=KEY, is_chat_model=True)

    return _llama(make(), make)


def llama_openai(url: str) -> Asked:
    """LlamaIndex's OpenAI, pointed at the gateway; it takes names of OpenAI's models only."""
    from llama_index.llms.openai import OpenAI  # type: ignore[import-not-found]

    def make() -> Any:
        return OpenAI(model="gpt-4o-mini", api_base=f"{url}/v1", api_key=KEY)

    return _llama(make(), make)


def _llama_pieces(url: str) -> Iterator[Any]:
    """Yield what an LLM yields that is asked by `url`, and asks nobody."""
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse, ToolCallBlock

    made: list[ToolCallBlock] = []
    for number in range(_calls(url)):
        block = {"tool_call_id": f"call_{number}", "tool_kwargs": ARGUMENTS}
        made.append(ToolCallBlock(tool_name="look", **block))
        yield ChatResponse(message=ChatMessage(role="assistant", blocks=list(made)), delta="")
    text = ""
    for number in range(0 if made else _pieces(url)):
        text += f" word{number}"
        message = ChatMessage(role="assistant", content=text)
        yield ChatResponse(message=message, delta=f" word{number}")


def empty_llm(url: str) -> Asked:
    """A LlamaIndex LLM that asks nobody: what the framework itself costs."""
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse
    from llama_index.core.llms import MockLLM
    from llama_index.core.llms.callbacks import llm_chat_callback

    def said(text: str) -> ChatResponse:
        return ChatResponse(message=ChatMessage(role="assistant", content=text))

    async def awaited_pieces() -> AsyncIterator[ChatResponse]:
        for piece in _llama_pieces(url):
            yield piece

    class Empty(MockLLM):
        @llm_chat_callback()
        def chat(self, *_: Any, **__: Any) -> ChatResponse:
            return said("Hello")

        @llm_chat_callback()
        async def achat(self, *_: Any, **__: Any) -> ChatResponse:
            return said("Hello")

        @llm_chat_callback()
        def stream_chat(self, *_: Any, **__: Any) -> Any:
            return _llama_pieces(url)

        @llm_chat_callback()
        async def astream_chat(self, *_: Any, **__: Any) -> Any:
            return awaited_pieces()

    return _llama(Empty(), Empty)


def llm_over_aiohttp(url: str) -> Asked:
    """An empty LlamaIndex LLM that reads its stream with aiohttp."""
    raw = raw_aiohttp(url)
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse
    from llama_index.core.llms import MockLLM
    from llama_index.core.llms.callbacks import llm_chat_callback

    async def responses() -> AsyncIterator[ChatResponse]:
        assert raw.astream is not None
        text = ""
        async for piece in raw.astream():
            new = raw.text(piece)
            text += new
            yield ChatResponse(message=ChatMessage(role="assistant", content=text), delta=new)

    class OverAiohttp(MockLLM):
        @llm_chat_callback()
        async def astream_chat(self, *_: Any, **__: Any) -> Any:
            return responses()

    return replace(_llama(OverAiohttp(), OverAiohttp), shown=None)


def litellm(url: str) -> Asked:
    """LiteLLM's own functions."""
    import litellm as library  # type: ignore[import-not-found]

    given = {"model": "openai/m", "api_base": f"{url}/v1", "api_key": KEY}

    def call(history: History | None = None) -> Any:
        return library.completion(messages=_body(False, history)["messages"], **given)

    async def acall(history: History | None = None) -> Any:
        return await library.acompletion(messages=_body(False, history)["messages"], **given)

    def stream() -> Iterator[Any]:
        yield from library.completion(messages=_body(True)["messages"], stream=True, **given)

    async def astream() -> AsyncIterator[Any]:
        messages = _body(True)["messages"]
        async for piece in await library.acompletion(messages=messages, stream=True, **given):
            yield piece

    return Asked(lambda: None, call, acall, stream, astream)


LANGCHAIN = "langchain_core.language_models.chat_models langchain_core.tools.base"
LLAMA = "llama_index.core.llms llama_index.core.llms.function_calling"
OURS_LANGCHAIN = (
    "-e",
    "./core_302",
    "-e",
    "./langchain_302",
)  # with nothing else, as a user has it
OURS_LLAMA = ("-e", "./core_302", "-e", "./llama_index_302")
OPENAI_LIKE = ("llama-index-llms-openai-like", "llama-index-llms-openai")

CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender("raw httpx", raw_httpx, "ours-langchain", OURS_LANGCHAIN, "httpx"),
        Contender("raw aiohttp", raw_aiohttp, "rivals-aiohttp", ("aiohttp",), "aiohttp"),
        Contender(
            "empty BaseChatModel", empty_chat_model, "ours-langchain", OURS_LANGCHAIN, LANGCHAIN
        ),
        Contender(
            "ChatAI302",
            chat_ai302,
            "ours-langchain",
            OURS_LANGCHAIN,
            LANGCHAIN,
            "langchain_302",
            ours=True,
        ),
        Contender(
            "ChatOpenAI",
            chat_openai,
            "rivals-openai",
            ("langchain-openai",),
            LANGCHAIN,
            "langchain_openai",
        ),
        Contender(
            "ChatOpenRouter",
            chat_openrouter,
            "rivals-openrouter",
            ("langchain-openrouter",),
            LANGCHAIN,
            "langchain_openrouter",
        ),
        Contender("LiteLLM", litellm, "rivals-litellm", ("litellm",), "json", "litellm"),
        Contender("empty LLM", empty_llm, "ours-llama-index", OURS_LLAMA, LLAMA),
        Contender(
            "AI302",
            llama_ai302,
            "ours-llama-index",
            OURS_LLAMA,
            LLAMA,
            "llama_index_302",
            ours=True,
        ),
        Contender(
            "OpenAILike",
            openai_like,
            "rivals-llama-index-llms-openai-like",
            OPENAI_LIKE,
            LLAMA,
            "llama_index.llms.openai_like",
        ),
        Contender(
            "LlamaIndex OpenAI",
            llama_openai,
            "rivals-llama-index-llms-openai-like",
            OPENAI_LIKE,
            LLAMA,
            "llama_index.llms.openai",
        ),
    )
}

# Who streams at reading speed, and nothing else: see `paced.py`.
PACED_ONLY = {
    contender.name: contender
    for contender in (
        Contender(
            "empty BaseChatModel over aiohttp",
            chat_model_over_aiohttp,
            "floor-langchain",
            (*OURS_LANGCHAIN, "aiohttp"),
        ),
        Contender(
            "empty LLM over aiohttp",
            llm_over_aiohttp,
            "floor-llama-index",
            (*OURS_LLAMA, "aiohttp"),
        ),
    )
}
