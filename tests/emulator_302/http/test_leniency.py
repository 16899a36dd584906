"""What lets programs in that were not written for the emulator, and is off by default."""

import base64
import socket
import sys

import httpx
import pytest

import emulator_302
from emulator_302.http.own_hosts import is_loopback
from emulator_302.rule_model import ocr
from tests.emulator_302.caller import Caller, http_of
from tests.media_files import sound
from tests.scans import scan

SILENCE = f"data:audio/wav;base64,{base64.b64encode(sound()).decode()}"
FIELD = {"my_own_field": 1, "another": {"a": 2}}


@pytest.fixture
def lenient():
    with emulator_302.running(any_key=True, any_model=True, lenient=True) as gateway:
        yield gateway


@pytest.fixture
def stranger(lenient):
    """A client without a key."""
    with httpx.Client(base_url=lenient.base_url, trust_env=False, timeout=60) as http:
        yield Caller(lenient, http)


def test_any_key_is_accepted_also_none(lenient, stranger):
    assert stranger.ask("Say exactly: hello")["content"] == "hello"
    stranger.http.headers["Authorization"] = "Bearer not-a-key-of-ours"
    assert stranger.ask("Say exactly: hello")["content"] == "hello"
    assert len(lenient.requests) == 2


def test_a_key_still_goes_to_no_file_host(lenient, stranger):
    stranger.http.headers["Authorization"] = "Bearer not-a-key-of-ours"
    assert stranger.http.get("/gpt/imgs/a.png").status_code == 400


@pytest.mark.parametrize("model", ["my-model", "my-model-web-search"])
def test_an_unknown_model_chats_under_its_own_name(stranger, model):
    reply = stranger.post("Say exactly: hello", model=model)
    assert reply.json()["model"] == "my-model"
    first, *_ = stranger.stream("Say exactly: hello", model=model)
    assert first["model"] == "my-model"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/embeddings", {"input": ["a"]}),
        ("/v1/rerank", {"query": "a", "documents": ["a"]}),
        ("/v1/images/generations", {"prompt": "a cat"}),
        ("/302/v2/video/create", {"prompt": "a cat"}),
        ("/302/v1/audio/transcriptions", {"file": SILENCE}),
    ],
)
def test_another_unknown_model_is_answered_as_a_known_one_and_that_is_noted(
    lenient, stranger, path, body
):
    reply = stranger.http.post(path, json={"model": "my-model", **body})
    assert reply.status_code == 200, reply.text
    assert "unknown model 'my-model': answered as" in reply.headers["x-emulator-notes"]
    assert lenient.requests[-1].notes == [reply.headers["x-emulator-notes"]]


def test_unknown_fields_are_passed_over_and_noted(lenient, stranger):
    reply = stranger.post("Say exactly: hello", **FIELD)
    assert reply.json()["choices"][0]["message"]["content"] == "hello"
    notes = [f"unknown field {name!r}: passed over" for name in FIELD]
    assert lenient.requests[-1].notes == notes
    assert reply.headers["x-emulator-notes"] == "; ".join(notes)
    assert lenient.requests[-1].body["my_own_field"] == 1  # as it was sent
    ranked = stranger.http.post(
        "/v1/rerank", json={"model": "my", "query": "a", "documents": ["a"], **FIELD}
    )
    assert ranked.status_code == 200
    assert len(lenient.requests[-1].notes) == 3


def test_what_is_wrong_beside_that_is_still_refused(stranger):
    assert stranger.post("Hello", temperature="hot", **FIELD).status_code == 400
    assert stranger.http.post("/v1/chat/completions", content=b"[]").status_code == 400


def test_by_default_nothing_of_it_is_let_in(gateway, caller):
    with httpx.Client(base_url=gateway.base_url, trust_env=False) as http:
        assert Caller(gateway, http).post().status_code == 401
    assert caller.post(model="my-model").status_code == 503
    refused = caller.post(**FIELD)
    assert "unknown field 'my_own_field'" in refused.json()["error"]["message"]
    assert "x-emulator-notes" not in refused.headers


def test_its_health_needs_no_key(gateway):
    with httpx.Client(base_url=gateway.base_url, trust_env=False) as http:
        assert http.get("/health").json() == {"status": "ok"}


def test_beyond_this_machine_it_may_be_called_by_any_name():
    """At an address that every machine has, so that the test shows it to nobody."""
    with emulator_302.running(host="0.0.0.0") as gateway, http_of(gateway) as http:
        assert gateway.base_url.startswith("http://127.0.0.1:")
        assert http.get("/health", headers={"Host": "emulator:8302"}).status_code == 200
    with emulator_302.running() as gateway, http_of(gateway) as http:
        assert http.get("/health", headers={"Host": "emulator:8302"}).status_code == 421


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_it_listens_at_an_address_of_ipv6_too():
    with emulator_302.running(host="::1") as gateway, http_of(gateway) as http:
        assert http.get("/health").status_code == 200


def test_what_only_this_machine_reaches_is_known():
    assert [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1")] == [True] * 3
    assert [is_loopback(host) for host in ("0.0.0.0", "emulator", "192.0.2.1")] == [False] * 3


def test_without_the_library_that_reads_an_image_says_what_to_install(caller, monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    ocr._reader.cache_clear()
    picture = base64.b64encode(scan("never read before")).decode()
    shown = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}
    refused = caller.post([{"role": "user", "content": [shown]}])
    assert refused.status_code == 400
    assert 'pip install "emulator-302[ocr]"' in refused.json()["error"]["message"]
