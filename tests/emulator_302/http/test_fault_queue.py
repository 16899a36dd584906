"""A fault meets the requests that it is for, as often as it says, and what is left over is told."""

import httpx
import pytest

import core_302
from emulator_302 import Fault, When
from emulator_302.http.faults import PRESETS
from tests.emulator_302.caller import CHAT, HELLO


def statuses(caller, number, **given):
    return [caller.post(**given).status_code for _ in range(number)]


def test_a_fault_may_be_for_several_requests_or_for_all(gateway, caller):
    gateway.inject(Fault(status=500, times=2), Fault(status=502, times=None))
    assert statuses(caller, 4) == [500, 500, 502, 502]


def test_a_fault_may_be_for_each_so_manieth_request(gateway, caller):
    gateway.inject(Fault(status=500, every=2, times=2))
    assert statuses(caller, 5) == [200, 500, 200, 500, 200]


def test_a_fault_of_chance_is_the_same_in_every_run(gateway, caller):
    given = []
    for seed in (1, 1, 2):
        gateway.reset()
        gateway.inject(Fault(status=500, probability=0.5, seed=seed, times=None))
        given.append(statuses(caller, 20))
    assert given[0] == given[1] != given[2]
    assert set(given[0]) == {200, 500}


@pytest.mark.parametrize(
    "when", ["refund", When(text="refund"), lambda chat: chat.text == "Refund it"]
)
def test_a_fault_is_for_what_its_conditions_say(gateway, caller, when):
    gateway.inject(Fault(status=500, when=when))
    assert statuses(caller, 1) == [200]
    assert statuses(caller, 1, messages="Refund it") == [500]


def test_a_fault_is_for_a_model(gateway, caller):
    gateway.inject(Fault(status=500, model="gpt-4.1*", when=When(turn=1)))
    assert statuses(caller, 1) == [200]
    assert statuses(caller, 1, model="gpt-4.1") == [500]


def test_a_prompt_is_compared_as_what_the_user_says(gateway, caller):
    gateway.inject(Fault(status=500, when="fox"))
    order = {"model": "302ai-flux-schnell-t2i", "prompt": "a red fox"}
    assert caller.http.post("/302/image/generate", json=order).status_code == 500


def test_a_condition_that_fails_is_said(gateway, caller):
    gateway.inject(Fault(status=500, when=lambda _: 1 / 0))
    reply = caller.post()
    assert reply.status_code == 400
    assert "ZeroDivisionError" in reply.json()["error"]["message"]
    assert "the conditions of a fault" in gateway.leftovers()[0]


@pytest.mark.parametrize("fault", [Fault(no_done=True), Fault(frames=()), Fault(no_finish=True)])
def test_a_fault_of_streams_waits_for_one(gateway, caller, fault):
    gateway.inject(fault)
    whole = caller.post()
    assert (whole.status_code, gateway.last.fault) == (200, None)
    assert "[DONE]" not in caller.post(stream=True).text
    gateway.assert_all_used()


def test_a_body_alone_takes_effect(gateway, caller):
    gateway.inject(Fault(body={"code": 0}), Fault(body="text", cut_after=2))
    assert (caller.post().json(), gateway.last.status) == ({"code": 0}, 200)
    with pytest.raises(httpx.RemoteProtocolError):
        caller.post()
    assert gateway.last.sent == 2


def test_what_a_fault_replaces_is_not_made(gateway, caller):
    before = gateway.balance
    gateway.inject(Fault(status=500))
    assert caller.post().content == b""
    assert gateway.balance == before
    caller.post()
    assert gateway.balance < before


PRESET_ERRORS = {
    "rate_limited": core_302.RateLimitError,
    "out_of_balance": core_302.QuotaError,
    "quota_reached": core_302.QuotaError,
    "model_missing": core_302.ModelNotAvailableError,
    "bad_key": core_302.AuthenticationError,
}


