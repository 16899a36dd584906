"""Tests on one server do not see each other: each has a scope, named by its key or a header."""

import threading

import httpx
import pytest

import emulator_302
from emulator_302 import Fault, Outcome, Price
from emulator_302.http import scopes
from tests.emulator_302.caller import CHAT, HELLO, Caller
from tests.emulator_302.gallery import GENERATE, SKY, TASK, download


@pytest.fixture
def pair(gateway):
    """Two tests on one server."""
    with gateway.scope("a") as a, gateway.scope("b") as b:
        one, other = Caller(a), Caller(b)
        with one.http, other.http:
            yield one, other


def test_two_scopes_share_nothing_that_a_test_changes(gateway, pair):
    a, b = pair
    assert a.gateway.api_key == "emulator-key-a"
    a.gateway.when().say("for a")
    a.gateway.inject(Fault(status=500, path="/v1/models"))
    a.gateway.script_task(Outcome.fails("no", polls=1))
    a.gateway.balance = 1.0
    a.gateway.strict = True
    assert a.ask()["content"] == "for a"
    assert b.ask("Say exactly: for b")["content"] == "for b"
    assert b.http.get("/v1/models").status_code == 200
    assert a.http.get("/v1/models").status_code == 500
    assert b.http.post(TASK, json=SKY).json()["status"] == "completed"
    assert a.http.post(TASK, json=SKY).json()["status"] == "failed"
    assert (a.gateway.balance < 1.0, b.gateway.balance > 99.0) == (True, True)
    assert not b.gateway.strict
    assert [len(one.requests) for one in (a.gateway, b.gateway, gateway)] == [3, 3, 0]
    assert {one.scope for one in a.gateway.requests} == {"a"}


def test_reset_is_of_one_scope(pair):
    a, b = pair
    for one in pair:
        one.post()
        one.gateway.when().say("x")
    a.gateway.reset()
    assert a.gateway.requests == a.gateway.leftovers() == []
    assert len(b.gateway.requests) == len(b.gateway.leftovers()) == 1


def test_a_task_and_a_prompt_are_known_in_their_scope_only(pair):
    a, b = pair
    task = a.http.post(TASK, json=SKY, params={"run_async": "true"}).json()["task_id"]
    assert b.http.get(f"/302/v2/image/fetch/{task}").status_code == 404
    long = "word " * 2_000
    cached = [
        one.post(long).json()["usage"]["prompt_tokens_details"]["cached_tokens"]
        for one in (a, b, a)
    ]
    assert cached[:2] == [0, 0]
    assert cached[2] > 0


def test_a_file_is_downloaded_without_a_key_and_belongs_to_who_made_it(pair):
    a, b = pair
    links = [one.http.post(GENERATE, json=SKY).json()["image_url"] for one in (b, a)]
    assert links[0] != links[1]
    assert download(links[1]).status_code == 200
    assert [len(one.gateway.requests) for one in pair] == [2, 1]


def test_what_is_published_is_published_in_its_scope(pair):
    a, b = pair
    a.gateway.publish("https://example.com/a.txt", b"hello")
    part = {"type": "file", "file": {"filename": "a", "file_data": "https://example.com/a.txt"}}
    video = {"type": "video_url", "video_url": {"url": "https://example.com/a.txt"}}
    ask = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, part, video]}]
    assert "5 bytes" in a.ask(ask)["content"]
    assert "5 bytes" not in b.ask(ask)["content"]


def test_a_header_names_a_scope_too(gateway, caller):
    with gateway.scope("a") as a:
        caller.http.get("/v1/models", headers={"X-Emulator-Test": "a"})
        caller.http.get("/v1/models")
        assert [len(one.requests) for one in (a, gateway)] == [1, 1]


def test_a_wrong_key_is_refused_and_is_in_the_log_of_its_scope(pair):
    a, _ = pair
    wrong = {"Authorization": f"Bearer {a.gateway.wrong_key}"}
    assert a.http.post(CHAT, json={}, headers=wrong).status_code == 401
    assert a.gateway.last.status == 401


def test_what_names_no_scope_belongs_to_the_only_open_one(gateway, caller):
    def unnamed():
        httpx.get(gateway.base_url + "/v1/models", trust_env=False)

    with gateway.scope("a") as a:
        unnamed()
        with gateway.scope("b") as b:
            unnamed()
            assert [len(one.requests) for one in (a, b, gateway)] == [1, 0, 1]
    unnamed()
    assert len(gateway.requests) == 2


