"""What httpx and httpcore do not document is as `core_302/net/undocumented.py` takes it to be.

These tests fail for a version in which it is not; `make lowest` and `make newest` run them.
"""

import ast
import inspect
from pathlib import Path

import httpcore
import httpx
import pytest

from core_302.net import undocumented
from core_302.net.undocumented import change_pool, connection_below, has_left_over, use_network

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
URL = "http://gateway.example/"


class Network(httpcore.MockBackend):
    """Counts the connections that it makes; `AsyncNetwork` does for the other kind."""

    made = 0

    def connect_tcp(self, *given, **named):
        self.made += 1
        return super().connect_tcp(*given, **named)


class AsyncNetwork(httpcore.AsyncMockBackend):
    made = 0

    async def connect_tcp(self, *given, **named):
        self.made += 1
        return await super().connect_tcp(*given, **named)


@pytest.fixture(params=[ANSWER, ANSWER + b"more"], ids=["no more", "more"])
def received(request):
    return request.param


def test_a_connection_keeps_what_it_received_beyond_a_response(received):
    network = Network([received])
    with httpcore.ConnectionPool() as pool:
        use_network(pool, network)
        with pool.stream("GET", URL) as response:
            assert response.read() == b"ok"
            connection = connection_below(response.stream)
            assert isinstance(connection, httpcore.HTTP11Connection)
            assert has_left_over(connection) == (received != ANSWER)
    assert network.made == 1


async def test_an_awaited_connection_keeps_what_it_received_beyond_a_response(received):
    network = AsyncNetwork([received])
    async with httpcore.AsyncConnectionPool() as pool:
        use_network(pool, network)
        async with pool.stream("GET", URL) as response:
            assert await response.aread() == b"ok"
            connection = connection_below(response.stream)
            assert isinstance(connection, httpcore.AsyncHTTP11Connection)
            assert has_left_over(connection) == (received != ANSWER)
    assert network.made == 1


@pytest.mark.parametrize("proxy", ["http://proxy.example", "https://proxy.example"])
@pytest.mark.parametrize("kind", [httpx.HTTPTransport, httpx.AsyncHTTPTransport])
def test_a_transport_sends_through_its_pool(kind, proxy):
    pools = []
    transport = kind(proxy=proxy)
    change_pool(transport, lambda pool: pools.append(pool) or pool)
    assert isinstance(pools[0], (httpcore.HTTPProxy, httpcore.AsyncHTTPProxy))
    send = getattr(transport, "handle_request", None) or transport.handle_async_request
    assert "self._pool.handle_" in inspect.getsource(send)


def test_nothing_else_reaches_into_them():
    """Whatever `core_302` takes from another's object by a private name, it takes there."""
    folder = Path(undocumented.__file__).parent
    names = {"_pool", "_h11_state", "_stream", "_connection", "_network_backend"}
    taken = {
        (file.name, node.attr)
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in names
        and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"})
    }
    assert taken == {("undocumented.py", name) for name in names}
