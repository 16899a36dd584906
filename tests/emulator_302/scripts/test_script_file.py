"""A script in a file or over HTTP says what Python says."""

import json
import sys

import httpx
import pytest

import emulator_302
from emulator_302 import Call, Fault, Json, Pace, Say, Think
from emulator_302.scripts.parts import part_from_json
from emulator_302.scripts.script import Script
from tests.emulator_302.tools import ASKED, arguments

DOCUMENT = {
    "strict": True,
    "balance": 5,
    "pace": {"tokens_per_second": 1000},
    "prices": {"gpt-4o": {"input": 1, "output": 2}},
    "faults": [{"preset": "rate_limited", "retry_after": 0}],
    "tasks": [{"polls": 1}],
    "scripts": [
        {
            "name": "refund",
            "when": {"text": "refund"},
            "answers": [{"call": "lookup_order", "arguments": {"order_id": "A-17"}}, "Refunded."],
        },
        {"answers": [[{"think": "Hm."}, {"json": {"ok": True}}]]},
    ],
}
IN_YAML = """
strict: true
scripts:
  - when: refund
    answers:
      - call: lookup_order
        arguments: {order_id: A-17}
      - say: Refunded.
"""


def test_a_file_begins_a_gateway(tmp_path):
    file = tmp_path / "script.json"
    file.write_text(json.dumps(DOCUMENT))
    with emulator_302.running(script=file) as gateway:
        assert (gateway.strict, gateway.balance) == (True, 5)
        assert gateway.pace == Pace(tokens_per_second=1000)
        assert len(gateway.leftovers()) == 3


def test_yaml_says_the_same(gateway, caller, tmp_path):
    file = tmp_path / "script.yaml"
    file.write_text(IN_YAML)
    gateway.load(file)
    (call,) = caller.ask(ASKED)["tool_calls"]
    assert arguments(call) == ("lookup_order", {"order_id": "A-17"})
    assert caller.ask(ASKED)["content"] == "Refunded."


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.json", "{", "cannot be read"),
        ("a.yaml", "a: [", "cannot be read"),
        ("a.json", '{"script": []}', "a script file has no script"),
        ("a.json", '{"scripts": {}}', "scripts are a list"),
        ("a.json", '{"scripts": [{}]}', "a Script needs a list of answers: None"),
        ("a.json", '{"balance": "5"}', "'5' is not a number, at least 0"),
        ("a.json", '{"prices": []}', "prices are an object"),
        ("a.json", '{"prices": {"gpt-4o": {"input": -1}}}', "input of a Price is not"),
        ("a.json", '{"faults": 5}', "it is not a list: 5"),
    ],
)
def test_a_file_that_is_no_script_says_why(gateway, tmp_path, name, text, says):
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(ValueError, match=says):
        gateway.load(str(file))


def test_yaml_without_pyyaml_says_what_to_install(gateway, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    file = tmp_path / "a.yml"
    file.write_text("{}")
    with pytest.raises(ModuleNotFoundError, match="pip install pyyaml"):
        gateway.load(file)


@pytest.mark.parametrize(
    "part",
    [
        Say("a", citations=("https://example.com",), tokens=5, pace=Pace(first_token=1)),
        Call("f", a=1),
        Call.raw("f", "{"),
        Think("a"),
        Json([1]),
        Fault.rate_limited(retry_after=2),
    ],
)
def test_a_part_survives_json(part):
    (written,) = Script(answers=((part,),)).to_json()["answers"]
    assert part_from_json(json.loads(json.dumps(written))[0]) == part


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "a part of an answer has one of say, call, think, json, fail"),
        ({"say": "a", "call": "f"}, "a part of an answer has one of"),
        ({"say": "a", "loud": True}, "say of a script: "),
        ({"say": "a", "tokens": 0}, "tokens of a Say is not an integer, at least 1"),
        ({"say": "a", "citations": [5]}, "citations of a Say is not a list of texts"),
        ({"call": ""}, "a Call needs the name of a tool"),
        ({"call": "f", "arguments": [1]}, "arguments of a call are an object or a text"),
        ({"fail": {"status": 9}}, "status of a Fault is not an HTTP status"),
        (5, "a part of an answer has one of"),
    ],
)
def test_a_part_that_is_none_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        part_from_json(given)


def test_scripts_come_over_http_and_say_how_far_they_are(gateway, caller):
    control = gateway.base_url + "/_emulator/scripts"
    made = httpx.post(control, json=DOCUMENT["scripts"], trust_env=False).json()
    assert len(made["scripts"]) == 2
    caller.post(ASKED)
    shown = httpx.get(control, trust_env=False).json()
    assert [(one["title"], one["given"], one["total"]) for one in shown] == [
        ("refund", 1, 2),
        ("when()", 0, None),
    ]
    for wrong in (5, [5], {"pace": {"x": 1}}, [{"answers": []}]):
        assert httpx.post(control, json=wrong, trust_env=False).status_code == 400
