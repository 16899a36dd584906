"""Rows about callers rather than answers: leaving early, running out of connections, storms."""

import asyncio
import dataclasses
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from core_302 import AsyncClient, Client, ConnectionFailedError, RetryPolicy, Settings
from tests.conftest import HELLO, KEY
from tests.faults.callers import (
    AwaitingCore,
    AwaitingLangChain,
    AwaitingLlamaIndex,
    BlockingCore,
    BlockingLangChain,
    BlockingLlamaIndex,
)
from tests.faults.row import CHAT, GOOD, STREAM, Expect, Place, Row, served
from tests.scripted_server import (
    DONE,
    Script,
    Stall,
    chunk,
    completion,
    reply,
    scripted_server,
    stream,
)

AWAITING = [AwaitingCore, AwaitingLangChain, AwaitingLlamaIndex]
BLOCKING = [BlockingCore, BlockingLangChain, BlockingLlamaIndex]
PATIENT = {"timeout": 5}
BUSY = reply(503, {"error": {"message": "busy"}}, headers={"Retry-After": "4"})
MANY = [stream(*[chunk("x") for _ in range(50)], chunk(finish="stop"), DONE)]


def caller_of(kind, way, server, connections):
    """Return a caller with so many connections, and no more."""
    row = Row("C", "", served(), {(way,): Expect()}, PATIENT)
    caller = kind(row, way, Place(server.url, server))
    few = dataclasses.replace(caller.core_settings(server.url), max_connections=connections)
    name = "client" if kind in BLOCKING else "async_client"
    client = (Client if kind in BLOCKING else AsyncClient)(few, retry=caller.retry)
    if hasattr(caller, "client"):
        caller.client = client
    else:
        setattr(caller.object._gateway, f"_{name}", client)
    return caller


@pytest.mark.parametrize("kind", AWAITING)
@pytest.mark.parametrize(
    ("way", "answer"),
    [(CHAT, [Stall]), (STREAM, [Stall]), (STREAM, stream(chunk("x"), Stall)), (CHAT, BUSY)],
    ids=["before the reply", "before the stream", "inside the stream", "in a pause"],
)
async def test_a_cancelled_call_ends_at_once_and_frees_its_connection(kind, way, answer, server):
    server.answer(answer)
    caller = caller_of(kind, way, server, connections=1)
    task = asyncio.ensure_future(getattr(caller, way)())
    assert await asyncio.to_thread(server.asked.acquire, timeout=10)
    if len(answer) > 1:
        await asyncio.wait_for(caller.saw.began.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 1)
    server.answer(*served(GOOD).for_way(way))
    caller.saw.pieces.clear()
    assert await asyncio.wait_for(getattr(caller, way)(), 3) == "Hello"
    assert len(server.seen) == 2
    await caller.close()


class LeftError(Exception):
    pass


def often(kind):
    """Return how often a stream is left: the third time must wait if a connection is kept."""
    return 200 if kind in {BlockingCore, AwaitingCore} else 20


def leave(by):
    if by == "an error":
        raise LeftError


@pytest.mark.parametrize("by", ["break", "an error"])
@pytest.mark.parametrize("kind", BLOCKING)
def test_leaving_a_stream_early_again_and_again_needs_two_connections(kind, by, server):
    server.answer(*MANY)
    caller = caller_of(kind, STREAM, server, connections=2)

    def once():
        for _ in pieces_of(caller):
            leave(by)
            break

    for _ in range(often(kind)):
        if by == "break":
            once()
            continue
        with pytest.raises(LeftError):
            once()
    assert len(server.seen) == often(kind)
    caller.close()


@pytest.mark.parametrize("by", ["break", "an error"])
@pytest.mark.parametrize("kind", AWAITING)
async def test_leaving_an_awaited_stream_again_and_again_needs_two_connections(kind, by, server):
    server.answer(*MANY)
    caller = caller_of(kind, STREAM, server, connections=2)

    async def once():
        pieces = pieces_of(caller)
        async for _ in await pieces if asyncio.iscoroutine(pieces) else pieces:
            leave(by)
            break

    for _ in range(often(kind)):
        if by == "break":
            await once()
            continue
        with pytest.raises(LeftError):
            await once()
    assert len(server.seen) == often(kind)
    await caller.close()


