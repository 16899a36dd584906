"""Every envelope and code of the gateway, and the class that a caller can act on."""

import json
import pickle

import httpx
import pytest

from core_302 import errors
from core_302.error_replies.envelope import retry_after_in
from core_302.error_replies.from_reply import error_from, error_in
from core_302.flow import AskPolicies, Pause, Policies, call
from core_302.http import Reply, Request
from core_302.net.exceptions import transport_errors
from core_302.retry import PollPolicy, RetryPolicy


def _is_error(kind, base):
    return isinstance(kind, type) and issubclass(kind, base)


def refused(status, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_from(Reply(status, headers, content))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "InvalidRequestError"),
        (401, "AuthenticationError"),
        (402, "QuotaError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (405, "InvalidRequestError"),
        (408, "GatewayError"),
        (409, "GatewayError"),
        (413, "InvalidRequestError"),
        (422, "InvalidRequestError"),
        (425, "GatewayError"),
        (429, "RateLimitError"),
        (499, "GatewayError"),
        (500, "GatewayError"),
        (503, "GatewayError"),
        (504, "GatewayError"),
        (524, "GatewayError"),
        (302, "UnexpectedRedirectError"),
    ],
)
def test_a_status_has_its_class(status, kind):
    assert type(refused(status, {"error": {"message": "m"}})).__name__ == kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-10001, "AuthenticationError"),
        (-10002, "PermissionDeniedError"),
        (-10003, "InvalidRequestError"),  # judged by its status, 400
        (-10004, "QuotaError"),
        (-10005, "AuthenticationError"),
        (-10006, "QuotaError"),
        (-10007, "QuotaError"),
        (-10008, "ModelNotAvailableError"),
        (-10009, "InvalidRequestError"),
        (-10010, "NotFoundError"),
        (-10011, "InvalidRequestError"),
        (-10012, "QuotaError"),
        (-10018, "QuotaError"),
        (-1024, "GatewayError"),
        ("-10008", "ModelNotAvailableError"),
        ("--8", "InvalidRequestError"),
        (1.5, "InvalidRequestError"),
        ("RateLimitExceeded", "RateLimitError"),
        ("InsufficientBalance", "QuotaError"),
        ("context_length_exceeded", "ContextOverflowError"),
    ],
)
def test_a_code_has_its_class(code, kind):
    error = refused(400, {"error": {"err_code": code, "message": "m"}})
    assert type(error).__name__ == kind
    assert error.err_code == (int(code) if code in (str(error.err_code), error.err_code) else None)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"error": {"err_code": -1, "message": "envelope", "message_cn": "信"}}, "envelope"),
        ({"error": {"err_code": -1, "message": "", "message_cn": "只有中文"}}, "只有中文"),
        ({"error": "a string"}, "a string"),
        ({"code": "InvalidParameter", "message": "schema", "request_id": "r"}, "schema"),
        ({"status": "x", "data": {"state": 1, "error": {"message": "task"}}}, "task"),
        ({"code": -1, "msg": "dashboard"}, "dashboard"),
        ({"detail": "vendor"}, "vendor"),
        ({"error": {"err_code": -1}, "message": "outer"}, "outer"),
        ({"error": {"err_code": True, "detail": "inside"}}, "inside"),
        ({"error": ["odd"], "message": "beside"}, "beside"),
        ({"detail": [{"loc": ["body"], "msg": "list"}]}, "list"),
        ({"error": {"error": "inner", "error_type": "t"}}, "inner"),
        (b"plain text", "plain text"),
        (b"<html>\n<b>page</b>", "<html> <b>page</b>"),
        (b"", "no reason"),
        (b"\xff\xfe", "HTTP 400"),
        ([1, 2], "no reason"),
        (b"[" * 100_000, "HTTP 400"),
    ],
)
def test_the_servers_words_are_found_in_every_envelope(body, says):
    error = refused(400, body)
    assert says in str(error)
    assert len(str(error)) < 2_300


@pytest.mark.parametrize(
    "words",
    [
        "This model's maximum context length is 8192 tokens",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "The input token count (2000000) exceeds the maximum number of tokens allowed",
        "Range of input length should be [1, 30720]",
        "Please reduce the length of the messages",
    ],
)
def test_an_input_that_is_too_long_is_told_apart_in_every_wording(words):
    error = refused(400, {"error": {"err_code": -10003, "message": words}})
    assert isinstance(error, errors.ContextOverflowError)
    assert "Shorten the input" in str(error)


