"""With `core-302`: both clients ask."""

import asyncio

from core_302 import AsyncClient, Client, Settings

SAY = [{"role": "user", "content": "Say exactly: it works"}]


async def awaited() -> str:
    """Ask with the asynchronous client."""
    async with AsyncClient(Settings.from_env()) as client:
        return (await client.chat("gpt-4o", SAY)).choices[0].text


with Client(Settings.from_env()) as client:
    assert "it works" in client.chat("gpt-4o", SAY).choices[0].text
assert "it works" in asyncio.run(awaited())
