"""One model in threads, forks and event loops; nothing of it is left open."""

import asyncio
import copy
import gc
import json
import pickle
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from langchain_core.runnables import ConfigurableField

from core_302 import ClosedError
from langchain_302 import ChatAI302
from tests.conftest import KEY
from tests.scripted_server import DONE, chunk, completion, reply, stream


def model(server, **given):
    return ChatAI302(model="m", api_key=KEY, base_url=server.url, max_retries=0, **given)


def run_alone(script, server):
    """Run `script` in a Python of its own in which every warning is an error."""
    start = f"""
        import asyncio, gc, os, pickle, sys, threading
        from langchain_302 import ChatAI302
        def make(**more):
            return ChatAI302(
                model="m", api_key={KEY!r}, base_url={server.url!r}, max_retries=0, **more
            )
        """
    code = textwrap.dedent(start) + textwrap.dedent(script)
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


# Reads programs from its input, and forks for each: the child runs it and ends as Python ends. Only
# one process has to import the adapter, which takes a second.
FORKS = """
import asyncio, gc, json, os, sys, threading
from langchain_302 import ChatAI302
gc.freeze()  # what was imported is left by nobody
for line in sys.stdin:
    key, base_url, use, said = json.loads(line)
    if not (child := os.fork()):
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), sys.stderr.fileno())
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit()
def make(**more):
    return ChatAI302(model="m", api_key=key, base_url=base_url, max_retries=0, **more)
exec(use)
"""


@pytest.fixture(scope="module")
def forks():
    command = [sys.executable, "-W", "error", "-c", FORKS]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_a_forked_child_has_connections_of_its_own(server):
    server.answer(reply(200, completion()))
    said = run_alone(
        """
        model = make()
        model.invoke("parent")
        child = os.fork()
        if not child:
            print(model.invoke("child").text, flush=True)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        print(model.invoke("parent").text)
        """,
        server,
    )
    assert said.split() == ["Hello", "Hello"]
    assert len(server.seen) == 3
    assert server.connections == 2


@pytest.mark.parametrize(
    "use",
    [
        "make().invoke('x')",
        "make().invoke('x')\ngc.collect()",
        "model = make()\nmodel.invoke('x')",
        "model = make()\nwith model: model.invoke('x')",
        "asyncio.run(make().ainvoke('x'))",
        "model = make()\nfor _ in range(3): asyncio.run(model.ainvoke('x'))",
        "model = make()\nthreading.Thread(target=model.invoke, args=('x',)).start()",
        "next(make(streaming=True).stream('x'), None)",
    ],
)
def test_nothing_is_left_open_however_a_program_ends(server, use, forks, tmp_path):
    server.answer(reply(200, completion()))
    if "stream" in use:
        server.answer(stream(chunk("a"), chunk("b", finish="stop"), DONE))
    said = tmp_path / "stderr"
    print(json.dumps([KEY, server.url, use, str(said)]), file=forks.stdin, flush=True)
    assert (forks.stdout.readline(), said.read_text()) == ("0\n", "")
    assert server.seen


def test_threads_that_begin_at_once_share_one_client(server):
    server.answer(reply(200, completion()))
    shared = model(server)
    together = threading.Barrier(8)

    def ask(_):
        together.wait()
        return id(shared._gateway.client), shared.invoke("x").text

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(8)))
    assert found == {(id(shared._gateway.client), "Hello")}
    assert len(server.seen) == 8
    shared.close()


def test_event_loops_in_several_threads_share_one_model(server):
    server.answer(reply(200, completion()))
    shared = model(server)

    async def ask():
        return await asyncio.gather(*(shared.ainvoke("x") for _ in range(3)))

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: asyncio.run(ask()), range(4)))
    assert [message.text for group in answers for message in group] == ["Hello"] * 12
    assert len(server.seen) == 12


def test_blocking_calls_inside_a_loop_and_awaited_ones_share_a_model(server):
    server.answer(reply(200, completion()))
    shared = model(server)

    async def ask():
        first = await asyncio.to_thread(shared.invoke, "x")
        return first.text + (await shared.ainvoke("x")).text

    for _ in range(3):
        assert asyncio.run(ask()) == "HelloHello"
    shared.close()
    assert len(server.seen) == 6


@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy, lambda m: m.model_copy()])
def test_a_copy_is_closed_for_itself(server, same):
    server.answer(reply(200, completion()))
    first = model(server)
    first.invoke("x")
    second = same(first)
    second.invoke("x")
    first.close()
    assert second.invoke("x").text == "Hello"
    second.close()
    with pytest.raises(ClosedError):
        first.invoke("x")


def test_a_pickle_holds_all_that_was_asked(server, monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", KEY)
    first = model(server, web_search={"results": 3}, reasoning_back="never", stop=["s"])
    second = pickle.loads(pickle.dumps(first))
    assert second._default_options() == first._default_options()
    assert second.reasoning_back == "never"
    assert second.profile == first.profile


def test_a_configured_model_leaves_no_connection_open(server):
    server.answer(reply(200, completion()))
    with model(server) as first:
        runnable = first.configurable_fields(temperature=ConfigurableField("t"))
        for _ in range(3):
            runnable.with_config(configurable={"t": 0.5}).invoke("x")
    gc.collect()  # pytest fails this test if a socket warns now
    assert [seen.json["temperature"] for seen in server.seen] == [0.5] * 3


# The user's own httpx client


def test_the_users_own_client_is_used_and_never_closed(server):
    server.answer(reply(200, completion()))
    with httpx.Client(headers={"x-mine": "yes"}) as mine:
        first = model(server, http_client=mine)
        first.invoke("x")
        copy.deepcopy(first).invoke("x")
        first.close()
        assert not mine.is_closed
        assert mine.get(server.url).status_code == 200
    assert [seen.headers.get("x-mine") for seen in server.seen] == ["yes"] * 3


async def test_the_users_own_asynchronous_client_is_used_and_never_closed(server):
    server.answer(reply(200, completion()))
    async with httpx.AsyncClient(headers={"x-mine": "yes"}) as mine:
        async with model(server, http_async_client=mine) as first:
            await first.ainvoke("x")
        assert not mine.is_closed
    assert server.seen[0].headers["x-mine"] == "yes"
    with pytest.raises(ClosedError):
        await first.ainvoke("x")
