"""One run of ours, in a process of its own: prints its seconds and its peak memory as JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import time
from collections.abc import Iterator

from benchmarks.reading.images import image
from core_302 import AsyncClient, Client, Settings
from core_302.reading import ReadingOptions, Source, aread_pages, read_pages

KEY = "test-key-not-real"
KIB = 1024


def images(count: int) -> Iterator[Source]:
    """Yield images as they are wanted."""
    for number in range(count):
        yield Source(f"{number}.png", content=image(number))


def blocking(settings: Settings, count: int, how: ReadingOptions) -> int:
    """Read with threads; return how many pages there were."""
    with Client(settings) as client:
        return sum(1 for _ in read_pages(client, images(count), how))


async def awaiting(settings: Settings, count: int, how: ReadingOptions) -> int:
    """Read with tasks; return how many pages there were."""
    async with AsyncClient(settings) as client:
        pages = 0
        async for _ in aread_pages(client, images(count), how):
            pages += 1
        return pages


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=["blocking", "awaiting"])
    parser.add_argument("url")
    parser.add_argument("count", type=int)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--cache")
    asked = parser.parse_args()
    settings = Settings(api_key=KEY, base_url=asked.url)
    how = ReadingOptions(concurrency=asked.at_once, cache=asked.cache)
    start = time.perf_counter()
    if asked.way == "blocking":
        done = blocking(settings, asked.count, how)
    else:
        done = asyncio.run(awaiting(settings, asked.count, how))
    assert done == asked.count
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    print(json.dumps({"seconds": seconds, "peak_mib": peak}))


if __name__ == "__main__":
    main()
