"""Whatever a library below raises is an error of ours, and says nothing that is secret."""

import asyncio
import traceback
import urllib.parse

import httpcore
import httpx
import pytest

from core_302 import (
    AI302Error,
    AsyncClient,
    Client,
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    Settings,
)
from core_302.errors import without_userinfo
from core_302.net.exceptions import transport_errors
from tests.conftest import HELLO, KEY
from tests.guard.net import Net
from tests.scripted_server import Close, completion, reply

PASSWORD = "canary-pass-word"


def told_errors():
    """Return errors of libraries below, as no version of one may let them through."""
    port = OverflowError("connect(): port must be 0-65535.")
    return {
        "a port": port,
        "several at once": _group("several", [port, OSError("no route")]),
        "a name": UnicodeError("label empty or too long"),
        "a value": ValueError("not a valid number"),
        "the system": OSError(5, "no device"),
        "the end": EOFError("it ended"),
        "a stream": httpx.StreamClosed(),
    }


def _group(said, errors):
    try:
        return ExceptionGroup(said, errors)
    except NameError:  # before Python 3.11
        group = OSError(said)
        group.exceptions = errors
        return group


@pytest.mark.parametrize("name", told_errors())
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_whatever_a_library_below_raises_is_an_error_of_ours(kind, name):
    raised = told_errors()[name]
    raised.args = tuple(
        f"{said} http://user:{PASSWORD}@proxy.example:8080 {KEY}" if isinstance(said, str) else said
        for said in raised.args
    )

    def answer(_request):
        raise raised

    async def awaited():
        mine = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        async with mine, AsyncClient(settings, http_client=mine) as client:
            await client.chat("m", HELLO)

    def blocking():
        mine = httpx.Client(transport=httpx.MockTransport(answer))
        with mine, Client(settings, http_client=mine) as client:
            client.chat("m", HELLO)

    settings = Settings(api_key=KEY, base_url="https://gateway.example", max_retries=0)
    with pytest.raises((ConnectionLostError, ConnectionFailedError)) as caught:
        asyncio.run(awaited()) if kind == "async" else blocking()
    for secret in (PASSWORD, KEY):
        net = Net(secret)
        net.keep_error(caught.value)
        net.keep("error", "".join(traceback.format_exception(caught.value)))
        assert net.leaks() == []


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_whose_port_is_none_is_a_configuration_error(connect, monkeypatch, scheme, port):
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://user:{PASSWORD}@127.0.0.1:{port}")
    with pytest.raises(ConfigurationError, match="names a proxy that cannot be used") as caught:
        connect("https://gateway.example").chat()
    net = Net(PASSWORD)
    net.keep_error(caught.value)
    assert net.leaks() == []


@pytest.mark.parametrize(
    "answer",
    [
        reply(407, f"no user {PASSWORD}".encode()),
        reply(502, f"http://user:{PASSWORD}@up.example is down".encode()),
        [f"HTTP/1.1 500 {PASSWORD}\r\n\r\n".encode(), Close],
        [f"HTTP/1.1 {PASSWORD}\r\n\r\n".encode(), Close],
        [Close],
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_password_of_a_proxy_comes_out_of_a_call_through_it(
    connect, server, monkeypatch, scheme, answer
):
    server.answer(answer)
    monkeypatch.setenv("ALL_PROXY", server.url.replace("//", f"//user:{PASSWORD}@"))
    with pytest.raises(AI302Error) as caught:
        connect(f"{scheme}://gateway.example", allow_insecure=True, max_retries=0).chat()
    for secret in (PASSWORD, urllib.parse.quote(PASSWORD), f"user:{PASSWORD}"):
        net = Net(secret)
        net.keep_error(caught.value)
        net.keep("error", "".join(traceback.format_exception(caught.value)))
        assert net.leaks() == []


def test_a_text_keeps_its_addresses_without_their_userinfo():
    text = "http://a:b@c.example/x@y and https://d.example/@e, mail f@g.example"
    told = "http://***@c.example/x@y and https://d.example/@e, mail f@g.example"
    assert without_userinfo(text) == told


@pytest.mark.parametrize(
    "headers",
    [
        {"x mine": "a"},
        {"x-mine:": "a"},
        {"": "a"},
        {"x-mine\r\nx-other": "a"},
        {"x-é": "a"},
        {1: "a"},
        {"x-mine": "a\r\nb"},
        {"x-mine": "a\x00"},
        {"x-mine": " a"},
        {"x-mine": "a "},
        {"x-mine": "é"},
        {"x-mine": 1},
        {"content-length": "5"},
        {"Transfer-Encoding": "chunked"},
        {"authorization": "Bearer x"},
    ],
)
def test_a_header_that_cannot_be_sent_is_a_configuration_error(connect, server, headers):
    server.answer(reply(200, completion()))
    with pytest.raises(ConfigurationError, match=r"header|api_key"):
        Settings(api_key=KEY, default_headers=headers)
    settings = Settings(api_key=KEY, base_url=server.url)
    with pytest.raises(ConfigurationError):
        settings.for_call(None, headers)
    assert server.seen == []


def test_headers_that_can_be_sent_are_sent(connect, server):
    server.answer(reply(200, completion()))
    connect(server.url, default_headers={"X-Mine_1.0~": "a b;c", "x-empty": ""}).chat()
    assert server.seen[0].headers["x-mine_1.0~"] == "a b;c"
    assert server.seen[0].headers["x-empty"] == ""


def test_an_event_loop_that_is_not_asyncios_is_a_configuration_error():
    client = AsyncClient(Settings(api_key=KEY))
    for coroutine in (client.models(), anext(client.stream_chat("m", HELLO)), client.aclose()):
        with pytest.raises(ConfigurationError, match="asyncio only"):
            coroutine.send(None)


def test_bytes_that_an_error_keeps_are_redacted_as_well():
    error = ConnectionLostError("x")
    error.__cause__ = ValueError(b"sent " + KEY.encode(), ("twice", KEY))
    error.redact(KEY)
    assert error.__cause__.args == (b"sent ***", ("twice", "***"))


@pytest.mark.parametrize("kind", ["ReadError", "ReadTimeout", "WriteError", "RemoteProtocolError"])
def test_an_error_of_httpcore_is_what_httpx_makes_of_it(kind):
    theirs, raised = getattr(httpx, kind)("broken"), getattr(httpcore, kind)("broken")
    found = []
    for error in (theirs, raised):
        with pytest.raises(AI302Error) as caught, transport_errors():
            raise error
        found.append((type(caught.value), str(caught.value)))
    assert found[0] == found[1]
