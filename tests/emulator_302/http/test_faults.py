"""What a test can make go wrong, and what it can see afterwards."""

import threading
import warnings

import httpx
import pytest

import emulator_302
from emulator_302 import EMULATOR_KEY, Fault
from tests.emulator_302.caller import CHAT, HELLO


def test_a_fault_spoils_one_request(gateway, caller):
    gateway.inject(Fault.error(429, -10006, "Slow down", headers={"Retry-After": "7"}))
    spoiled, fine = caller.post(), caller.post()
    assert spoiled.status_code == 429
    assert spoiled.headers["retry-after"] == "7"
    assert spoiled.json()["error"]["err_code"] == -10006
    assert fine.status_code == 200
    assert [one.status for one in gateway.requests] == [429, 200]


def test_an_error_may_come_under_ok(gateway, caller):
    gateway.inject(Fault.ok_with_error(-10003, "Network error"))
    reply = caller.post()
    assert reply.status_code == 200
    assert reply.json()["error"]["message"] == "Network error"


def test_an_error_inside_a_stream_is_a_bare_line(gateway, caller):
    gateway.inject(Fault.stream_error(2, -10003, "Network error"))
    lines = [line for line in caller.post(stream=True).text.split("\n\n") if line]
    assert [line.startswith("data: ") for line in lines] == [True, True, False]
    assert lines[-1].startswith('{"error"')


@pytest.mark.parametrize("stream", [True, False])
def test_a_cut_breaks_the_connection_without_an_end(gateway, caller, stream):
    gateway.inject(Fault(cut_after=40))
    got = []
    body = {"model": "gpt-4o", "messages": HELLO, "stream": stream}
    with (
        caller.http.stream("POST", CHAT, json=body) as reply,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        got.extend(reply.iter_raw())
    assert len(b"".join(got)) == 40


def test_a_stall_sends_nothing_more(gateway, caller):
    gateway.inject(Fault(stall_after=40))
    got = []
    body = {"model": "gpt-4o", "messages": HELLO, "stream": True}
    with (
        caller.http.stream("POST", CHAT, json=body, timeout=0.3) as reply,
        pytest.raises(httpx.ReadTimeout),
    ):
        got.extend(reply.iter_raw())
    assert len(b"".join(got)) == 40


def test_the_body_can_be_split_anywhere(gateway, caller):
    plain = caller.post("Say exactly: 你好", stream=True).content
    gateway.inject(Fault(chunk_size=1))
    with caller.http.stream(
        "POST",
        CHAT,
        json={
            "model": "gpt-4o",
            "messages": [{"role": "user", "content": "Say exactly: 你好"}],
            "stream": True,
        },
    ) as reply:
        pieces = list(reply.iter_raw())
    assert b"".join(pieces) == plain
    assert len(pieces) > len(plain) / 20


def test_the_frames_can_be_replaced(gateway, caller):
    gateway.inject(Fault(frames=("data: {not json\n\n", ": ping\n\n")))
    assert caller.post(stream=True).text == "data: {not json\n\n: ping\n\n"


def test_the_end_of_a_stream_can_be_missing(gateway, caller):
    gateway.inject(Fault(no_done=True), Fault(no_finish=True))
    without_done = caller.post(stream=True).text
    assert "[DONE]" not in without_done
    assert '"finish_reason":"stop"' in without_done
    assert '"finish_reason":"stop"' not in caller.post(stream=True).text


def test_a_fault_waits_for_its_path(gateway, caller):
    gateway.inject(Fault(status=500, body="down", path="/v1/models"))
    assert caller.post().status_code == 200
    assert caller.http.get("/v1/models").status_code == 500


def test_reset_forgets_requests_and_faults(gateway, caller):
    gateway.inject(Fault(status=500))
    caller.http.get("/v1/models")
    gateway.inject(Fault(status=500))
    gateway.reset()
    assert gateway.requests == []
    assert caller.post().status_code == 200


def test_the_log_keeps_what_was_sent(gateway, caller):
    caller.http.post(CHAT, json={"model": "gpt-4o", "messages": HELLO}, params={"async": "false"})
    (one,) = gateway.requests
    assert (one.method, one.path, one.query) == ("POST", CHAT, {"async": "false"})
    assert one.body == {"model": "gpt-4o", "messages": HELLO}
    assert one.headers["authorization"] == f"Bearer {EMULATOR_KEY}"
    assert one.size > 0


def test_the_log_over_http_hides_the_key(gateway, caller):
    caller.post()
    shown = httpx.get(gateway.base_url + "/_emulator/requests", trust_env=False)
    assert len(shown.json()) == 1
    assert EMULATOR_KEY not in shown.text
    httpx.delete(gateway.base_url + "/_emulator/requests", trust_env=False)
    assert gateway.requests == []


def test_faults_can_be_scripted_over_http(gateway, caller):
    control = gateway.base_url + "/_emulator/faults"
    faults = [{"status": 502, "body": "bad gateway"}]
    assert httpx.post(control, json=faults, trust_env=False).status_code == 200
    assert caller.post().status_code == 502
    for wrong in ([{"no_such_field": 1}], {"status": 500}, [1]):
        assert httpx.post(control, json=wrong, trust_env=False).status_code == 400


def test_it_says_that_it_is_no_302ai(gateway):
    about = httpx.get(gateway.base_url + "/_emulator", trust_env=False)
    assert "not 302.AI" in about.text


def test_two_emulators_share_nothing(gateway, caller):
    with emulator_302.running() as other:
        other.inject(Fault(status=500))
        assert other.base_url != gateway.base_url
        assert caller.post().status_code == 200
        assert other.requests == []


def test_an_ended_emulator_leaves_no_thread_and_frees_its_port():
    before = threading.active_count()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with emulator_302.running() as first:
            port = int(first.base_url.rsplit(":", 1)[1])
            httpx.get(first.base_url + "/_emulator", trust_env=False)
        with emulator_302.running(port) as again:
            assert again.base_url == first.base_url
    assert threading.active_count() == before


def test_a_taken_port_is_an_os_error(gateway):
    port = int(gateway.base_url.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="in use"), emulator_302.running(port):
        pass
