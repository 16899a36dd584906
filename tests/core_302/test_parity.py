"""Both clients offer the same, and hold to the same life cycle."""

import asyncio
import copy
import gc
import inspect
import os
import pickle
import threading

import httpx
import pytest

import core_302
from core_302 import AsyncClient, Client, ClosedError, ConfigurationError, Settings
from core_302.flow import Blocking
from tests.conftest import HELLO, KEY
from tests.scripted_server import DONE, chunk, completion, reply, stream

OK = reply(200, completion())


def test_both_clients_have_the_same_methods_with_the_same_parameters():
    def offered(kind):
        return {
            name.replace("aclose", "close"): list(inspect.signature(method).parameters)
            for name, method in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_")
        }

    assert offered(Client) == offered(AsyncClient)


def test_everything_public_is_named_and_there():
    assert sorted(core_302.__all__) == list(core_302.__all__)
    assert all(hasattr(core_302, name) for name in core_302.__all__)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_client_shows_no_key_and_pickles_none(kind):
    client = kind(Settings(api_key="canary-1", base_url="https://api.302.ai"))
    assert "canary-1" not in repr(client)
    assert "https://api.302.ai" in repr(client)
    assert b"canary-1" not in pickle.dumps(client)
    assert copy.deepcopy(client)._settings.api_key == "canary-1"


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_client_without_a_key_says_so_when_it_is_made(kind):
    with pytest.raises(ConfigurationError, match="AI302_API_KEY"):
        kind()


@pytest.mark.parametrize(
    ("kind", "given"), [(Client, httpx.AsyncClient()), (AsyncClient, object())]
)
def test_an_http_client_of_the_wrong_kind_is_refused(kind, given):
    with pytest.raises(ConfigurationError, match=r"http_client must be an httpx\."):
        kind(Settings(api_key=KEY), http_client=given)


def test_your_own_http_client_is_used_and_not_closed(server):
    server.answer(OK)
    with httpx.Client(headers={"x-mine": "yes"}) as mine:
        settings = Settings(api_key=KEY, base_url=server.url)
        with Client(settings, http_client=mine) as client:
            client.chat("m", HELLO)
        assert not mine.is_closed
    assert server.seen[0].headers["x-mine"] == "yes"


def test_your_own_asynchronous_http_client_is_used_and_not_closed(server):
    server.answer(OK)

    async def use():
        async with httpx.AsyncClient(headers={"x-mine": "yes"}) as mine:
            settings = Settings(api_key=KEY, base_url=server.url)
            async with AsyncClient(settings, http_client=mine) as client:
                await client.chat("m", HELLO)
            assert not mine.is_closed

    asyncio.run(use())
    assert server.seen[0].headers["x-mine"] == "yes"


def test_a_closed_client_says_so(server):
    client = Client(Settings(api_key=KEY, base_url=server.url))
    client.close()
    client.close()
    with pytest.raises(ClosedError):
        client.chat("m", HELLO)

    async def use():
        again = AsyncClient(Settings(api_key=KEY, base_url=server.url))
        await again.aclose()
        await again.aclose()
        await again.chat("m", HELLO)

    with pytest.raises(ClosedError):
        asyncio.run(use())
    assert not server.seen


def test_a_client_that_is_dropped_leaves_no_open_connection(server):
    server.answer(OK)
    Client(Settings(api_key=KEY, base_url=server.url)).chat("m", HELLO)
    gc.collect()  # an open socket would warn here, and warnings are errors

    async def use():
        await AsyncClient(Settings(api_key=KEY, base_url=server.url)).chat("m", HELLO)

    asyncio.run(use())
    gc.collect()


def test_one_asynchronous_client_serves_loops_in_several_threads(server):
    server.answer(OK)
    client = AsyncClient(Settings(api_key=KEY, base_url=server.url, max_retries=0))
    failed = []

    def use():
        try:
            for _ in range(3):
                asyncio.run(client.chat("m", HELLO))
        except Exception as error:  # noqa: BLE001 - it is shown below
            failed.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(server.seen) == 12


