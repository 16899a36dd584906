"""The limit of a stream's first byte and that of its silence, whatever way its bytes come."""

import asyncio

import httpx
import pytest

from core_302 import AsyncClient, Client, RequestTimeoutError, Settings, Timeouts
from tests.conftest import HELLO, KEY
from tests.scripted_server import Stall, chunk, stream

LONG_BEFORE_THE_FIRST = Timeouts(total=60, first_byte=60, silence=0.3)
FALLS_SILENT = stream(chunk("Hel"), Stall)


@pytest.mark.parametrize("way", ["an own client", "a proxy"])
def test_silence_counts_from_the_first_byte_on(way, server, monkeypatch):
    server.answer(FALLS_SILENT)
    settings = Settings(api_key=KEY, base_url=server.url, timeout=LONG_BEFORE_THE_FIRST)
    if way == "a proxy":
        monkeypatch.setenv("HTTP_PROXY", server.url)
    with (
        httpx.Client(trust_env=False) as mine,
        Client(settings, http_client=mine if way == "an own client" else None) as client,
        pytest.raises(RequestTimeoutError) as caught,
    ):
        list(client.stream_chat("m", HELLO))
    assert caught.value.partial_text == "Hel"


@pytest.mark.parametrize("way", ["an own client", "a proxy"])
async def test_awaited_silence_counts_from_the_first_byte_on(way, server, monkeypatch):
    server.answer(FALLS_SILENT)
    settings = Settings(api_key=KEY, base_url=server.url, timeout=LONG_BEFORE_THE_FIRST)
    if way == "a proxy":
        monkeypatch.setenv("HTTP_PROXY", server.url)

    async def read(client):
        return [delta async for delta in client.stream_chat("m", HELLO)]

    async with httpx.AsyncClient(trust_env=False) as mine:
        given = mine if way == "an own client" else None
        async with AsyncClient(settings, http_client=given) as client:
            with pytest.raises(RequestTimeoutError) as caught:
                await asyncio.wait_for(read(client), 10)
    assert caught.value.partial_text == "Hel"
