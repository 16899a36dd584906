"""What watches or replaces httpx in tests and in production finds every call, and finds it once.

`docs/testing.md` tells users of each.
"""

import asyncio
import socket

import httpx
import pytest
import respx
import vcr
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from core_302 import AsyncClient, Client, ConnectionLostError, Settings
from tests.conftest import HELLO, KEY
from tests.scripted_server import DONE, chunk, completion, reply, stream

URL = "https://gateway.example"
CHAT = f"{URL}/v1/chat/completions"
EVENTS = b"".join([chunk("Hel"), chunk("lo", finish="stop"), DONE])
STREAM = {"headers": {"content-type": "text/event-stream"}, "content": EVENTS}


@pytest.fixture
def no_socket(monkeypatch):
    """Fail if a socket is opened."""

    def never(*_given):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)


class Asked:
    """A blocking or an awaited client: a call, and a stream."""

    def __init__(self, kind, url):
        self.kind = kind
        self.settings = Settings(api_key=KEY, base_url=url, max_retries=0)

    def chat(self):
        return self._ended(lambda client: client.chat("m", HELLO)).choices[0].text

    def stream(self):
        return "".join(delta.text for delta in self._ended(lambda c: c.stream_chat("m", HELLO)))

    def _ended(self, ask):
        async def awaited():
            async with AsyncClient(self.settings) as client:
                asked = ask(client)
                return [_ async for _ in asked] if hasattr(asked, "__aiter__") else await asked

        if self.kind == "awaited":
            return asyncio.run(awaited())
        with Client(self.settings) as client:
            asked = ask(client)
            return list(asked) if hasattr(asked, "__next__") else asked


@pytest.fixture(params=["blocking", "awaited"])
def ask(request):
    return lambda url: Asked(request.param, url)


@pytest.mark.usefixtures("no_socket")
@pytest.mark.parametrize("using", ["httpcore", "httpx"])
def test_respx_answers(ask, using):
    with respx.mock(using=using) as router:
        route = router.post(CHAT)
        route.mock(return_value=httpx.Response(200, json=completion("mocked")))
        assert ask(URL).chat() == "mocked"
        sent = route.calls.last.request
        assert (sent.method, sent.headers["authorization"]) == ("POST", f"Bearer {KEY}")
        route.mock(return_value=httpx.Response(200, **STREAM))
        assert ask(URL).stream() == "Hello"
        route.mock(side_effect=httpx.ReadError("broken"))
        with pytest.raises(ConnectionLostError, match="broken"):
            ask(URL).chat()
        assert route.call_count == 3


@pytest.mark.usefixtures("no_socket")
@pytest.mark.parametrize("using", ["httpcore", "httpx"])
def test_what_respx_has_no_answer_for_is_its_own_error(ask, using):
    with respx.mock(using=using), pytest.raises(AssertionError, match="not mocked"):
        ask(URL).chat()


@pytest.mark.parametrize("using", ["httpcore", "httpx"])
def test_what_respx_lets_pass_goes_out(ask, server, using):
    server.answer(reply(200, completion("from the server")))
    with respx.mock(using=using) as router:
        router.route(host="127.0.0.1").pass_through()
        assert ask(server.url).chat() == "from the server"
    assert len(server.seen) == 1


@pytest.mark.usefixtures("no_socket")
def test_pytest_httpx_answers(ask, httpx_mock):
    httpx_mock.add_response(url=CHAT, json=completion("mocked"))
    assert ask(URL).chat() == "mocked"
    httpx_mock.add_response(url=CHAT, **STREAM)
    assert ask(URL).stream() == "Hello"
    assert [sent.method for sent in httpx_mock.get_requests()] == ["POST", "POST"]


def test_vcrpy_records_a_call_once_and_plays_it(ask, server, tmp_path, monkeypatch):
    tape = str(tmp_path / "tape.yaml")
    server.answer(
        reply(200, completion("recorded")),
        stream(chunk("Hel"), chunk("lo", finish="stop"), DONE),
    )
    with vcr.use_cassette(tape, record_mode="once") as cassette:
        assert (ask(server.url).chat(), ask(server.url).stream()) == ("recorded", "Hello")
        assert len(cassette.requests) == 2

    def never(*_given):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", never)
    with vcr.use_cassette(tape, record_mode="none") as cassette:
        assert (ask(server.url).chat(), ask(server.url).stream()) == ("recorded", "Hello")
        assert cassette.play_count == 2
    assert len(server.seen) == 2


def test_opentelemetry_has_one_span_a_call(ask, server):
    server.answer(
        reply(200, completion("traced")), stream(chunk("Hel"), chunk("lo", finish="stop"), DONE)
    )
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    try:
        assert (ask(server.url).chat(), ask(server.url).stream()) == ("traced", "Hello")
    finally:
        HTTPXClientInstrumentor().uninstrument()
    seen = [span.attributes for span in spans.get_finished_spans()]
    assert [span["http.status_code"] for span in seen] == [200, 200]
    assert KEY not in repr(seen)
