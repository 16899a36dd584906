"""A stream that its program leaves closes its connection, in both frameworks."""

import asyncio

import pytest

from langchain_302 import ChatAI302
from llama_index_302 import AI302
from tests.conftest import KEY
from tests.scripted_server import Every, chunk, stream

ROUNDS = 20  # of the event loop, far less than 100 ms


async def of_langchain(url):
    model = ChatAI302(model="gpt-4o", base_url=url, api_key=KEY)
    async for piece in model.astream("Hello"):
        yield piece


async def of_llama_index(url):
    model = AI302(model="gpt-4o", api_base=url, api_key=KEY)
    async for piece in await model.astream_complete("Hello"):
        yield piece


@pytest.mark.parametrize("pieces", [of_langchain, of_llama_index])
@pytest.mark.parametrize("how", ["closed", "cancelled", "dropped"])
async def test_a_stream_that_is_left_closes_its_connection(server, pieces, how):
    server.answer(stream(chunk("Hi"), Every(b": still here\n\n", 0.01)))
    stream_of_it = pieces(server.url)
    await anext(stream_of_it)
    if how == "closed":
        await stream_of_it.aclose()
    elif how == "cancelled":
        task = asyncio.ensure_future(anext(stream_of_it))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    del stream_of_it
    for _ in range(ROUNDS):
        await asyncio.sleep(0)
    assert await asyncio.to_thread(_heard, server), "the server has heard nothing"


def _heard(server):
    return server.closed.acquire(timeout=30)