@pytest.mark.parametrize(
    "body",
    [
        {"choices": [{}], "error": None},
        {"data": {"cost": 1}, "code": 0},
        {"data": [], "code": 200, "message": "ok"},
        {"code": 0, "msg": "fine"},
        {"id": "x"},
        [1],
        None,
    ],
)
def test_an_answer_is_no_error(body):
    assert error_in(body, Reply(200, {})) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2),
        ({"retry-after": "0"}, 0),
        ({"retry-after-ms": "150", "retry-after": "9"}, 0.15),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "abc"}, None),
        ({"retry-after": ""}, None),
        (
            {
                "retry-after": "Fri, 20 Nov 2026 10:00:07 GMT",
                "date": "Fri, 20 Nov 2026 10:00:05 GMT",
            },
            2,
        ),
        (
            {
                "retry-after": "Fri, 20 Nov 2020 10:00:07 GMT",
                "date": "Fri, 20 Nov 2026 10:00:05 GMT",
            },
            0,
        ),
        ({"retry-after": "Fri, 20 Nov 2026 10:00:07 GMT"}, None),
        ({"retry-after": "Fri, 20 Nov 100000 10:00:07 GMT", "date": "x"}, None),
    ],
)
def test_retry_after_is_read_or_ignored_and_never_crashes(headers, seconds):
    assert retry_after_in(headers) == seconds


def test_an_error_survives_a_pickle_with_all_that_it_carries():
    error = refused(429, {"error": {"message": "slow"}}, **{"request-id": "r", "retry-after": "3"})
    same = pickle.loads(pickle.dumps(error))
    assert (type(same), str(same), vars(same)) == (type(error), str(error), vars(error))


def test_an_error_without_words_is_called_by_its_class():
    assert errors.ClosedError().message == "ClosedError"


def test_a_secret_is_removed_from_words_and_bodies():
    error = refused(
        400, {"error": {"message": "key hush-hush", "list": ["hush-hush", 1]}, "hush-hush": "x"}
    )
    error.partial_text = "so hush-hush"
    error.redact("hush-hush")
    assert "hush-hush" not in f"{error} {error.body} {error.partial_text}"


@pytest.mark.parametrize(
    "name",
    [
        *(n for n in httpx.__all__ if _is_error(getattr(httpx, n), httpx.HTTPError)),
        "InvalidURL",
    ],
)
def test_every_error_of_httpx_becomes_one_of_ours_with_its_cause(name):
    if name == "HTTPStatusError":
        stranger = httpx.HTTPStatusError("x", request=None, response=None)
    else:
        stranger = getattr(httpx, name)("")
    with pytest.raises(errors.TransportError, match=name) as caught, transport_errors():
        raise stranger
    assert caught.value.__cause__ is stranger


POLICY = RetryPolicy(max_retries=3, first_wait=1, longest_wait=3, jitter=lambda: 1.0)


def test_pauses_double_up_to_the_longest():
    error = errors.GatewayError("x")
    waits = [POLICY.wait_before_retry(error, n, repeatable=True) for n in (1, 2, 3, 4)]
    assert waits == [1, 2, 3, None]


@pytest.mark.parametrize(
    ("error", "chat", "paid_job"),
    [
        (errors.RateLimitError("x"), True, True),
        (errors.ConnectionFailedError("x"), True, True),
        (errors.ConnectionLostError("x"), True, False),
        (errors.GatewayError("x"), True, False),
        (errors.RequestTimeoutError("x"), False, False),
        (errors.StreamInterruptedError("x"), False, False),
        (errors.ModelNotAvailableError("x"), False, False),
        (errors.QuotaError("x"), False, False),
        (errors.MalformedReplyError("x"), False, False),
        (errors.InvalidRequestError("x"), False, False),
    ],
)
def test_what_is_repeated_and_what_is_not(error, chat, paid_job):
    for repeatable, expected in ((True, chat), (False, paid_job)):
        wait = POLICY.wait_before_retry(error, 1, repeatable=repeatable)
        assert (wait is not None) is expected


def test_a_server_that_asks_to_wait_is_waited_for_and_not_beyond_the_limit():
    error = errors.RateLimitError("x")
    error.retry_after = 2.5
    assert POLICY.wait_before_retry(error, 1, repeatable=True) == 3.5
    error.retry_after = 3.5
    assert POLICY.wait_before_retry(error, 1, repeatable=True) is None


def test_full_jitter_spreads_the_pauses():
    waits = {RetryPolicy().wait_before_retry(errors.GatewayError(), 1, repeatable=True)}
    waits |= {RetryPolicy().wait_before_retry(errors.GatewayError(), 1, repeatable=True)}
    assert len(waits) == 2
    assert all(0 <= wait <= 0.5 for wait in waits)


def test_a_flow_tells_when_to_send_and_when_to_wait_and_does_neither():
    flow = call(Request("POST", "/x"))
    assert isinstance(next(flow), AskPolicies)
    assert isinstance(flow.send(Policies(POLICY, PollPolicy(), ())), Request)
    pause = flow.send(Reply(500, {}, b"broken"))
    assert isinstance(pause, Pause)
    assert pause.seconds == 1
    assert isinstance(flow.send(None), Request)
    with pytest.raises(StopIteration) as stop:
        flow.send(Reply(200, {}, b"fine"))
    assert stop.value.value.body == b"fine"
