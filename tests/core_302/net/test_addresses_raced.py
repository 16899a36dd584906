"""A host with several addresses: the next one is tried beside one that does not answer."""

import asyncio
import socket

from core_302 import AsyncClient, Settings
from tests.conftest import HELLO, KEY
from tests.faults.scenes import FullBacklog
from tests.scripted_server import completion, reply

CONNECT = 10.0  # seconds: one address after another would take them all


def test_an_address_that_does_not_answer_holds_up_no_awaited_call(server, monkeypatch):
    server.answer(reply(200, completion()))
    with FullBacklog().at("chat") as silent:
        ports = [int(url.rpartition(":")[2]) for url in (silent.url, server.url)]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
        url = f"http://localhost:{ports[0]}"
        limits = {"connect": CONNECT}

        async def ask():
            settings = Settings(api_key=KEY, base_url=url, timeout=limits, max_retries=0)
            async with AsyncClient(settings) as client:
                return (await client.chat("m", HELLO)).choices[0].text

        assert asyncio.run(ask()) == "Hello"
    assert len(server.seen) == 1