def pieces_of(caller):
    """Return the pieces of a stream as the caller's own class gives them."""
    if isinstance(caller, BlockingCore | AwaitingCore):
        return caller.client.stream_chat("m", HELLO)
    if isinstance(caller, BlockingLangChain):
        return caller.object.stream("Hello")
    if isinstance(caller, AwaitingLangChain):
        return caller.object.astream("Hello")
    if isinstance(caller, BlockingLlamaIndex):
        return caller.object.stream_chat(caller.messages)
    return caller.object.astream_chat(caller.messages)


WHOLE = 20.0  # seconds for a whole call, which the wait for a connection is no part of
NARROW = {"max_connections": 1, "timeout": {"pool": 0.2, "total": WHOLE}}
NO_RETRY = RetryPolicy(max_retries=0)


def test_a_call_waits_for_a_connection_no_longer_than_its_limit(server):
    server.answer(stream(chunk("x"), Stall), reply(200, completion()))
    settings = Settings(api_key=KEY, base_url=server.url, **NARROW)
    with Client(settings, retry=NO_RETRY) as client:
        with closing(client.stream_chat("m", HELLO)) as held:
            next(held)
            begun = time.monotonic()
            with pytest.raises(ConnectionFailedError, match="PoolTimeout") as caught:
                client.chat("m", HELLO)
            assert time.monotonic() - begun < WHOLE / 2
        assert (caught.value.billed, caught.value.retryable) == ("no", True)
        assert client.chat("m", HELLO).choices[0].text == "Hello"
    assert len(server.seen) == 2


async def test_an_awaited_call_waits_for_a_connection_no_longer_than_its_limit(server):
    server.answer(stream(chunk("x"), Stall), reply(200, completion()))
    settings = Settings(api_key=KEY, base_url=server.url, **NARROW)
    async with AsyncClient(settings, retry=NO_RETRY) as client:
        held = client.stream_chat("m", HELLO)
        await anext(held)
        begun = time.monotonic()
        with pytest.raises(ConnectionFailedError, match="PoolTimeout") as caught:
            await client.chat("m", HELLO)
        assert time.monotonic() - begun < WHOLE / 2
        await held.aclose()
        assert (caught.value.billed, caught.value.retryable) == ("no", True)
        assert (await client.chat("m", HELLO)).choices[0].text == "Hello"
    assert len(server.seen) == 2


class Echo(Script):
    """Answers each question with itself, whole or streamed; every twentieth request fails."""

    def next_reply(self, request):
        with self.lock:
            self.seen.append(request)
            number = len(self.seen)
        if number % 20 == 0:
            return reply(503, {"error": {"message": "busy"}})
        said = request.json["messages"][0]["content"]
        if request.json.get("stream"):
            return stream(*[chunk(letter) for letter in said], chunk(finish="stop"), DONE)
        return reply(200, completion(said))


QUESTIONS = [f"question {number}" for number in range(200)]
UNHURRIED = RetryPolicy(max_retries=3, jitter=lambda: 0.0)


def asks(question):
    return [{"role": "user", "content": question}]


def check_the_storm(answers, server):
    assert answers == QUESTIONS
    assert 200 < len(server.seen) <= 220
    # Twenty at once, which the tests of the pool count. On a busy machine the end of a stream may
    # come too late to be waited for: then its connection is closed, and another takes its place.
    assert server.connections <= 40


async def test_a_storm_of_awaited_calls_with_faults_mixes_no_answers():
    with scripted_server(Echo()) as server:
        settings = Settings(api_key=KEY, base_url=server.url, max_connections=20)
        async with AsyncClient(settings, retry=UNHURRIED) as client:

            async def ask(number, question):
                if number % 2:
                    return (await client.chat("m", asks(question))).choices[0].text
                pieces = client.stream_chat("m", asks(question))
                return "".join([delta.text async for delta in pieces])

            answers = await asyncio.gather(*(ask(*pair) for pair in enumerate(QUESTIONS)))
        check_the_storm(answers, server)


def test_a_storm_of_threads_with_faults_mixes_no_answers():
    with scripted_server(Echo()) as server:
        settings = Settings(api_key=KEY, base_url=server.url, max_connections=20)
        with Client(settings, retry=UNHURRIED) as client:

            def ask(pair):
                number, question = pair
                if number % 2:
                    return client.chat("m", asks(question)).choices[0].text
                return "".join(d.text for d in client.stream_chat("m", asks(question)))

            with ThreadPoolExecutor(20) as pool:
                answers = list(pool.map(ask, enumerate(QUESTIONS)))
        check_the_storm(answers, server)
