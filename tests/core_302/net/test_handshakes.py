"""What is said to a proxy before HTTP: CONNECT and SOCKS5, step by step and over real sockets."""

import contextlib
import socket
import threading

import httpcore
import pytest

from core_302 import ProxyError
from core_302.net.handshakes import Proxy
from tests.core_302.net.test_drain import copied
from tests.scripted_server import completion, reply

PASSWORD = "pass"
ASKS = Proxy.of(f"socks5://user:{PASSWORD}@proxy.example")
OPEN = Proxy.of("socks5h://proxy.example:1080")
CONNECTS = Proxy.of("http://proxy.example")


def said(proxy, host, *answers):
    """Return what is said to a proxy that answers so."""
    steps, all_said = proxy.connecting(host, 443), []
    said, _ = next(steps)
    with contextlib.suppress(StopIteration):
        for answer in answers:
            all_said.append(said)
            said, _ = steps.send(answer)
    return all_said


HELLO = b"\5\1\0"
NAMED = b"\5\1\0\3\x0fgateway.example\1\xbb"


def test_socks_connects_to_a_name_that_the_proxy_looks_up():
    granted = b"\5\0\0\1\0\0\0\0\0\0"
    assert said(OPEN, "gateway.example", b"\5\0", granted) == [HELLO, NAMED]


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("203.0.113.7", b"\1\xcb\0\x71\7"),
        ("2001:db8::1", b"\4" + bytes.fromhex("20010db8000000000000000000000001")),
    ],
)
def test_socks_connects_to_an_address(host, address):
    granted = b"\5\0\0\4" + bytes(18)
    assert said(OPEN, host, b"\5\0", granted) == [HELLO, b"\5\1\0" + address + b"\1\xbb"]


def test_socks_tells_who_asks():
    granted = b"\5\0\0\3\1a\0\0"
    asked = said(ASKS, "gateway.example", b"\5\2", b"\1\0", granted)
    assert asked == [b"\5\1\2", b"\1\4user\4pass", NAMED]


def test_answers_of_socks_may_come_in_any_pieces():
    pieces = [b"\5", b"\0", b"\5\0", b"\0\1\0", b"\0\0\0\0", b"\0"]
    assert b"".join(said(OPEN, "gateway.example", *pieces)) == HELLO + NAMED


@pytest.mark.parametrize(
    ("proxy", "answers", "told"),
    [
        (OPEN, [b"\5\xff"], "not SOCKS5"),
        (OPEN, [b"HTTP/1.1 400"], "not SOCKS5"),
        (OPEN, [b""], "closed the connection"),
        (ASKS, [b"\5\2", b"\1\1"], "rejects the user name"),
        (OPEN, [b"\5\0", b"\5\5\0\1\0\0\0\0\0\0"], "connection refused"),
        (OPEN, [b"\5\0", b"\5\x63\0\1\0\0\0\0\0\0"], "code 99"),
        (OPEN, [b"\5\0", b"\5\0\0\1\0", b""], "closed the connection"),
        (CONNECTS, [b"HTTP/1.1 502 Bad Gateway\r\n\r\n"], "502 Bad Gateway"),
        (CONNECTS, [b"SSH-2.0\r\n\r\n"], "status line"),
        (CONNECTS, [b"HTTP/1.1 200 OK\r\n\r\nmore"], "sent more"),
        (CONNECTS, [b""], "disconnected"),
    ],
)
def test_a_proxy_that_does_not_connect_is_an_error_of_the_proxy(proxy, answers, told):
    with pytest.raises(httpcore.ProxyError, match=told):
        said(proxy, "gateway.example", *answers)


def test_connect_names_the_host_and_who_asks():
    (asked,) = said(
        Proxy.of("https://user:a%40b@proxy.example"),
        "2001:db8::1",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    )
    assert asked.split(b"\r\n")[:3] == [
        b"CONNECT [2001:db8::1]:443 HTTP/1.1",
        b"Host: [2001:db8::1]:443",
        b"Proxy-Authorization: Basic dXNlcjphQGI=",
    ]


@pytest.mark.parametrize("address", ["gopher://x", "http://", "http://x:99999", "http://a..b", "x"])
def test_what_is_no_proxy_is_refused(address):
    with pytest.raises(ValueError):
        Proxy.of(address)


def test_a_proxy_does_not_show_its_password():
    assert PASSWORD not in f"{ASKS!r} {ASKS}"


@contextlib.contextmanager
def socks_proxy(port, answer=b"\0"):
    """Run a SOCKS5 proxy that connects to a port, whatever it is asked for; yield its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as stack:

        def serve(caller):
            with caller, contextlib.suppress(OSError):
                caller.recv(3)
                caller.sendall(b"\5\0")
                caller.recv(300)
                caller.sendall(b"\5" + answer + b"\0\1" + bytes(6))
                with socket.create_connection(("127.0.0.1", port)) as behind:
                    back = threading.Thread(target=copied, args=(behind, caller))
                    back.start()
                    copied(caller, behind)
                    back.join(10)

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    thread = threading.Thread(target=serve, args=(listener.accept()[0],))
                    thread.start()
                    stack.callback(thread.join, 10)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def test_calls_go_through_a_socks_proxy(connect, server, monkeypatch):
    server.answer(reply(200, completion("through SOCKS")))
    with socks_proxy(server.port) as port:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
        client = connect("http://gateway.example", allow_insecure=True)
        assert client.chat().choices[0].text == "through SOCKS"
        client.close()
    assert server.seen[0].path == "/v1/chat/completions"
    assert server.seen[0].headers["host"] == "gateway.example"


def test_a_socks_proxy_that_refuses_says_so(connect, server, monkeypatch):
    with socks_proxy(server.port, b"\2") as port:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
        with pytest.raises(ProxyError, match="not allowed by its rules") as caught:
            connect("http://gateway.example", allow_insecure=True).chat()
    assert (caught.value.billed, server.seen) == ("no", [])