def test_threads_that_begin_together_share_one_set_of_connections(server):
    with Client(Settings(api_key=KEY, base_url=server.url)) as client:
        made = []
        client._lock.acquire()  # both threads are held where the client would be made
        threads = [
            threading.Thread(target=lambda: made.append(client._transport(given=True)))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        client._lock.release()
        for thread in threads:
            thread.join()
    assert made[0] is made[1]


def test_a_client_works_in_a_forked_process(server):
    server.answer(OK)
    with Client(Settings(api_key=KEY, base_url=server.url)) as client:
        client.chat("m", HELLO)
        child = os.fork()
        if child == 0:  # pragma: no cover - another process
            try:
                client.chat("m", HELLO)
                os._exit(0)
            except BaseException:  # noqa: BLE001 - the exit code tells
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        client.chat("m", HELLO)
    assert len(server.seen) == 3


def test_a_client_makes_new_connections_when_its_process_changes(server):
    server.answer(OK)
    with Client(Settings(api_key=KEY, base_url=server.url)) as client:
        client.chat("m", HELLO)
        parents = client._own
        client._process = -1
        client.chat("m", HELLO)
        childs, client._own, client._process = client._own, parents, os.getpid()
        assert childs is not parents
        client.chat("m", HELLO)  # the parent's connection is open still: it is its own to close
        assert server.connections == 2
        parents.close()


def test_cancelled_calls_free_their_connections(server):
    server.answer(stream(*[chunk("x") for _ in range(50)], chunk(finish="stop"), DONE))

    async def use():
        settings = Settings(api_key=KEY, base_url=server.url, max_connections=1, timeout=5)
        async with AsyncClient(settings) as client:
            for _ in range(10):
                seen = asyncio.Event()

                async def read(seen=seen):
                    async for _ in client.stream_chat("m", HELLO):
                        seen.set()
                        await asyncio.Event().wait()

                task = asyncio.ensure_future(read())
                await seen.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

    asyncio.run(use())
    assert len(server.seen) == 10


def test_two_hundred_calls_at_once_get_their_own_answers(server):
    server.answer(OK)

    async def use():
        async with AsyncClient(Settings(api_key=KEY, base_url=server.url)) as client:
            return await asyncio.gather(*[client.chat("m", HELLO) for _ in range(200)])

    assert len(asyncio.run(use())) == 200
    assert len(server.seen) == 200


def test_more_calls_than_connections_wait_their_turn(server):
    server.answer(OK)

    async def use():
        settings = Settings(api_key=KEY, base_url=server.url, max_connections=3)
        async with AsyncClient(settings) as client:
            await asyncio.gather(*[client.chat("m", HELLO) for _ in range(20)])

    asyncio.run(use())
    assert len(server.seen) == 20
    assert server.connections <= 3


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_what_a_conversation_holds_is_let_go_when_a_strangers_error_ends_it(kind):
    """A page that an interrupted run has claimed must not wait for the garbage collector."""
    let_go = []

    def interrupted():
        raise InterruptedError

    def conversation():
        try:
            yield Blocking(interrupted)
        finally:
            let_go.append(True)

    def run():
        client = kind(Settings(api_key=KEY))
        ran = client.run(conversation())
        return asyncio.run(ran) if kind is AsyncClient else ran

    with pytest.raises(InterruptedError) as held:
        run()
    assert let_go == [True]
    del held


def test_a_proxy_of_the_environment_is_obeyed(server, monkeypatch):
    server.answer(OK)
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", "")
    settings = Settings(api_key=KEY, base_url="http://gateway.example", allow_insecure=True)
    with Client(settings) as client:
        client.chat("m", HELLO)
    assert server.seen[0].path == "http://gateway.example/v1/chat/completions"
