"""An answer belongs to its request: what came before a request answers none that comes after it."""

import asyncio
import contextlib
import socket
import ssl
import threading

import pytest
import trustme

from core_302 import AI302Error, AsyncClient, Client, Settings
from core_302.net.connection_pool import ssl_context
from core_302.net.pool_state import PoolState
from tests.conftest import HELLO, KEY
from tests.scripted_server import (
    DONE,
    Close,
    Later,
    OnePacket,
    chunk,
    completion,
    reply,
    scripted_server,
    stream,
)


def joined(*replies):
    """Return steps as one packet."""
    return b"".join(step for steps in replies for step in steps)


def empty(status):
    return f"HTTP/1.1 {status} Said\r\nX-Request-Id: 1\r\n\r\n".encode()


FIRST = joined(reply(200, completion("first")))
STRAY = joined(reply(200, completion("somebody else's")))
GONE = joined(reply(408, b"", headers={"Connection": "close"}))
STREAM = joined(stream(chunk("first"), chunk(finish="stop"), DONE))
ENDLESS = joined(stream(chunk("first"), chunk(finish="stop"), DONE, end=False)[:-1])

FORMS = {
    "two responses to one request": [FIRST + STRAY],
    "a third response too": [FIRST + STRAY + STRAY],
    "a response behind 204": [empty(204) + STRAY],
    "a response behind 304": [empty(304) + STRAY],
    "a body behind 204": [empty(204) + b"{}"],
    "a response behind a 400": [joined(reply(400, b"no")) + STRAY],
    "a response behind a 503": [joined(reply(503, b"no")) + STRAY],
    "a 408 in the same packet": [FIRST + GONE],
    "a Content-Length too short": [FIRST.replace(b"Length: 1", b"Length: ") + STRAY],
    "an informational response": [FIRST + b"HTTP/1.1 100 Continue\r\n\r\n"],
    "a line break": [FIRST + b"\r\n"],
    "the first byte of a response": [FIRST + STRAY[:1]],
    "a response in a record of its own": [OnePacket((FIRST, STRAY))],
    "a response behind a stream": [STREAM + STRAY],
    "a response behind [DONE], before the stream's end": [ENDLESS + b"0\r\n\r\n" + STRAY],
    "later, while it idles": [FIRST, Later(STRAY)],
    "the end of the connection, later": [FIRST, Later(Close)],
}


@pytest.fixture(params=["sync", "async"])
def kind(request):
    return request.param


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """Return the server's side of TLS; the clients trust it."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("gateway.example", "127.0.0.1").configure_cert(server)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    ssl_context.cache_clear()
    yield server
    ssl_context.cache_clear()


@pytest.fixture(params=["direct", "direct TLS", "proxy", "TLS proxy", "tunnel"])
def way(request, tls, monkeypatch):
    """Return the address of a gateway, and the script of whatever answers there."""
    given = {"tls": tls if "TLS" in request.param or request.param == "tunnel" else None}
    with scripted_server(**given, tunnel=request.param == "tunnel") as script:
        safe = script.url.replace("http:", "https:")
        if request.param == "direct":
            yield script.url, script
        elif request.param == "direct TLS":
            yield safe, script
        elif request.param == "tunnel":
            monkeypatch.setenv("HTTPS_PROXY", script.url)
            yield "https://gateway.example", script
        else:
            monkeypatch.setenv("HTTP_PROXY", safe if given["tls"] else script.url)
            yield "http://gateway.example", script


@contextlib.contextmanager
def encrypted(port, tls):
    """Run what speaks TLS in front of a port, and yield its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as stack:

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    caller = tls.wrap_socket(listener.accept()[0], server_side=True)
                    behind = socket.create_connection(("127.0.0.1", port))
                    for ends in ((caller, behind), (behind, caller)):
                        thread = threading.Thread(target=copied, args=ends)
                        thread.start()
                        stack.callback(thread.join)
                        stack.callback(ends[0].close)
                        stack.callback(shut, ends[0])

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            shut(listener)
            thread.join()


def copied(source, target):
    with contextlib.suppress(OSError):
        while received := source.recv(65536):
            target.sendall(received)
    shut(target)


def shut(end):
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def asked_twice(kind, url, streamed=False, between=lambda: None):
    """Return the text of the second of two calls of one client."""
    settings = Settings(api_key=KEY, base_url=url, allow_insecure=True, max_retries=0)

    def first(client):
        with contextlib.suppress(AI302Error):
            return list(client.stream_chat("m", HELLO)) if streamed else client.chat("m", HELLO)

    async def first_awaited(client):
        with contextlib.suppress(AI302Error):
            if streamed:
                return [piece async for piece in client.stream_chat("m", HELLO)]
            return await client.chat("m", HELLO)

    async def awaited():
        async with AsyncClient(settings) as client:
            await first_awaited(client)
            between()
            return (await client.chat("m", HELLO)).choices[0].text

    if kind == "async":
        return asyncio.run(awaited())
    with Client(settings) as client:
        first(client)
        between()
        return client.chat("m", HELLO).choices[0].text


@pytest.mark.parametrize("form", FORMS)
def test_what_a_server_sends_beyond_a_response_answers_no_other_request(kind, way, form):
    url, script = way
    steps = [
        Later(step.piece) if isinstance(step, Later) else step for step in FORMS[form]
    ]  # of this test alone
    script.answer(steps, reply(200, completion("second")))

    def between():
        for step in steps:
            if isinstance(step, Later):
                step.arrive()

    assert asked_twice(kind, url, "stream" in form, between) == "second"
    assert (len(script.seen), script.connections) == (2, 2)


def test_a_connection_with_nothing_left_over_is_used_again(kind, way):
    url, script = way
    script.answer([FIRST], reply(200, completion("second")))
    assert asked_twice(kind, url) == "second"
    assert (len(script.seen), script.connections) == (2, 1)


@pytest.mark.parametrize(
    ("form", "connections"),
    [
        ("two responses to one request", 2),
        ("a response in a record of its own", 2),
        ("nothing", 1),
    ],
)
def test_nor_does_it_in_a_tunnel_through_a_proxy_behind_tls(
    kind, tls, monkeypatch, form, connections
):
    with scripted_server(tls=tls, tunnel=True) as script, encrypted(script.port, tls) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{port}")
        script.answer(FORMS.get(form, [FIRST]), reply(200, completion("second")))
        assert asked_twice(kind, "https://gateway.example") == "second"
        assert (len(script.seen), script.connections) == (2, connections)


def test_the_socket_is_asked_when_the_connection_is_handed_out_already(kind, server, monkeypatch):
    later = Later(STRAY)
    server.answer([FIRST, later], reply(200, completion("second")))
    checkout = PoolState.checkout

    def slow(self, key):
        taken = checkout(self, key)
        if server.seen:
            later.arrive()
        return taken

    monkeypatch.setattr(PoolState, "checkout", slow)
    assert asked_twice(kind, server.url) == "second"
    assert (len(server.seen), server.connections) == (2, 2)
