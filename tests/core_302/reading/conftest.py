"""Reading with the client at hand, blocking and awaited."""

import asyncio

import pytest

from core_302.reading import ReadingOptions, aread_pages, read_pages


@pytest.fixture
def read(connect, server):
    """Return a function that reads everything with the client at hand."""

    def all_pages(given, *, report=None, most=None, **how):
        face = connect(server.url, max_retries=0)
        options = ReadingOptions(**how)
        more = {"report": report}
        if face.kind == "sync":
            pages = read_pages(face.client, given, options, **more)
            try:
                return [page for _, page in zip(range(most or 1_000), pages, strict=False)]
            finally:
                pages.close()

        async def collect():
            pages, found = aread_pages(face.client, given, options, **more), []
            try:
                async for page in pages:
                    found.append(page)
                    if len(found) == most:
                        break
            finally:
                await pages.aclose()
                await face.client.aclose()
            return found

        return asyncio.run(collect())

    return all_pages
