"""The lines of the logger `ai302`: what a program reads of its calls, and what it never reads."""

import logging
import re
import socket

import pytest

from core_302 import (
    EmbeddingOptions,
    GatewayError,
    ImageRequest,
    NotFoundError,
    RequestTimeoutError,
    RerankOptions,
    Timeouts,
)
from core_302.log import LONGEST_VALUE
from tests.conftest import HELLO, KEY
from tests.scripted_server import DONE, Close, chunk, completion, reply, stream

OK = reply(200, completion(), headers={"request-id": "req-2"})
BUSY = reply(503, {"error": {"message": "busy"}}, headers={"request-id": "req-1"})
SECONDS = re.compile(r"\d+\.\d\d s")


@pytest.fixture
def lines(caplog):
    """Return a function that returns each line of ours, with any time as "T s"."""
    caplog.set_level(logging.DEBUG, "ai302")

    def read():
        ours = [record for record in caplog.records if record.name.startswith("ai302.")]
        return [(one.levelname, SECONDS.sub("T s", one.getMessage())) for one in ours]

    return read


def test_a_retried_call_is_a_line_for_each_attempt_and_one_for_the_retry(connect, server, lines):
    server.answer(BUSY, OK)
    connect(server.url).chat()
    name = "POST /v1/chat/completions gpt-4o"
    assert lines() == [
        ("DEBUG", f"{name}: 503 in T s, attempt 1, request id req-1"),
        (
            "INFO",
            f"{name}: attempt 1 failed: 503 GatewayError, request id req-1; attempt 2 in T s",
        ),
        ("DEBUG", f"{name}: 200 in T s, attempt 2, request id req-2"),
    ]


def test_a_lost_connection_is_logged_by_the_name_of_its_error(connect, server, lines):
    server.answer([Close], OK)
    connect(server.url).chat()
    name = "POST /v1/chat/completions gpt-4o"
    assert lines()[:2] == [
        ("DEBUG", f"{name}: ConnectionLostError in T s, attempt 1, request id unknown"),
        (
            "INFO",
            f"{name}: attempt 1 failed: ConnectionLostError, request id unknown; attempt 2 in T s",
        ),
    ]


def test_at_info_there_are_retries_and_no_calls(connect, server, lines, caplog):
    caplog.set_level(logging.INFO, "ai302")
    server.answer(BUSY, OK)
    connect(server.url).chat()
    assert [level for level, _ in lines()] == ["INFO"]


def test_a_pause_that_would_pass_the_deadline_is_not_announced(connect, server, lines):
    server.answer(reply(429, {"error": {"message": "no"}}, headers={"Retry-After": "50"}))
    with pytest.raises(Exception, match="no"):
        connect(server.url, timeout=Timeouts(total=5)).chat()
    assert [level for level, _ in lines()] == ["DEBUG"]


def test_a_stream_is_logged_when_its_response_begins(connect, server, lines):
    server.answer(stream(chunk("Hi", finish="stop"), DONE))
    connect(server.url).stream()
    assert lines() == [
        ("DEBUG", "POST /v1/chat/completions gpt-4o: 200 in T s, attempt 1, request id unknown")
    ]


@pytest.mark.parametrize(
    ("call", "body", "name"),
    [
        (
            ("embed", ["x"], EmbeddingOptions(model="e-1")),
            {"data": [{"index": 0, "embedding": [1.0]}]},
            "POST /v1/embeddings e-1",
        ),
        (
            ("rerank", "q", ["x"], RerankOptions(model="r-1")),
            {"results": [{"index": 0, "relevance_score": 1}]},
            "POST /v1/rerank r-1",
        ),
        (("balance",), {"data": {"balance": 1}}, "GET /dashboard/balance"),
        (("record", "r-1"), {"data": {"cost": 1}}, "GET /dashboard/record/r-1"),
    ],
)
def test_a_line_names_the_endpoint_and_the_model_that_is_asked(
    call, body, name, connect, server, lines
):
    server.answer(reply(200, body))
    connect(server.url).call(*call)
    assert lines()[0][1].startswith(f"{name}: 200 in")


def test_a_file_is_named_by_its_host_alone(connect, server, lines):
    server.answer(reply(404, b""))
    link = f"http://127.0.0.1:{server.port}/signed-path/1.png?signature=s3cret"
    client = connect(server.url, trusted_hosts=(f"127.0.0.1:{server.port}",))
    with pytest.raises(NotFoundError):
        client.call("download", link)
    assert lines() == [("DEBUG", "GET 127.0.0.1: 404 in T s, attempt 1, request id unknown")]


def test_a_line_holds_no_key_no_prompt_no_header_no_query_and_no_control_characters(
    connect, server, lines
):
    worn = {"x-mine": "header-value-of-mine"}
    server.answer(
        reply(503, {"error": {"message": KEY}}, headers={"request-id": f"r {KEY}\t"}),
        reply(200, completion(), headers={"request-id": "x" * 10_000}),
    )
    client = connect(server.url, default_headers=worn, default_query={"q": "query-of-mine"})
    client.chat("gpt\n\x1b[31m-4o", [{"role": "user", "content": "a prompt of mine"}])
    text = "".join(line for _, line in lines())
    for secret in (KEY, "header-value-of-mine", "query-of-mine", "a prompt of mine"):
        assert secret not in text
    assert text.isprintable()
    assert "gpt??[31m-4o: 503 in T s, attempt 1, request id r ***" in text
    assert text.endswith(" " + "x" * LONGEST_VALUE)


def test_a_task_that_is_resumed_and_given_up_is_two_lines(connect, server, lines):
    server.answer(reply(500, {"error": {"message": "broken"}}))
    client = connect(server.url, max_retries=0)
    with pytest.raises(GatewayError):
        client.call("resume_image", "task-7")
    kept = [line for line in lines() if line[0] == "INFO"]
    assert kept == [
        ("INFO", "Task task-7: resumed"),
        ("INFO", "Task task-7: given up: GatewayError"),
    ]


def test_a_task_that_outlives_its_limit_is_given_up_in_the_log(connect, server, lines):
    server.answer(reply(200, {"task_id": "t-1", "status": "pending"}, headers={"Retry-After": "9"}))
    client = connect(server.url, timeout=Timeouts(job=2))
    with pytest.raises(RequestTimeoutError):
        client.call("generate_image_task", ImageRequest(prompt="a fox", model="m-1"))
    assert lines()[-1] == ("INFO", "Task t-1: given up: RequestTimeoutError")
    assert lines()[0][1].startswith("POST /302/v2/image/generate m-1: 200")


def test_a_look_up_that_is_repeated_is_a_line(connect, server, lines, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    client = connect(server.url, max_retries=1)
    with pytest.raises(Exception, match="no such host"):
        client.call("download", "https://files.example/1.png?x=1")
    ((level, line),) = lines()
    assert level == "INFO"
    assert line.startswith("look-up of files.example: attempt 1 failed: ConnectionFailedError, ")


def test_messages_are_not_changed_by_logging(connect, server, lines):
    server.answer(OK)
    connect(server.url).chat()
    assert server.seen[0].json["messages"] == HELLO
    assert len(lines()) == 1
