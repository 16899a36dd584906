"""Calls over real sockets: what is sent, what is read, what is repeated. On both clients."""

import gzip
import json
import threading

import pytest

from core_302 import (
    AuthenticationError,
    Client,
    ConnectionFailedError,
    ConnectionLostError,
    GatewayError,
    InvalidRequestError,
    MalformedReplyError,
    ModelNotAvailableError,
    QuotaError,
    RateLimitError,
    ReplyTooLargeError,
    RequestTimeoutError,
    RetryPolicy,
    Settings,
    UnexpectedRedirectError,
)
from tests.conftest import HELLO, KEY
from tests.scripted_server import Close, Reset, Stall, chunk, completion, reply, stream

OK = reply(200, completion())


def refusal(status, err_code=-10003, message="no", headers=()):
    error = {"err_code": err_code, "message": message, "message_cn": "不", "type": "api_error"}
    return reply(status, {"error": error}, headers={"request-id": "r-1", **dict(headers)})


def test_a_call_sends_the_key_the_model_and_the_messages(connect, server):
    server.answer(OK)
    answer = connect(server.url + "/v1/").chat()
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions")
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.json == {"model": "gpt-4o", "messages": HELLO}
    assert answer.choices[0].text == "Hello"


def test_every_attempt_of_a_call_has_the_same_idempotency_key(connect, server):
    server.answer(refusal(503), OK)
    client = connect(server.url)
    client.chat()
    client.chat()
    first, again, other = [one.headers["idempotency-key"] for one in server.seen]
    assert first == again != other


def test_an_idempotency_key_of_your_own_is_sent_in_place_of_ours(connect, server):
    server.answer(OK)
    connect(server.url, default_headers={"Idempotency-Key": "mine"}).chat()
    assert server.seen[0].headers["idempotency-key"] == "mine"


def test_a_server_that_says_not_to_ask_again_is_not_asked_again(connect, server):
    again = {"x-should-retry": "false"}
    server.answer(refusal(503, headers=again), OK)
    with pytest.raises(GatewayError) as caught:
        connect(server.url).chat()
    assert not caught.value.retryable
    assert len(server.seen) == 1


def test_default_headers_and_query_are_sent(connect, server):
    server.answer(OK)
    connect(server.url, default_headers={"x-team": "a"}, default_query={"async": "no"}).chat()
    assert server.seen[0].headers["x-team"] == "a"
    assert server.seen[0].path == "/v1/chat/completions?async=no"


def test_calls_one_after_another_share_one_connection(server):
    server.answer(OK)
    with Client(Settings(api_key=KEY, base_url=server.url)) as client:
        for _ in range(10):
            client.chat("gpt-4o", HELLO)
    assert server.connections == 1


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_two_retries_mean_three_requests(connect, server, status):
    server.answer(refusal(status))
    with pytest.raises((RateLimitError, GatewayError)) as caught:
        connect(server.url).chat()
    assert len(server.seen) == 3
    assert caught.value.attempts == 3
    assert (caught.value.status, caught.value.request_id) == (status, "r-1")


@pytest.mark.parametrize("broken", [[Close], [Reset]], ids=["closed", "reset"])
def test_a_connection_lost_before_the_first_byte_is_tried_again(connect, server, broken):
    server.answer(broken, OK)
    assert connect(server.url).chat().choices[0].text == "Hello"
    assert len(server.seen) == 2


def test_a_call_that_succeeds_at_the_third_attempt_is_a_success(connect, server):
    server.answer(refusal(500), refusal(503), OK)
    assert connect(server.url).chat().choices[0].text == "Hello"


@pytest.mark.parametrize(
    ("status", "err_code", "kind"),
    [
        (400, -10003, InvalidRequestError),
        (401, -10005, AuthenticationError),
        (402, -10004, QuotaError),
        (422, -10011, InvalidRequestError),
        (429, -10006, QuotaError),
        (503, -10008, ModelNotAvailableError),
    ],
)
def test_a_refusal_that_waiting_cannot_change_is_sent_once(connect, server, status, err_code, kind):
    server.answer(refusal(status, err_code))
    with pytest.raises(kind) as caught:
        connect(server.url).chat()
    assert len(server.seen) == 1
    assert not caught.value.retryable
    assert caught.value.err_code == err_code


