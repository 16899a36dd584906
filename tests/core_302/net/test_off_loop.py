"""What is long for an event loop is done beside it: while it is done, other tasks run."""

import asyncio
import json
import threading
from dataclasses import dataclass

import pytest

from core_302 import AsyncClient, InvalidInputError, MalformedReplyError, Settings, async_client
from core_302.flow import LARGE, ask
from core_302.http import Request
from core_302.net.off_loop import is_large
from tests.conftest import HELLO, KEY
from tests.scripted_server import DONE, chunk, completion, reply, stream

LONG = [{"role": "user", "content": [{"type": "text", "text": "x" * (LARGE + 1)}]}]


@dataclass
class Block:
    data: bytes


@pytest.mark.parametrize(
    ("value", "large"),
    [
        ("x" * LARGE, False),
        ("x" * (LARGE + 1), True),
        ([{"a": b"x" * LARGE}, {"b": "y"}], True),
        ([Block(b"x" * LARGE), Block(b"y")], True),
        ([1, None, Block(b"x")], False),
    ],
)
def test_a_conversation_is_large_by_all_that_is_in_it(value, large):
    assert is_large(value) == large


def seen_threads(monkeypatch, module, name):
    """Return the threads in which a function of a module is called, from now on."""
    threads = []
    work = getattr(module, name)

    def noted(*given, **more):
        threads.append(threading.current_thread())
        return work(*given, **more)

    monkeypatch.setattr(module, name, noted)
    return threads


@pytest.mark.parametrize(("messages", "off"), [(HELLO, False), (LONG, True)])
async def test_a_long_conversation_is_written_in_a_thread(server, monkeypatch, messages, off):
    threads = seen_threads(monkeypatch, async_client, "chat_request")
    server.answer(reply(200, completion("Hi")), stream(chunk("Hi", finish="stop"), DONE))
    async with AsyncClient(Settings(api_key=KEY, base_url=server.url)) as client:
        assert (await client.chat("m", messages)).choices[0].text == "Hi"
        assert [d.text async for d in client.stream_chat("m", messages) if d.text] == ["Hi"]
    main = threading.main_thread()
    assert [thread is not main for thread in threads] == [off, off]
    assert server.seen[0].json["messages"] == server.seen[1].json["messages"] == messages


async def test_a_long_conversation_that_cannot_be_written_is_an_error_of_the_first_chunk(server):
    messages = [*LONG, {"role": "user", "content": "\ud800"}]
    async with AsyncClient(Settings(api_key=KEY, base_url=server.url)) as client:
        chunks = client.stream_chat("m", messages)
        with pytest.raises(InvalidInputError):
            await anext(chunks)
    assert server.seen == []


@pytest.mark.parametrize(("size", "off"), [(10, False), (LARGE, True)])
async def test_a_long_reply_is_read_in_a_thread(server, size, off):
    threads = []
    server.answer(reply(200, completion("x" * size)))
    async with AsyncClient(Settings(api_key=KEY, base_url=server.url)) as client:

        def read(answer):
            threads.append(threading.current_thread())
            return json.loads(answer.body)

        assert await client.run(ask(Request("GET", "/v1/models"), read))
    assert [thread is not threading.main_thread() for thread in threads] == [off]


def test_a_long_reply_that_is_no_answer_is_its_error(connect, server):
    server.answer(reply(200, b"x" * (LARGE + 1)))
    with pytest.raises(MalformedReplyError) as caught:
        connect(server.url).chat()
    assert caught.value.attempts == 1


async def test_the_loop_runs_while_a_thread_works(server):
    server.answer(reply(200, completion("x" * LARGE)))
    ran = asyncio.Event()
    async with AsyncClient(Settings(api_key=KEY, base_url=server.url)) as client:
        asyncio.get_running_loop().call_soon(ran.set)
        await client.chat("m", LONG)
    assert ran.is_set()
