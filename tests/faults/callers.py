"""Who calls: both clients, both classes of each adapter, and its tools, all by the same words.

Pauses have no jitter here: rows count requests, and wait for nothing.
"""

import asyncio
import dataclasses
import gc
import socket
import time
from contextlib import ExitStack

from langchain_core.exceptions import ModelError
from langchain_core.tools import ToolException
from llama_index.core.base.llms.types import ChatMessage

from core_302 import (
    AI302Error,
    AsyncClient,
    AvatarRequest,
    Client,
    ImageRequest,
    RetryPolicy,
    Settings,
)
from core_302.net.connection_pool import ssl_context
from langchain_302 import AI302AvatarTool, AI302ImageTool, ChatAI302
from llama_index_302 import AI302, AI302ToolSpec
from tests.conftest import KEY
from tests.faults.row import ASKED, AVATAR, FILES, IMAGE, JOBS, PNG
from tests.faults.rows import ROWS
from tests.fidelity.asking import _growth, _start_measuring_memory

LARGE = 20 * 1024 * 1024  # bytes
PHOTO = "https://images.example/face.png"
DRAWN_AT_ONCE = "flux-dev-t2i"  # by one call, whose fate is what is looked at


@dataclasses.dataclass
class Saw:
    """What a caller saw: the last answer, or the error and what came before it."""

    answer: object = None
    error: BaseException | None = None
    pieces: list[str] = dataclasses.field(default_factory=list)
    seconds: float = 0.0
    growth: int | None = None
    began: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)


class Caller:
    """One object of one class, asked one thing again and again."""

    name = ""
    framework = ""
    ways = ()

    def __init__(self, row, way, place):
        self.row, self.way = row, way
        self.settings = {"max_retries": 2, **row.settings}
        self.retry = RetryPolicy(max_retries=self.settings["max_retries"], jitter=lambda: 0.0)
        self.saw = Saw()
        self.place = place
        self.prompt = "x" * LARGE if row.large else "Hello"
        self.make(place.url)

    def core_settings(self, url):
        host = url.partition("//")[2]
        return Settings(api_key=KEY, base_url=url, trusted_hosts=(host,), **self.settings)

    @property
    def wire(self):
        return [{"role": "user", "content": self.prompt}]

    @property
    def image_request(self):
        return ImageRequest(prompt="a fox", model=DRAWN_AT_ONCE, images=self.photo(None))

    @property
    def avatars(self):
        return AvatarRequest(image=self.photo(PHOTO), person_type="kid", style="Comic")

    def photo(self, link):
        return PNG + bytes(LARGE) if self.row.large else link

    def run(self):
        """Make the calls, and note what is seen."""
        measured = self.row.expected(self.way).growth is not None
        before = _start_measuring_memory() if measured else None
        begun = time.monotonic()
        try:
            self.go()
        except Exception as error:
            self.saw.error = error
        self.saw.seconds = time.monotonic() - begun
        self.saw.growth = _growth(before)
        return self.saw


class Blocking(Caller):
    def go(self):
        for number in range(self.row.times):
            if number and self.row.settled:
                assert self.place.script.closed.acquire(timeout=10)
            self.saw.pieces.clear()
            self.saw.answer = getattr(self, self.way)()
        self.close()

    def collect(self, pieces):
        for text in pieces:
            self.saw.pieces.append(text)
        return "".join(self.saw.pieces)


class Awaiting(Caller):
    def go(self):
        asyncio.run(self.calls())

    async def calls(self):
        for number in range(self.row.times):
            if number and self.row.settled:
                assert await asyncio.to_thread(self.place.script.closed.acquire, timeout=10)
            self.saw.pieces.clear()
            self.saw.answer = await getattr(self, self.way)()
        await self.close()

    async def collect(self, pieces):
        async for text in pieces:
            self.saw.pieces.append(text)
            self.saw.began.set()
        return "".join(self.saw.pieces)


class BlockingCore(Blocking):
    name, framework, ways = "Client", "core", (*ASKED, *JOBS, *FILES)

    def make(self, url):
        self.client = Client(self.core_settings(url), retry=self.retry)

    def close(self):
        self.client.close()

    def chat(self):
        return self.client.chat("m", self.wire).choices[0].text

    def stream(self):
        return self.collect(delta.text for delta in self.client.stream_chat("m", self.wire))

    def image(self):
        return self.client.generate_image(self.image_request).images[0].link

    def avatar(self):
        return self.client.generate_avatars(self.avatars).images[0].link

    def download(self):
        return self.client.download(f"{self.place.url}/1.png").content


class AwaitingCore(Awaiting):
    name, framework, ways = "AsyncClient", "core", (*ASKED, *JOBS, *FILES)

    def make(self, url):
        self.client = AsyncClient(self.core_settings(url), retry=self.retry)

    async def close(self):
        await self.client.aclose()

    async def chat(self):
        return (await self.client.chat("m", self.wire)).choices[0].text

    async def stream(self):
        pieces = self.client.stream_chat("m", self.wire)
        return await self.collect(delta.text async for delta in pieces)

    async def image(self):
        return (await self.client.generate_image(self.image_request)).images[0].link

    async def avatar(self):
        return (await self.client.generate_avatars(self.avatars)).images[0].link

    async def download(self):
        return (await self.client.download(f"{self.place.url}/1.png")).content


