"""A stream that has all come already lets others run, and stops when its reader is gone."""

import asyncio
import socket
import struct

import pytest

from core_302 import AsyncClient, Settings
from tests.conftest import HELLO, KEY
from tests.scripted_server import DONE, chunk, stream

BURST = [b"".join(chunk("word ") for _ in range(400)), chunk(finish="stop"), DONE]


@pytest.mark.parametrize("merge_chunks", [True, False])
async def test_other_tasks_run_within_a_burst(server, merge_chunks):
    server.answer(stream(*BURST))
    rounds = 0

    def again():
        nonlocal rounds
        rounds += 1
        loop.call_soon(again)

    loop = asyncio.get_running_loop()
    async with AsyncClient(Settings(api_key=KEY, base_url=server.url)) as client:
        chunks = client.stream_chat("m", HELLO, merge_chunks=merge_chunks)
        await anext(chunks)
        loop.call_soon(again)
        since, longest = rounds, 0
        async for _ in chunks:
            longest, since = (longest + 1, since) if rounds == since else (0, rounds)
            assert longest < 6, "so many chunks without a round of the loop"


class WebServer(asyncio.Protocol):
    """Sends each chunk on as it comes, as web frameworks do, until it hears that its client left.

    Once its client has left it lets the loop hear nothing until the stream itself does.
    """

    def __init__(self, chunks, leave):
        self._chunks = chunks
        self._leave = leave
        self._gone = False
        self.sent_to_nobody = 0
        self.over = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self._transport = transport
        self._task = asyncio.ensure_future(self._serve())

    def connection_lost(self, exc):  # noqa: ARG002 - asyncio's
        self._gone = True

    async def _serve(self):
        has_left = False
        async for _ in self._chunks:
            if self._gone:
                break
            self.sent_to_nobody += has_left
            self._transport.write(b"x" * 10)
            if not has_left:
                self._leave()
                has_left = True
        await self._chunks.aclose()
        self.over.set_result(None)


async def test_a_client_that_leaves_leaves_no_line_in_the_log(server, caplog):
    server.answer(stream(*BURST))
    loop = asyncio.get_running_loop()
    visitor = socket.socket()

    def leave():
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        visitor.close()  # a reset, which nobody hears of before the loop runs

    async with AsyncClient(Settings(api_key=KEY, base_url=server.url)) as client:
        chunks = client.stream_chat("m", HELLO, merge_chunks=False)
        site = WebServer(chunks, leave)
        listener = await loop.create_server(lambda: site, "127.0.0.1", 0)
        visitor.setblocking(False)
        await loop.sock_connect(visitor, listener.sockets[0].getsockname())
        await asyncio.wait_for(site.over, 30)
        listener.close()
    assert site.sent_to_nobody <= 4
    assert [record for record in caplog.records if record.name == "asyncio"] == []
    assert server.closed.acquire(timeout=30), "the stream nobody reads was closed"
