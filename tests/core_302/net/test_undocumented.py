"""What httpx does not document is as `core_302/net/undocumented.py` takes it to be.

These tests fail for a version in which it is not; `make lowest` and `make newest` run them.
"""

import ast
import inspect
from pathlib import Path

import httpcore
import httpx
import pytest

from core_302.net import undocumented
from core_302.net.undocumented import is_replaced, set_pool

METHODS = [
    (httpx.Client, "_transport_for_url"),
    (httpx.AsyncClient, "_transport_for_url"),
    (httpcore.ConnectionPool, "handle_request"),
    (httpcore.AsyncConnectionPool, "handle_async_request"),
]


@pytest.mark.parametrize("kind", [httpx.HTTPTransport, httpx.AsyncHTTPTransport])
def test_a_transport_sends_through_its_pool(kind):
    transport, pool = kind(), object()
    set_pool(transport, pool)
    assert transport._pool is pool
    send = getattr(transport, "handle_request", None) or transport.handle_async_request
    assert "self._pool.handle_" in inspect.getsource(send)


@pytest.mark.parametrize(("owner", "method"), METHODS)
def test_what_another_library_puts_in_the_place_of_a_method_is_seen(owner, method, monkeypatch):
    assert hasattr(owner, method)
    assert not is_replaced(owner, method)
    monkeypatch.setattr(owner, method, lambda *_: None)
    assert is_replaced(owner, method)
    monkeypatch.delattr(owner, method)
    assert not is_replaced(owner, method)


def test_nothing_else_reaches_into_them():
    """Whatever `core_302` takes from another's object by a private name, it takes there."""
    folder = Path(undocumented.__file__).parent
    names = {"_pool", "_h11_state", "_stream", "_connection", "_network_backend", "_transport"}
    taken = {
        (file.name, node.attr)
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in names
        and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"})
    }
    assert taken == {("undocumented.py", "_pool")}