class _LangChain:
    framework, ways = "langchain", (*ASKED, *JOBS)

    def make(self, url):
        given = {"api_key": KEY, "base_url": url, "retry": self.retry, **self.settings}
        if self.way in ASKED:
            self.object = ChatAI302(model="m", **given)
        else:
            kind = AI302ImageTool if self.way == IMAGE else AI302AvatarTool
            drawn = {"model": DRAWN_AT_ONCE} if self.way == IMAGE else {}
            self.object = kind(**given, **drawn, look_up_cost=False, handle_tool_error=False)

    arguments = {  # noqa: RUF012 - a constant
        IMAGE: {"prompt": "a fox"},
        AVATAR: {"image": PHOTO, "person_type": "kid", "style": "Comic"},
    }

    def tool_call(self):
        arguments = self.arguments[self.way]
        return {"type": "tool_call", "id": "1", "name": self.object.name, "args": arguments}

    @staticmethod
    def link(message):
        return message.artifact["images"][0]["url"]


class BlockingLangChain(_LangChain, Blocking):
    name = "ChatAI302 and tools, blocking"

    def close(self):
        self.object.close()

    def chat(self):
        return self.object.invoke(self.prompt).text

    def stream(self):
        return self.collect(chunk.text for chunk in self.object.stream(self.prompt))

    def image(self):
        return self.link(self.object.invoke(self.tool_call()))

    avatar = image


class AwaitingLangChain(_LangChain, Awaiting):
    name = "ChatAI302 and tools, awaited"

    async def close(self):
        await self.object.aclose()

    async def chat(self):
        return (await self.object.ainvoke(self.prompt)).text

    async def stream(self):
        return await self.collect(chunk.text async for chunk in self.object.astream(self.prompt))

    async def image(self):
        return self.link(await self.object.ainvoke(self.tool_call()))

    avatar = image


class _LlamaIndex:
    framework, ways = "llama_index", (*ASKED, *JOBS)

    def make(self, url):
        given = {"api_key": KEY, "api_base": url, "retry": self.retry, **self.settings}
        if self.way in ASKED:
            self.object = AI302(model="m", **given)
        else:
            self.object = AI302ToolSpec(**given, image_model=DRAWN_AT_ONCE, look_up_cost=False)
        self.messages = [ChatMessage(role="user", content=self.prompt)]

    @property
    def link(self):
        return self.object.reports[-1]["images"][0]["url"]


class BlockingLlamaIndex(_LlamaIndex, Blocking):
    name = "AI302 and tools, blocking"

    def close(self):
        self.object.close()

    def chat(self):
        return self.object.chat(self.messages).message.content

    def stream(self):
        return self.collect(piece.delta for piece in self.object.stream_chat(self.messages))

    def image(self):
        self.object.generate_image(prompt="a fox")
        return self.link

    def avatar(self):
        self.object.generate_avatar(**_LangChain.arguments[AVATAR])
        return self.link


class AwaitingLlamaIndex(_LlamaIndex, Awaiting):
    name = "AI302 and tools, awaited"

    async def close(self):
        await self.object.aclose()

    async def chat(self):
        return (await self.object.achat(self.messages)).message.content

    async def stream(self):
        pieces = await self.object.astream_chat(self.messages)
        return await self.collect(piece.delta async for piece in pieces)

    async def image(self):
        await self.object.agenerate_image(prompt="a fox")
        return self.link

    async def avatar(self):
        await self.object.agenerate_avatar(**_LangChain.arguments[AVATAR])
        return self.link


CALLERS = (
    BlockingCore,
    AwaitingCore,
    BlockingLangChain,
    AwaitingLangChain,
    BlockingLlamaIndex,
    AwaitingLlamaIndex,
)


def _outcome(row, way):
    """Return what of an end of a call can matter to whoever stands above the flow that ended."""
    expect = row.expected(way)
    requests = expect.requests if isinstance(expect.requests, int) else expect.requests[1]
    asked_again = (requests if expect.attempts is None else expect.attempts) > row.times
    return way, expect.error, asked_again, expect.partial is not None


def _firsts():
    """Return the first row of each outcome, and its way.

    The adapters see what the core made of a row, and an avatar is ordered by the flow of an image:
    one row of each outcome tells what they make of it.
    """
    found = {}
    for row in ROWS:
        for way in row.ways:
            if not (row.core_only or row.large):
                found.setdefault(_outcome(row, way), (row.id, way))
    return {*found.values()}


FIRSTS = _firsts()


def callers_of(row, way):
    """Return the callers by whom `row` is run in `way`."""
    if (row.id, way) in FIRSTS:
        return [one for one in CALLERS if way in one.ways]
    return [one for one in CALLERS if one.framework == "core" and way in one.ways and way != AVATAR]


def observe(row, way, caller, monkeypatch):
    """Put `row` to `caller`, and return the place and what was seen."""
    with ExitStack() as stack:
        place = stack.enter_context(row.inject.at(way))
        for name, value in place.environ.items():
            monkeypatch.setenv(name, value)
        if place.unknown:
            # The test's own resolver: a real one would ask the network.
            monkeypatch.setattr(socket, "getaddrinfo", _knows_no_name)
        if place.environ:
            ssl_context.cache_clear()
            stack.callback(ssl_context.cache_clear)
        saw = caller(row, way, place).run()
        gc.collect()  # a connection that was left open warns now, which fails this row
    return place, saw


def _knows_no_name(host, *_args, **_more):
    raise socket.gaierror(socket.EAI_NONAME, f"Name or service not known: {host}")


def ours(error):
    """Return the typed error in what a framework raised, and what is wrong with how it came."""
    if isinstance(error, ToolException):
        error = error.__cause__
    elif type(error).__module__.startswith("langchain_302"):
        assert isinstance(error, ModelError), f"{type(error)} is none of LangChain's"
    assert isinstance(error, AI302Error), f"a stranger's error: {error!r}"
    return error
