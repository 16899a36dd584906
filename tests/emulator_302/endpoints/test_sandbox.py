"""The code sandbox answers by rules: fields are checked, seconds are billed, nothing is run."""

import httpx
import pytest

from tests.emulator_302.gallery import refusal

PATH = "/302/sandbox/direct_run_code"


def run(caller, **fields):
    reply = caller.http.post(PATH, json=fields)
    assert reply.status_code == 200, reply.text
    return reply


def cost_of(caller, reply):
    record = caller.http.get(f"/dashboard/record/{reply.headers['request-id']}").json()["data"]
    return record["cost"]


def test_a_program_prints_and_is_billed_by_the_second(caller):
    reply = run(caller, code="import time\ntime.sleep(2.5)\nprint(6 * 7)", language="python")
    assert reply.json() == {
        "result": {"stdout": ["42\n"], "stderr": []},
        "code": 0,
        "msg": "success",
    }
    assert cost_of(caller, reply) == pytest.approx(0.003)


def test_a_file_that_is_asked_for_is_a_text_that_says_what_it_is(caller):
    reply = run(caller, code="print(1)", is_download=True, download_path="/tmp/plot.png")
    file = httpx.get(reply.json()["result"]["file"]["url"], trust_env=False)
    assert file.headers["content-type"].startswith("text/plain")
    assert file.text == (
        "The emulator runs no programs, so this is not the file /tmp/plot.png. It printed:\n1\n"
    )
    assert cost_of(caller, reply) == pytest.approx(0.002)


def test_a_time_limit_ends_a_program_and_is_5_seconds_by_default(caller):
    for given, seconds in ({}, 5), ({"timeout": 2}, 2):
        reply = run(caller, code="while 1:\n    pass", **given)
        assert reply.json()["result"]["stderr"] == [
            f"Execution timed out after {seconds} seconds\n"
        ]
        assert cost_of(caller, reply) == pytest.approx(seconds / 1000)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "code is missing"),
        ({"code": "1", "timeout": 0}, "timeout must be at least 1"),
        ({"code": "1", "timeout": "5"}, "'timeout' has the wrong type"),
        ({"code": "1", "envs": {"A": 1}}, "'envs' has the wrong type"),
        ({"code": "1", "is_download": "yes"}, "'is_download' has the wrong type"),
        ({"code": "1", "is_download": True}, "download_path is missing"),
        ({"code": "1", "lang": "r"}, "unknown field 'lang'"),
    ],
)
def test_a_wrong_field_is_refused_and_costs_nothing(caller, fields, said):
    status, code, words = refusal(caller.http.post(PATH, json=fields))
    assert (status, code) == (422, -10003)
    assert said in words
    assert caller.gateway.balance == 100.0