@pytest.mark.parametrize("name", PRESET_ERRORS)
@pytest.mark.parametrize("over_http", [False, True])
def test_a_preset_is_what_the_client_takes_it_for(gateway, name, over_http):
    if over_http:
        control = gateway.base_url + "/_emulator/faults"
        httpx.post(control, json=[{"preset": name, "path": CHAT}], trust_env=False)
    else:
        gateway.inject(getattr(Fault, name)())
    settings = core_302.Settings(api_key=gateway.api_key, base_url=gateway.base_url, max_retries=0)
    with core_302.Client(settings) as client, pytest.raises(PRESET_ERRORS[name]):
        client.chat("gpt-4o", HELLO)


def test_a_preset_takes_its_arguments_and_fields_of_a_fault():
    made = Fault.from_json({"preset": "rate_limited", "retry_after": 2, "times": 3})
    assert (made.headers, made.times, made.status) == ({"retry-after": "2"}, 3, 429)
    made = Fault.from_json({"preset": "error", "status": 500, "err_code": -1, "message": "no"})
    assert made == Fault.error(500, -1, "no")
    assert set(PRESETS) >= set(PRESET_ERRORS)
    assert Fault.model_missing("gpt-9").body["error"]["message"].endswith("gpt-9")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"preset": "nothing"}, "a Fault has no preset 'nothing'; it has error"),
        ({"preset": "rate_limited", "retry_after": "x"}, "preset rate_limited of a Fault"),
        ({"preset": "bad_key", "colour": 1}, "preset bad_key of a Fault"),
        ({"status": "500"}, "status of a Fault is not an HTTP status, 200 to 599"),
        ({"headers": {"a": 1}}, "headers of a Fault is not names and values that are text"),
        ({"delay": 1e9}, "delay of a Fault is not seconds, 0 to 3600"),
        ({"times": 0}, "times of a Fault is not an integer, at least 1"),
        ({"frames": [1]}, "frames of a Fault is not a list of texts"),
        ({"bare_error_after": 1}, "needs the error as its body"),
        ({"status": 500, "no_done": True}, "a Fault with its own body has no stream"),
        ({"body": "x", "frames": []}, "a Fault with its own body has no stream"),
        ({"when": {"turn": 0}}, "turn of a When"),
        ([], "a Fault is not a JSON object"),
    ],
)
def test_a_fault_that_cannot_happen_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        Fault.from_json(given)


def test_a_fault_survives_json():
    for fault in (
        Fault(frames=("a",), when=When("x"), model="m", every=2),
        Fault.stream_error(2, -10003, "lost"),
        Fault(),
    ):
        assert Fault.from_json(fault.to_json()) == fault


def test_faults_of_a_stream_combine(gateway, caller):
    frames = tuple(f'data: {{"n":{n},"finish_reason":null}}\n\n' for n in range(3))
    gateway.inject(
        Fault(frames=(*frames, "data: end\n\n"), no_finish=True, bare_error_after=2, body="lost")
    )
    assert caller.post(stream=True).text == "".join(frames[:2]) + "lost\n\n"


def test_what_no_request_has_met_is_left_over(gateway, caller):
    gateway.inject(
        Fault(status=500, times=2),
        Fault.error(502, -10003, "down"),
        Fault(status=503, body="x" * 80, times=None),
        Fault(status=504, probability=0.1, path="/v1/models"),
    )
    caller.post()
    assert gateway.leftovers() == [
        "Fault(status=500, times=2): injected 1 of 2 times",
        "Fault(status=502, message='down'): injected 0 of 1 times",
        f"Fault(status=503, times=None, body='{'x' * 60}...'): injected 0 of 1 times",
        "Fault(path='/v1/models', status=504, probability=0.1): injected 0 of 1 times",
    ]
    caller.http.get("/v1/models")
    assert len(gateway.leftovers()) == 3  # chance has had its chance


def test_faults_can_be_looked_at_over_http(gateway, caller):
    gateway.inject(Fault(status=500), Fault(status=502))
    caller.post()
    shown = httpx.get(gateway.base_url + "/_emulator/faults", trust_env=False).json()
    assert shown == [
        {"title": "Fault(status=500)", "times": 1, "injected": 1},
        {"title": "Fault(status=502)", "times": 1, "injected": 0},
    ]
