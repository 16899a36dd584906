"""A recording is put to the emulator: where that departs from it is told, ids and links aside."""

import json
import subprocess
import sys

import pytest

import emulator_302
from benchmarks.live.differences import main
from emulator_302 import Recording
from tests.emulator_302.caller import CHAT, HELLO, http_of

SKY = {"prompt": "sky city", "model": "302ai-flux-schnell-t2i"}


@pytest.fixture(scope="module")
def cassette(tmp_path_factory):
    """A recording of one emulator, which equals any other."""
    file = tmp_path_factory.mktemp("recorded") / "session.json"
    with emulator_302.running() as upstream:
        setup = Recording(file, "all", upstream.base_url, upstream.api_key)
        with emulator_302.running(cassette=setup) as gateway, http_of(gateway) as http:
            ask = {"model": "gpt-4o", "messages": HELLO}
            cost = http.post(CHAT, json=ask).headers["request-id"]
            http.get(f"/dashboard/record/{cost}")
            http.post(CHAT, json={**ask, "stream": True, "stream_options": {"include_usage": True}})
            task = http.post("/302/v2/image/generate", json=SKY).json()["task_id"]
            for _ in range(3):
                state = http.get(f"/302/v2/image/fetch/{task}").json()
            http.post(CHAT, json=ask, headers={"authorization": "Bearer another"})
            shown = {"type": "image_url", "image_url": {"url": state["image_url"]}}
            http.post(CHAT, json={**ask, "messages": [{"role": "user", "content": [shown]}]})
    return file


def test_the_emulator_departs_nowhere_from_itself(cassette, capsys):
    assert main([str(cassette)]) == 0, capsys.readouterr().out
    assert "0 of 9 interactions depart" in capsys.readouterr().out


def test_each_departure_is_told(cassette, tmp_path, capsys):
    told = json.loads(cassette.read_text())
    first, record, stream, *_ = [one["response"] for one in told["interactions"]]
    problem = "application/problem+json"
    first["status"] = 201
    first["json"]["usage"]["prompt_tokens"] = "3"
    first["json"]["provider"] = {"name": "x", "zone": 1}
    first["headers"] |= {"retry-after": "1", "content-type": problem}
    del first["json"]["choices"][0]["message"]["content"]
    record.pop("json")
    record["text"] = "no JSON"
    stream["frames"].insert(0, {"at": 0, "data": ": a comment\n\n"})
    told["interactions"].append(
        {"request": {"method": "POST", "path": "/302/upload-file", "form": {"a": "b"}}}
        | {"response": {"status": 200, "headers": {}, "json": {}}}
    )
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(told))
    assert main([str(file)]) == 1
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()[2:-2]]
    said = [(row[0].removeprefix("| "), row[2].removesuffix(" |")) for row in rows]
    assert said[:7] == [
        ("1", "status: recorded 201, the emulator's 200"),
        ("1", f"header content-type: recorded {problem}, the emulator's application/json"),
        ("1", "header retry-after: missing"),
        ("1", "body.choices[].message.content: additional (text)"),
        ("1", "body.provider: missing (object)"),
        ("1", "body.usage.prompt_tokens: recorded text, not number"),
        ("2", "body: recorded other, the emulator's json"),
    ]
    assert said[7][1].startswith("order of events: recorded : a comment > role > content > finish")
    assert said[8:] == [("10", "not sent: a recording has no bytes of files")]


@pytest.mark.parametrize("arguments", [[], ["nowhere.json"], [__file__]])
def test_without_a_recording_it_says_what_it_needs(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("Name a cassette")


def test_it_is_a_command():
    command = [sys.executable, "-m", "benchmarks.live.differences", "nowhere.json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