@pytest.mark.parametrize("name", ["a b", "ä", "x" * 101, "a/b"])
def test_a_name_that_no_key_can_end_in_is_refused(gateway, name):
    with pytest.raises(ValueError, match="letters, digits"):
        gateway.scope(name)
    reply = httpx.get(
        gateway.base_url + "/_emulator/state", params={"scope": name}, trust_env=False
    )
    assert reply.status_code == 400
    assert (
        httpx.post(
            gateway.base_url + CHAT,
            headers={"Authorization": f"Bearer emulator-key-{name}".encode()},
            trust_env=False,
        ).status_code
        == 401
    )


def test_the_longest_unused_scope_is_forgotten_at_last(gateway, monkeypatch):
    monkeypatch.setattr(scopes, "MOST_SCOPES", 2)
    names = ("a", "b", "a", "c")
    for name in names:
        gateway.scope(name).when().say(name)
    assert [len(gateway.scope(name).leftovers()) for name in ("a", "c")] == [2, 1]
    assert gateway.scope("b").leftovers() == []
    for name in names:
        gateway.scope(name).close()


def test_many_threads_in_scopes_of_their_own_do_not_mix(gateway):
    wrong = []

    def run(name):
        with gateway.scope(name) as one, Caller(one).http as http:
            one.play(*[f"{name} {n}" for n in range(5)], strict=True)
            for n in range(5):
                body = {"model": "gpt-4o", "messages": HELLO}
                said = http.post(CHAT, json=body).json()["choices"][0]["message"]["content"]
                wrong.extend([said] * (said != f"{name} {n}"))
            one.assert_called(times=5)
            one.assert_all_used()

    threads = [threading.Thread(target=run, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_state_of_a_scope_is_read_and_set_over_http(gateway):
    control = gateway.base_url + "/_emulator/state"
    with httpx.Client(params={"scope": "a"}, trust_env=False) as http:
        state = http.post(control, json={"balance": 2, "strict": True}).json()
        assert (state["name"], state["balance"], state["strict"]) == ("a", 2, True)
        for wrong in ({"colour": 1}, [], {"strict": 1}, {"pace": 5}):
            assert http.post(control, json=wrong).status_code == 400
        http.delete(control)
        assert http.get(control).json()["balance"] == 100
    httpx.post(control, json={"balance": 2}, trust_env=False)
    httpx.delete(control, trust_env=False)
    assert gateway.balance == 100


def test_charges_lower_the_balance_until_the_gateway_refuses(gateway, caller):
    gateway.set_price("gpt-4o", request=0.004)
    gateway.balance = 0.01
    assert [caller.post().status_code for _ in range(4)] == [200, 200, 200, 402]
    error = caller.http.post(GENERATE, json=SKY).json()["error"]
    assert (error["err_code"], error["message"]) == (-10004, "Insufficient balance")
    said = caller.http.get("/dashboard/balance").json()["data"]["balance"]
    assert float(said) == gateway.balance == pytest.approx(-0.002)
    assert caller.http.get("/v1/models").status_code == 200


def test_prices_are_settable_for_each_model():
    prices = {"gpt-4o": Price(input=1_000_000), "baidu-irag-t2i": Price(request=7)}
    with emulator_302.running(balance=1_000, prices=prices) as gateway:
        caller = Caller(gateway)
        with caller.http:
            reply = caller.post()
            assert gateway.balance == 1_000 - reply.json()["usage"]["prompt_tokens"]
            gateway.balance = 1_000
            caller.http.post(GENERATE, json=SKY)
            assert gateway.balance == 993
            listed = caller.http.get("/v1/models").json()["data"]
        (price,) = [one["price"] for one in listed if one["id"] == "gpt-4o"]
        assert price["input_token"] == "$1000000.000 / M tokens"
        gateway.reset()
        assert gateway.balance == 1_000


def test_ids_are_equal_for_equal_seeds():
    def ids(seed):
        with emulator_302.running(seed=seed) as gateway, gateway.scope("a") as one:
            caller = Caller(one)
            with caller.http:
                caller.post()
                task = caller.http.post(TASK, json=SKY, params={"run_async": "true"}).json()
            return [entry.request_id for entry in one.requests] + [task["task_id"]]

    one, again, other, new = (ids(seed) for seed in (1, 1, 2, None))
    assert one == again
    assert len({*one, *other, *new}) == 9


def test_what_is_published_over_http_is_bytes_in_base64(gateway):
    control = gateway.base_url + "/_emulator/published?scope=published"
    given = {"https://example.com/a": {"$bytes": "aGVsbG8="}}
    assert httpx.post(control, json=given, trust_env=False).json() == {"published": 1}
    assert httpx.get(control, trust_env=False).json() == ["https://example.com/a"]
    for wrong in ([], {"a": "text"}, {"a": {"$bytes": "?"}}):
        assert httpx.post(control, json=wrong, trust_env=False).status_code == 400
