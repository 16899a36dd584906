"""One run of ours, in a process of its own: prints its seconds and its peak memory as JSON.

The seconds of the processor are without the start of the process, and without the server.
"""

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
from core_302.reading.sources import Given

KEY = "test-key-not-real"
KIB = 1024


def images(count: int) -> Iterator[Source]:
    """Yield images as they are wanted."""
    for number in range(count):
        yield Source(f"{number}.png", content=image(number))


def blocking(settings: Settings, given: Given, how: ReadingOptions) -> int:
    """Read with threads; return how many pages there were."""
    with Client(settings) as client:
        return sum(1 for _ in read_pages(client, given, how))


async def awaiting(settings: Settings, given: Given, how: ReadingOptions) -> int:
    """Read with tasks; return how many pages there were."""
    async with AsyncClient(settings) as client:
        pages = 0
        async for _ in aread_pages(client, given, how):
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
    parser.add_argument("--given", help="what is read, in place of small images")
    parser.add_argument("--text", default="auto", help="of PDFs")
    asked = parser.parse_args()
    given = asked.given or images(asked.count)
    settings = Settings(api_key=KEY, base_url=asked.url)
    how = ReadingOptions(concurrency=asked.at_once, cache=asked.cache, text=asked.text)
    start, used = time.perf_counter(), time.process_time()
    if asked.way == "blocking":
        done = blocking(settings, given, how)
    else:
        done = asyncio.run(awaiting(settings, given, how))
    assert done == asked.count
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    cpu = time.process_time() - used
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mib": peak}))


if __name__ == "__main__":
    main()
