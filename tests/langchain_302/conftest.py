"""A chat model whose blocking and asynchronous methods are asked by the same words."""

import asyncio

import pytest

from langchain_302 import ChatAI302
from tests.conftest import KEY
from tests.langchain_302 import recordings


class BothWays:
    """A `ChatAI302`, invoked and streamed by its blocking or by its asynchronous methods."""

    def __init__(self, kind, **given):
        self.kind = kind
        self.model = ChatAI302(**{"model": "gpt-4o", "api_key": KEY, "max_retries": 0, **given})
        self.chunks = []

    def invoke(self, messages="Hello", runnable=None, **options):
        runnable = runnable or self.model
        if self.kind == "sync":
            return runnable.invoke(messages, **options)
        return asyncio.run(runnable.ainvoke(messages, **options))

    def stream(self, messages="Hello", **options):
        """Return the chunks added up; those before an error stay in `chunks`."""
        self.chunks = []
        if self.kind == "sync":
            self.chunks.extend(self.model.stream(messages, **options))
        else:
            asyncio.run(self._collect(messages, options))
        total = self.chunks[0]
        for chunk in self.chunks[1:]:
            total += chunk
        return total

    async def _collect(self, messages, options):
        async for chunk in self.model.astream(messages, **options):
            self.chunks.append(chunk)


@pytest.fixture(scope="session")
def vcr_config():
    return recordings.vcr_config()


@pytest.fixture(params=["sync", "async"])
def ways(request):
    """Return a function that makes a model of the kind at hand."""
    made = []

    def make(url, **given):
        made.append(BothWays(request.param, base_url=url, **given))
        return made[-1]

    yield make
    for way in made:
        way.model.close()
