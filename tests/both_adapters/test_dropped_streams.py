"""A stream that nobody wants any more closes its socket, so that the gateway can stop billing."""

import asyncio
import contextlib
import gc
import socket
import threading
import time

import pytest
from llama_index.core.base.llms.types import ChatMessage

from core_302 import AsyncClient, Client, Settings
from langchain_302 import ChatAI302
from llama_index_302 import AI302
from tests.conftest import HELLO, KEY
from tests.scripted_server import chunk, stream

SOON = 0.1  # seconds
LATE = 1.0  # seconds that a busy machine may take beyond it

BEGUN = b"".join(stream(chunk("a"), chunk("b"), chunk("c"))[:-1])


class Gateway:
    """Sends the beginning of a stream, and tells when its connection was closed."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.closed = threading.Event()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.settimeout(30)
            connection.recv(65536)
            connection.sendall(BEGUN)
            connection.recv(1)
            self.when = time.monotonic()
        self.closed.set()

    def close(self):
        self.listener.close()
        self.thread.join(30)


@pytest.fixture
def gateway():
    gateway = Gateway()
    yield gateway
    gateway.close()


class Core:
    def __init__(self, url):
        settings = Settings(api_key=KEY, base_url=url)
        self.blocking, self.awaited = Client(settings), AsyncClient(settings)

    def stream(self):
        return self.blocking.stream_chat("m", HELLO)

    async def astream(self):
        return self.awaited.stream_chat("m", HELLO)

    async def close(self):
        self.blocking.close()
        await self.awaited.aclose()


class LangChain:
    def __init__(self, url):
        self.model = ChatAI302(model="m", api_key=KEY, base_url=url)

    def stream(self):
        return self.model.stream("Hello")

    async def astream(self):
        return self.model.astream("Hello")

    async def close(self):
        await self.model.aclose()


class LlamaIndex:
    def __init__(self, url):
        self.model = AI302(model="m", api_key=KEY, api_base=url)

    def stream(self):
        return self.model.stream_chat([ChatMessage("Hello")])

    async def astream(self):
        return await self.model.astream_chat([ChatMessage("Hello")])

    async def close(self):
        await self.model.aclose()


async def left_by_break(pieces):
    async for _ in pieces:
        break


async def closed(pieces):
    await anext(pieces)
    await pieces.aclose()


async def cancelled(pieces):
    begun = asyncio.Event()

    async def read():
        async for _ in pieces:
            begun.set()

    reading = asyncio.ensure_future(read())
    await begun.wait()
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading


def judge(gateway, dropped):
    assert gateway.closed.wait(30)
    assert gateway.when - dropped < SOON + LATE


@pytest.mark.parametrize("way", [left_by_break, closed, cancelled])
@pytest.mark.parametrize("caller", [Core, LangChain, LlamaIndex])
def test_an_awaited_stream_that_is_dropped_closes_its_socket(gateway, caller, way):
    async def use():
        made = caller(gateway.url)
        await way(await made.astream())
        dropped = time.monotonic()
        await asyncio.to_thread(gateway.closed.wait, SOON + LATE)
        judge(gateway, dropped)
        await made.close()

    asyncio.run(use())


@pytest.mark.parametrize("way", ["break", "close"])
@pytest.mark.parametrize("caller", [Core, LangChain, LlamaIndex])
def test_a_blocking_stream_that_is_dropped_closes_its_socket(gateway, caller, way):
    made = caller(gateway.url)
    pieces = made.stream()
    next(pieces)
    dropped = time.monotonic()
    if way == "close":
        pieces.close()
    del pieces
    judge(gateway, dropped)
    asyncio.run(made.close())
    gc.collect()
