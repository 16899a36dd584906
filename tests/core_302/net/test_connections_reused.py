"""A connection is used again when nothing speaks against it: after a stream, and for some time."""

import asyncio
import time

import httpx
import pytest

from core_302 import AsyncClient, Client, Settings
from core_302.net.pool_state import PoolState
from tests.conftest import HELLO, KEY
from tests.scripted_server import DONE, Every, Stall, chunk, completion, reply, stream

KEPT_SECONDS = 30.0  # how long an unused connection is
PATIENT = 20.0  # seconds, which nothing here takes


def blocking(settings, steps):
    with Client(settings) as client:
        for step in steps:
            if step == "chat":
                client.chat("m", HELLO)
            elif step == "stream":
                assert "".join(d.text for d in client.stream_chat("m", HELLO)) == "Hello"
            else:
                step()


async def awaited(settings, steps):
    async with AsyncClient(settings) as client:
        for step in steps:
            if step == "chat":
                await client.chat("m", HELLO)
            elif step == "stream":
                deltas = [delta async for delta in client.stream_chat("m", HELLO)]
                assert "".join(delta.text for delta in deltas) == "Hello"
            else:
                step()


@pytest.fixture(params=["sync", "async"])
def calls(request, server):
    """Return a function that takes steps with one client: "chat", "stream", or a function."""
    settings = Settings(api_key=KEY, base_url=server.url, timeout=PATIENT, max_retries=0)

    def take(*steps):
        if request.param == "sync":
            blocking(settings, steps)
        else:
            asyncio.run(awaited(settings, steps))

    return take


ANSWER = (chunk("Hello"), chunk(finish="stop"), DONE)


def test_the_connection_of_a_stream_that_was_read_to_its_end_is_used_again(calls, server):
    # The end of the body comes in a piece of its own, as it does from a gateway.
    server.answer(stream(*ANSWER))
    calls("stream", "stream", "stream")
    assert (len(server.seen), server.connections) == (3, 1)


@pytest.mark.parametrize(
    "after",
    [
        [b": ping\n\n"],
        [b": ping\n\n", b"event: ping\ndata: {}\n\n", b"\n"],
        [DONE],
    ],
)
def test_a_ping_behind_the_last_content_costs_no_connection(calls, server, after):
    server.answer(stream(*ANSWER, *after))
    calls("stream", "stream", "stream")
    assert (len(server.seen), server.connections) == (3, 1)


@pytest.mark.parametrize(
    "after", [[b"x" * 1_000_000], [Every(b": ping\n\n", 0.02)]], ids=["a flood", "pings for ever"]
)
def test_what_follows_the_last_content_is_read_within_bounds(calls, server, after):
    server.answer(stream(*ANSWER, *after), stream(*ANSWER))
    begun = time.monotonic()
    calls("stream", "stream")
    assert time.monotonic() - begun < PATIENT / 2
    assert (len(server.seen), server.connections) == (2, 2)


@pytest.mark.parametrize(("after", "connections"), [([], 1), ([b": ping\n\n"], 1), ([Stall], 2)])
def test_so_it_is_with_a_client_of_the_users_own(server, after, connections):
    server.answer(stream(*ANSWER, *after), stream(*ANSWER))
    settings = Settings(api_key=KEY, base_url=server.url, timeout=PATIENT, max_retries=0)
    with httpx.Client(trust_env=False) as mine, Client(settings, http_client=mine) as client:
        for _ in range(2):
            assert "".join(d.text for d in client.stream_chat("m", HELLO)) == "Hello"
    assert server.connections == connections


@pytest.mark.parametrize(("after", "connections"), [([], 1), ([b": ping\n\n"], 1), ([Stall], 2)])
async def test_so_it_is_with_an_awaited_one(server, after, connections):
    server.answer(stream(*ANSWER, *after), stream(*ANSWER))
    settings = Settings(api_key=KEY, base_url=server.url, timeout=PATIENT, max_retries=0)
    async with (
        httpx.AsyncClient(trust_env=False) as mine,
        AsyncClient(settings, http_client=mine) as client,
    ):
        for _ in range(2):
            told = [delta.text async for delta in client.stream_chat("m", HELLO)]
            assert "".join(told) == "Hello"
    assert server.connections == connections


def test_a_stream_of_somebodys_own_transport_has_no_connection_to_be_kept():
    body = b"".join(ANSWER) + b": ping\n\n"
    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body)
    mine = httpx.Client(transport=httpx.MockTransport(lambda _: answer))
    with mine, Client(Settings(api_key=KEY), http_client=mine) as client:
        assert "".join(d.text for d in client.stream_chat("m", HELLO)) == "Hello"


def test_a_body_that_is_held_open_after_its_last_content_costs_its_connection_alone(calls, server):
    server.answer(stream(*ANSWER, Stall), stream(*ANSWER))
    begun = time.monotonic()
    calls("stream", "stream")
    assert time.monotonic() - begun < PATIENT / 2
    assert (len(server.seen), server.connections) == (2, 2)


@pytest.mark.parametrize(("seconds", "connections"), [(-1.0, 1), (1.0, 2)])
def test_a_connection_that_was_unused_for_long_is_not_used_again(
    calls, server, monkeypatch, seconds, connections
):
    server.answer(reply(200, completion()))
    clock = time.monotonic

    def pass_time():
        monkeypatch.setattr(time, "monotonic", lambda: clock() + KEPT_SECONDS + seconds)

    calls("chat", pass_time, "chat")
    assert (len(server.seen), server.connections) == (2, connections)


class Connection:
    """A connection, of which the state of a pool ask nothing."""


def test_a_place_that_comes_as_its_waiter_gives_up_is_left_to_others():
    state = PoolState(1)
    assert state.acquire() is None
    waiting = state.acquire()
    state.release()  # to the waiter, who at this moment
    state.cancel(waiting)
    assert state.acquire() is None


def test_a_connection_that_was_made_while_its_pool_was_closed_is_not_kept():
    state, connection = PoolState(1), Connection()
    assert state.acquire() is None
    assert state.close() == []
    state.opened(connection)
    assert not state.checkin("a host", connection, whole=True)


def test_a_connection_that_broke_is_not_kept():
    state, connection = PoolState(1), Connection()
    assert state.acquire() is None
    state.opened(connection)
    assert not state.checkin("a host", connection, whole=False)
    state.release()
    assert state.checkout("a host") == (None, [])
