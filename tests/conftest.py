"""What every test can ask for: a server, and both clients behind one blocking face.

No test reaches the network: connections to anything but this machine fail at once.
"""

import asyncio
import gc
import os
import re
import socket

import pytest

from core_302 import AsyncClient, Client, PollPolicy, RetryPolicy, Settings
from tests.scripted_server import scripted_server

KEY = "test-key-not-real"
HELLO = [{"role": "user", "content": "Hello"}]


# What a machine may have set for its own programs, and what no test is about unless it sets it.
SET_BY_MACHINES = re.compile(
    r"AI302_.+|PYTEST_ADDOPTS|(HTTP|HTTPS|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|(LANGSMITH|LANGCHAIN)_.+",
    re.IGNORECASE,
)


def pytest_configure(config):
    """Empty the environment of the whole run: fixtures and programs of many tests see it too."""
    if config.getoption("--record-mode") not in (None, "none"):
        return  # `make record` may ask 302.AI
    for name in filter(SET_BY_MACHINES.fullmatch, [*os.environ]):
        del os.environ[name]


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch, record_mode):
    if record_mode != "none":
        return  # `make record` may ask 302.AI
    connect = socket.socket.connect

    def checked(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(
            ("127.", "::1", "localhost")
        ):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked)


@pytest.fixture(autouse=True, scope="module")
def _quick_collections():
    """Set apart what imports and earlier modules left, for a collection looks at everything.

    Many tests end with one, to see whether they left a connection open. Among the frameworks that
    the whole run imports, these took nine tenths of its time.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def server():
    with scripted_server() as script:
        yield script


class BothFaces:
    """Runs a client's methods to their end, so that one test speaks of both clients."""

    def __init__(self, kind, url, *, http_client=None, **settings):
        self.kind = kind
        settings = Settings(**{"api_key": KEY, "base_url": url, **settings})
        # Full jitter of 0: tests count requests, and wait for nothing.
        retry = RetryPolicy(max_retries=settings.max_retries, jitter=lambda: 0.0)
        polling = PollPolicy(first_wait=0.0)
        make = Client if kind == "sync" else AsyncClient
        self.client = make(settings, http_client=http_client, retry=retry, polling=polling)
        self.got = []

    def chat(self, model="gpt-4o", messages=HELLO, options=None):
        return self._end(self.client.chat(model, messages, options))

    def call(self, name, *given, **more):
        """Call any other method of the client by its name."""
        return self._end(getattr(self.client, name)(*given, **more))

    def models(self, **options):
        return self._end(self.client.models(**options))

    def record(self, request_id):
        return self._end(self.client.record(request_id))

    def stream(self, model="gpt-4o", messages=HELLO, options=None, **more):
        """Return all pieces; those before an error stay in `got`."""
        self.got = []
        pieces = self.client.stream_chat(model, messages, options, **more)
        if self.kind == "sync":
            for piece in pieces:
                self.got.append(piece)
        else:
            self._end(self._collect(pieces))
        return self.got

    async def _collect(self, pieces):
        async for piece in pieces:
            self.got.append(piece)

    def _end(self, result):
        return asyncio.run(result) if self.kind == "async" else result

    def close(self):
        if self.kind == "sync":
            self.client.close()


@pytest.fixture(params=["sync", "async"])
def connect(request):
    """Return a function that makes a client of the kind at hand."""
    made = []

    def make(url, **settings):
        made.append(BothFaces(request.param, url, **settings))
        return made[-1]

    yield make
    for client in made:
        client.close()
    gc.collect()  # a connection left open would warn now, and fail this test rather than the next
