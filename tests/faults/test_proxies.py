"""Proxies of the environment: who is asked through them, who is not, and what is never shown."""

import socket

import pytest

from core_302 import ConfigurationError, InvalidInputError, ProxyError
from core_302.net.proxies import proxy_of
from tests.faults.scenes import PASSWORD
from tests.scripted_server import completion, reply

PUBLIC = "https://images.example/1.png"


@pytest.mark.parametrize(
    "environ",
    [
        {"NO_PROXY": "localhost"},
        {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "images.example"},
        {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ".example"},
        {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "images.example:443"},
        {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "*"},
        {"HTTP_PROXY": "http://127.0.0.1:9"},
    ],
)
def test_a_host_that_no_proxy_serves_is_judged_by_its_address(connect, monkeypatch, environ):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: inside)
    with pytest.raises(InvalidInputError, match=r"internal address 10\.0\.0\.7"):
        connect("http://127.0.0.1:9").call("download", PUBLIC)


@pytest.mark.parametrize(
    "proxy",
    [f"gopher://u:{PASSWORD}@127.0.0.1:1", f"http://u:{PASSWORD}@127.0.0.1:port", "socks9://x"],
)
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(connect, monkeypatch, proxy):
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ConfigurationError, match="ALL_PROXY names a proxy") as caught:
        connect("https://gateway.example").chat()
    error = caught.value
    while error is not None:
        assert PASSWORD not in f"{error} {error!r}"
        error = error.__cause__


def test_an_unencrypted_call_through_a_proxy_that_refuses_says_so(connect, server, monkeypatch):
    server.answer(reply(407, b"who are you"))
    monkeypatch.setenv("HTTP_PROXY", server.url.replace("//", f"//user:{PASSWORD}@"))
    with pytest.raises(ProxyError, match="HTTP 407: the proxy requires") as caught:
        connect("http://127.0.0.1:9").chat()
    assert (caught.value.status, caught.value.billed, caught.value.retryable) == (407, "no", False)
    assert len(server.seen) == 1
    assert PASSWORD not in str(caught.value)


def test_calls_one_after_another_share_the_connection_to_a_proxy(server, monkeypatch, connect):
    server.answer(reply(200, completion()))
    monkeypatch.setenv("HTTP_PROXY", server.url.removeprefix("http://"))
    client = connect("http://gateway.example", allow_insecure=True)
    for _ in range(3):
        client.chat()
    assert server.connections == (1 if client.kind == "sync" else 3)  # one for each event loop


def test_a_name_with_a_dot_at_its_end_is_the_same_host(connect, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "images.example")
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: inside)
    with pytest.raises(InvalidInputError, match="internal address"):
        connect("http://127.0.0.1:9").call("download", PUBLIC.replace("example/", "example./"))


@pytest.mark.parametrize(
    ("no_proxy", "address", "proxied"),
    [
        ("10.0.0.0/8", "10.1.2.3", False),
        ("192.168.0.0/16, 10.0.0.0/8", "10.1.2.3", False),
        ("10.0.0.0/8", "11.1.2.3", True),
        ("10.0.0.0/8", "images.example", True),
        ("fd00::/8", "fd00::1", False),
        ("10.1.2.3/8", "10.9.9.9", False),
    ],
)
def test_a_network_in_no_proxy_is_obeyed(monkeypatch, no_proxy, address, proxied):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert (proxy_of("https", address, None) is not None) == proxied


def test_a_network_in_no_proxy_that_is_none_is_a_configuration_error(connect, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "10.0.0.0/99")
    with pytest.raises(ConfigurationError, match="NO_PROXY names a network that is none"):
        connect("https://gateway.example").chat()