def test_no_retries_means_one_request(connect, server):
    server.answer(refusal(500))
    with pytest.raises(GatewayError):
        connect(server.url, max_retries=0).chat()
    assert len(server.seen) == 1


def test_retry_after_beyond_the_limit_is_raised_at_once(connect, server):
    server.answer(refusal(429, headers={"Retry-After": "7200"}))
    with pytest.raises(RateLimitError) as caught:
        connect(server.url).chat()
    assert (caught.value.retry_after, len(server.seen)) == (7200, 1)


def test_a_pause_that_would_pass_the_time_limit_is_not_begun(connect, server):
    server.answer(refusal(429, headers={"Retry-After": "30"}))
    with pytest.raises(RateLimitError):
        connect(server.url, timeout=5).chat()
    assert len(server.seen) == 1


def test_a_refused_connection_says_that_nothing_was_billed(connect):
    with pytest.raises(ConnectionFailedError, match=r"No connection to 127\.0\.0\.1: ") as caught:
        connect("http://127.0.0.1:1", max_retries=0).chat()
    assert (caught.value.billed, caught.value.attempts) == ("no", 1)


def test_silence_ends_with_the_time_limit_and_is_not_repeated(connect, server):
    server.answer([Stall])
    with pytest.raises(RequestTimeoutError) as caught:
        connect(server.url, timeout=0.2).chat()
    assert server.asked.acquire(timeout=10)  # on a busy machine it is read after the limit
    assert len(server.seen) == 1
    assert caught.value.billed == "maybe"
    assert isinstance(caught.value, TimeoutError)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(connect, server, status):
    server.answer(reply(status, b"", headers={"Location": "http://u:p@evil.example/x"}))
    with pytest.raises(UnexpectedRedirectError, match=r"evil\.example") as caught:
        connect(server.url).chat()
    assert len(server.seen) == 1
    assert "u:p" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        ({"error": {"err_code": -10004, "message": "poor"}}, QuotaError, "poor"),
        ({"error": {"err_code": -10003, "message": "net"}}, GatewayError, "net"),
        ({"error": "just text"}, GatewayError, "just text"),
        ({"code": -1, "msg": "此 Key 不存在"}, GatewayError, "此 Key 不存在"),
        ({"code": 401, "msg": "who"}, AuthenticationError, "who"),
    ],
)
def test_an_error_under_http_200_is_an_error(connect, server, body, kind, says):
    server.answer(reply(200, body))
    with pytest.raises(kind, match=says):
        connect(server.url).chat()
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"<html>log in</html>", "text/html"),
        (b"", "application/json"),
        (b"[1]", "application/json"),
        (b"{", "application/json"),
        (b'{"choices": []}', "application/json"),
        (b'{"choices": null}', "application/json"),
        (b'{"choices": [{"delta": {"content": "x"}}]}', "application/json"),
        (b'{"choices": [7]}', "application/json"),
    ],
)
def test_a_reply_that_is_no_completion_says_how_it_begins(connect, server, body, media_type):
    server.answer(reply(200, body, media_type=media_type))
    with pytest.raises(MalformedReplyError) as caught:
        connect(server.url).chat()
    assert (body.decode()[:10] or "empty") in str(caught.value)


def test_a_key_that_the_server_repeats_is_not_repeated_by_us(connect, server):
    server.answer(reply(401, {"error": {"message": f"bad key {KEY}", "err_code": -10005}}))
    with pytest.raises(AuthenticationError, match=r"bad key \*\*\*") as caught:
        connect(server.url).chat()
    assert KEY not in str(caught.value) + repr(caught.value) + str(caught.value.body)


def test_a_reply_packed_with_gzip_is_unpacked(connect, server):
    body = gzip.compress(json.dumps(completion("packed")).encode())
    server.answer(reply(200, body, headers={"Content-Encoding": "gzip"}))
    assert connect(server.url).chat().choices[0].text == "packed"


