"""Without an extra: both clients ask, and no framework is there."""

import asyncio
from importlib.util import find_spec

from served import KEY, SAID, gateway

from core_302 import AsyncClient, Client, Settings

HELLO = [{"role": "user", "content": "Hello"}]


async def awaited(settings: Settings) -> str:
    """Ask with the asynchronous client."""
    async with AsyncClient(settings) as client:
        return (await client.chat("gpt-4o", HELLO)).choices[0].text


with gateway() as address:
    settings = Settings(api_key=KEY, base_url=address)
    with Client(settings) as client:
        assert client.chat("gpt-4o", HELLO).choices[0].text == SAID
    assert asyncio.run(awaited(settings)) == SAID
assert [name for name in ("langchain_core", "llama_index", "PIL") if find_spec(name)] == []
