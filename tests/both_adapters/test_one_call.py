"""Time limits and headers of one call hold for this call, and for no other."""

import asyncio

import pytest

from core_302 import AI302Error, ApiError, ConfigurationError, RequestTimeoutError
from tests.scripted_server import DONE, Stall, chunk, completion, reply, stream

HEADERS = {"X-Trace": "of-this-call", "x-team": "blue"}


def streamed(asked, **options):
    """Return all pieces of a streamed answer."""
    if asked.framework == "LangChain":
        return asked._all("stream", "Hello", of=asked.model, **options)
    return asked._all("stream_chat", [asked.user("Hello")], **options)


def test_headers_of_one_call_win_over_the_default_ones(asker, server):
    asked = asker(default_headers={"x-trace": "always", "x-app": "a"})
    server.answer(reply(200, completion()))
    asked.ask(extra_headers=HEADERS)
    asked.ask()
    first, second = (seen.headers for seen in server.seen)
    assert (first["x-trace"], first["x-team"], first["x-app"]) == ("of-this-call", "blue", "a")
    assert (second["x-trace"], second.get("x-team")) == ("always", None)
    assert server.seen[0].json == server.seen[1].json


def test_a_stream_has_them_too(asker, server):
    server.answer(stream(chunk("Hi"), chunk(finish="stop"), DONE))
    streamed(asker(), extra_headers=HEADERS, timeout=30)
    assert server.seen[0].headers["x-trace"] == "of-this-call"
    assert {"timeout", "extra_headers"}.isdisjoint(server.seen[0].json)


def test_a_call_ends_when_its_own_time_is_over(asker, server):
    asked = asker(timeout=60)
    server.answer([Stall])
    with pytest.raises(RequestTimeoutError):
        asked.ask(timeout=0.1)
    with pytest.raises(RequestTimeoutError):
        streamed(asked, timeout=0.1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"timeout": -1}, "timeout"),
        ({"timeout": "soon"}, "timeout"),
        ({"extra_headers": {"x": "ä"}}, "'x' must be printable"),
        ({"extra_headers": {"Authorization": "Bearer x"}}, "api_key"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_sent(asker, server, options, says):
    with pytest.raises(ConfigurationError, match=says):
        asker().ask(**options)
    assert server.seen == []


def test_no_error_repeats_a_header_of_the_call(asker, server):
    server.answer(reply(400, {"error": {"message": "bad header of-this-call"}}))
    with pytest.raises(ApiError) as caught:
        asker().ask(extra_headers=HEADERS)
    assert "of-this-call" not in str(caught.value)


def test_its_connections_are_those_of_the_model(asker, server):
    server.answer(reply(200, completion()))
    asked = asker()
    ask = asked.model.ainvoke if asked.framework == "LangChain" else asked.model.achat

    async def three_times():
        for _ in range(3):
            await ask([asked.user("Hello")], timeout=30)

    if asked.kind == "sync":
        for _ in range(3):
            asked.ask(timeout=30)
    else:
        asyncio.run(three_times())
    assert server.connections == 1
    asyncio.run(asked.model.aclose())
    with pytest.raises(AI302Error):
        asked.ask(timeout=30)
