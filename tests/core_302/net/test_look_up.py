"""The look-up of a name: within the deadline, shared, and never waited for at a program's end."""

import asyncio
import socket
import subprocess
import sys
import threading
import time

import pytest

from core_302 import AsyncClient, Client, ConnectionFailedError, Settings
from core_302.net import look_up
from tests.conftest import HELLO, KEY
from tests.scripted_server import completion, reply

LIMIT = 0.3  # seconds
LATE = 1.5  # seconds that a busy machine may take beyond it
NAME = "gateway.example"


@pytest.fixture
def hanging(monkeypatch):
    """Let every look-up hang until the test is over; return the names that were asked for."""
    over, asked = threading.Event(), []

    def getaddrinfo(host, *_args, **_more):
        asked.append(host)
        over.wait(30)
        raise socket.gaierror(socket.EAI_NONAME, "too late")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield asked
    over.set()
    for thread in threading.enumerate():
        if thread.name == "look-up":
            thread.join(5)


def ask(kind, settings, use):
    async def awaited():
        async with AsyncClient(settings) as client:
            return await use(client)

    if kind == "async":
        return asyncio.run(awaited())
    with Client(settings) as client:
        return use(client)


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("what", ["chat", "download"])
@pytest.mark.usefixtures("hanging")
def test_a_look_up_that_hangs_is_left_at_the_deadline(kind, what):
    settings = Settings(
        api_key=KEY, base_url=f"https://{NAME}", timeout={"total": LIMIT, "download": LIMIT}
    )
    begun = time.monotonic()
    with pytest.raises(ConnectionFailedError, match="in time"):
        ask(
            kind,
            settings,
            lambda client: (
                client.chat("m", HELLO) if what == "chat" else client.download(f"https://{NAME}/1")
            ),
        )
    assert time.monotonic() - begun < LIMIT + LATE


def test_no_program_waits_at_its_end_for_a_look_up_that_hangs():
    program = f"""
import asyncio, socket, threading
from core_302 import AsyncClient, Client, ConnectionFailedError, Settings
socket.getaddrinfo = lambda *a, **b: threading.Event().wait(60)
settings = Settings(api_key="test-key", base_url="https://{NAME}", timeout=0.1)
async def awaited():
    async with AsyncClient(settings) as client:
        await client.models()
def blocking():
    with Client(settings) as client:
        client.models()
for call in (blocking, lambda: asyncio.run(awaited())):
    try:
        call()
    except ConnectionFailedError:
        print("left")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "left\nleft\n"


def test_calls_at_once_share_one_look_up(server, monkeypatch):
    server.answer(reply(200, completion()))
    found, asked, waiting = socket.getaddrinfo, [], []
    all_wait = threading.Event()
    ask_one = look_up._asked

    def getaddrinfo(_, *given, **more):
        asked.append(1)
        assert all_wait.wait(10)
        return found("127.0.0.1", *given, **more)

    def asked_by(*given):
        future = ask_one(*given)
        waiting.append(future)
        if len(waiting) == 4:
            all_wait.set()
        return future

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(look_up, "_asked", asked_by)
    monkeypatch.setattr(look_up, "SHARED_SECONDS", 60.0)
    url = server.url.replace("127.0.0.1", NAME)
    with Client(Settings(api_key=KEY, base_url=url, allow_insecure=True)) as client:
        threads = [threading.Thread(target=client.chat, args=("m", HELLO)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert (len(asked), len(server.seen)) == (1, 4)


@pytest.mark.usefixtures("hanging")
def test_who_asks_later_does_not_wait_for_a_look_up_that_is_stuck(hanging, monkeypatch):
    with pytest.raises(TimeoutError):
        look_up.look_up(NAME, 443, 0.01)
    monkeypatch.setattr(look_up, "SHARED_SECONDS", 0.0)
    with pytest.raises(TimeoutError):
        look_up.look_up(NAME, 443, 0.01)
    assert hanging == [NAME, NAME]


def test_a_name_that_is_none_is_the_error_of_whoever_asked(monkeypatch):
    def getaddrinfo(*_args, **_more):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for kind in ("sync", "async"):
        settings = Settings(api_key=KEY, base_url=f"https://{NAME}", max_retries=0)
        with pytest.raises(ConnectionFailedError, match=f"No connection to {NAME}: .*no such name"):
            ask(kind, settings, lambda client: client.models())