@pytest.mark.parametrize("status", [200, 500])
def test_a_small_reply_cannot_become_a_large_one(connect, server, status):
    bomb = gzip.compress(b"x" * (200 * 1024 * 1024), 9)
    server.answer(reply(status, bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises((ReplyTooLargeError, GatewayError)) as caught:
        connect(server.url, max_retries=0).chat()
    assert len(str(caught.value)) < 3_000


@pytest.mark.parametrize(
    ("body", "encoding", "kind"),
    [
        (b"not gzip", "gzip", MalformedReplyError),
        (gzip.compress(b'{"choices"' * 100, mtime=0)[:-9], "gzip", ConnectionLostError),
        (b"x", "br", MalformedReplyError),
    ],
)
def test_a_badly_packed_reply_is_an_error_of_ours(connect, server, body, encoding, kind):
    server.answer(reply(200, body, headers={"Content-Encoding": encoding}))
    with pytest.raises(kind):
        connect(server.url, max_retries=0).chat()


def test_a_body_shorter_than_announced_is_no_answer(connect, server):
    whole = reply(200, completion())[0]
    server.answer([whole[:-5], Close])
    with pytest.raises(ConnectionLostError):
        connect(server.url, max_retries=0).chat()


def test_odd_fields_of_an_answer_are_passed_over(connect, server):
    odd = [
        {"function": {"name": "f", "arguments": {"a": 1}}},
        {"function": None},
        "no call",
    ]
    parts = [{"type": "text", "text": "He"}, {"type": "text", "text": "llo"}, 7]
    more = {"tool_calls": odd, "annotations": [None, {"url_citation": 7}], "images": "x"}
    body = completion(
        parts,
        message=more,
        usage={"prompt_tokens": -1, "input_tokens": 7, "output_tokens": 2.0, "total_tokens": "9"},
        citations=[None, {"url": "https://a", "title": "A"}, "https://a"],
    )
    body["choices"][0] |= {"index": "x", "logprobs": "x", "finish_reason": 3}
    server.answer(reply(200, body))
    answer = connect(server.url).chat()
    (choice,) = answer.choices
    assert (choice.text, choice.index, choice.finish_reason) == ("Hello", 0, None)
    assert [(c.name, c.arguments) for c in choice.tool_calls] == [("f", '{"a": 1}')]
    assert [(c.url, c.title) for c in answer.about.citations] == [("https://a", "A")]
    usage = answer.about.usage
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (7, 2, 9)


@pytest.mark.parametrize("usage", [None, {}, [], {"prompt_tokens": None}, {"prompt_tokens": True}])
def test_usage_that_says_nothing_is_none(connect, server, usage):
    server.answer(reply(200, completion(usage=usage)))
    assert connect(server.url).chat().about.usage is None


def test_a_body_that_drips_for_ever_ends_with_the_time_limit(connect, server):
    class Drip(list):
        def __iter__(self):
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
            beat = threading.Event()
            for _ in range(200):
                beat.wait(0.02)
                yield b" "

    server.answer(Drip())
    with pytest.raises(RequestTimeoutError, match="No complete response within"):
        connect(server.url, timeout=0.3).chat()


def test_a_connection_that_cannot_be_had_in_time_says_so(server):
    server.answer(stream(chunk("x"), Stall))
    settings = Settings(api_key=KEY, base_url=server.url, max_connections=1, timeout=0.3)
    with Client(settings, retry=RetryPolicy(max_retries=0)) as client:
        held = client.stream_chat("m", HELLO)
        next(held)
        with pytest.raises(ConnectionFailedError, match="in time"):
            client.chat("m", HELLO)
        held.close()


def test_a_proxy_that_refuses_is_a_failed_connection(server, monkeypatch):
    server.answer(reply(407, b"who are you"))
    monkeypatch.setenv("https_proxy", server.url)
    with (
        Client(Settings(api_key=KEY), retry=RetryPolicy(max_retries=0)) as client,
        pytest.raises(ConnectionFailedError, match="407"),
    ):
        client.chat("m", HELLO)


def test_the_models_are_listed_with_what_the_list_says(connect, server):
    entries = [
        {
            "id": "gpt-4o",
            "context_length": 128000,
            "price": {"input_token": "$2.500 / M tokens"},
            "supported_tools": True,
        },
        {"id": "bare"},
        {"no": "id"},
    ]
    server.answer(reply(200, {"object": "list", "data": entries}))
    full, bare = connect(server.url).models(chat_only=True)
    assert server.seen[0].path == "/v1/models?llm=1"
    assert (full.id, full.context_length, full.tools) == ("gpt-4o", 128000, True)
    assert full.input_price == "$2.500 / M tokens"
    assert (bare.id, bare.name, bare.context_length, bare.tools) == ("bare", "bare", 0, None)


def test_a_list_of_models_that_is_none_is_an_error(connect, server):
    server.answer(reply(200, {"object": "list"}))
    with pytest.raises(MalformedReplyError, match="list of models"):
        connect(server.url).models()


def test_the_record_of_a_call_tells_its_cost(connect, server):
    data = {"cost": "0.0012", "input_token": 10, "output_token": 5, "model": "gpt-4o"}
    server.answer(reply(200, {"data": data}))
    record = connect(server.url).record("r?1")
    assert server.seen[0].path == "/dashboard/record/r%3F1"
    assert (record.cost, record.input_tokens, record.output_tokens) == (0.0012, 10, 5)


ABSURD = (-5, "-0.1", "NaN", "inf", 1e308, 1000.01, True, [1])


@pytest.mark.parametrize(
    "data", [None, {}, {"cost": "much"}, [], *({"cost": cost} for cost in ABSURD)]
)
def test_a_record_without_a_cost_is_an_error(connect, server, data):
    server.answer(reply(200, {"data": data}))
    with pytest.raises(MalformedReplyError, match="record"):
        connect(server.url).record("r1")


@pytest.mark.parametrize(
    "where",
    [
        {"error": {"code": 502, "message": "Upstream down"}},
        {"error": "Upstream down", "finish": "error"},
        {"choice": {"error": {"code": 502, "message": "Upstream down"}}, "finish": "error"},
        {"message": {"error": {"code": 502, "message": "Upstream down"}}},
    ],
    ids=["beside the choices", "as text", "inside a choice", "inside a message"],
)
def test_an_upstream_error_beside_a_whole_answer_is_an_error(connect, server, where):
    server.answer(reply(200, completion("Hel", **where), headers={"request-id": "r-1"}))
    with pytest.raises(GatewayError, match="Upstream down") as caught:
        connect(server.url).chat()
    told = caught.value
    assert (told.partial_text, told.request_id, told.billed) == ("Hel", "r-1", "maybe")
    assert len(server.seen) == 1  # it may have been billed


def test_a_whole_answer_that_ends_with_an_error_is_one(connect, server):
    server.answer(reply(200, completion("Hel", finish="error")))
    with pytest.raises(GatewayError, match="finish reason 'error'") as caught:
        connect(server.url).chat()
    assert caught.value.partial_text == "Hel"


@pytest.mark.parametrize("nothing", [None, {}, "", {"code": None, "message": ""}, {"code": 0}])
def test_an_error_field_that_says_nothing_leaves_the_answer(connect, server, nothing):
    server.answer(reply(200, completion(error=nothing, choice={"error": nothing})))
    assert connect(server.url).chat().choices[0].text == "Hello"


def test_an_upstream_error_says_what_several_answers_have_brought(connect, server):
    good = {"index": 0, "message": {"content": "One"}, "finish_reason": "stop"}
    bad = {"index": 1, "message": None, "error": {"message": "down"}, "finish_reason": "error"}
    server.answer(reply(200, {"id": "c", "choices": [good, bad, None]}))
    with pytest.raises(GatewayError, match="down") as caught:
        connect(server.url).chat()
    assert caught.value.partial_text == "One"
