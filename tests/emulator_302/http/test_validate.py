"""Requests that no client should send get a refusal in the gateway's words, never a crash."""

import pytest

from tests.emulator_302.caller import CHAT, HELLO

USER = HELLO[0]


def picture_at(url):
    return [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]


@pytest.mark.parametrize(
    "messages",
    [
        [{"content": "no role"}],
        [{"role": "wizard", "content": "Hello"}],
        [{"role": "user", "content": 5}],
        [USER, {"role": "assistant", "tool_calls": "call"}],
        [USER, {"role": "assistant", "tool_calls": [1]}],
        [USER, {"role": "assistant", "tool_calls": [{"id": "1", "function": "f"}]}],
        picture_at("http://[broken"),
        picture_at("http://127.0.0.1:1/with space"),
        picture_at("http://127.0.0.1:1/nobody-listens"),
    ],
)
def test_a_malformed_message_is_refused_with_its_place(caller, messages):
    reply = caller.post(messages)
    assert reply.status_code == 400
    assert f"messages[{len(messages) - 1}]" in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    ("name", "value"), [("n", 0), ("n", 129), ("max_tokens", 0), ("max_completion_tokens", -1)]
)
def test_a_number_out_of_range_is_refused(caller, name, value):
    reply = caller.post(**{name: value})
    assert reply.status_code == 400
    assert name in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    "content",
    [
        b'{"model": "gpt-4o", "messages": [{"role": "user", "content": "\\ud800"}]}',
        b'{"model": "gpt-4o", "messages": [{"role": "user", "content": "x"}], "top_p": NaN}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_body_that_nobody_can_send_back_is_refused(gateway, caller, content):
    assert caller.http.post(CHAT, content=content).status_code == 400
    assert caller.http.get("/_emulator/requests").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_an_unknown_path_is_not_found_by_any_method(caller, method):
    reply = caller.http.request(method, "/v1/nothing")
    assert (reply.status_code, reply.json()["error"]["err_code"]) == (404, -10010)


def test_verbosity_is_a_known_field(caller):
    assert caller.post(verbosity="low").status_code == 200
