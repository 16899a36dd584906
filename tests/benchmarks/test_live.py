"""`make live` asks the gateway what its documents leave open; here it asks the emulator."""

import os
import re
import subprocess
import sys

import pytest

from benchmarks.live import __main__ as asked
from benchmarks.live import gateway as live_gateway
from benchmarks.live.__main__ import QUESTIONS, main
from benchmarks.live.differences import main as differences
from benchmarks.live.image_questions import IMAGE_QUESTIONS
from benchmarks.live.questions import CHAT_QUESTIONS
from benchmarks.live.tool_questions import REQUESTS, TOOL_QUESTIONS
from emulator_302 import Call, Fault

pytest_plugins = ["emulator_302.pytest_plugin"]
BOUND = re.compile(r"\d+ questions cost at most (\d+\.\d\d) PTC")


@pytest.fixture
def live(ai302_emulator, monkeypatch, capsys):
    """Return a function that runs the questions on the emulator: (exit code, rows, all words)."""
    monkeypatch.setattr(live_gateway, "PAUSE", 0.0)

    def run(*arguments, limit="20", **environment):
        settings = {
            "AI302_API_KEY": ai302_emulator.api_key,
            "AI302_BASE_URL": ai302_emulator.base_url,
            "AI302_SPENDING_LIMIT": limit,
            **environment,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        code = main(arguments)
        said = capsys.readouterr()
        rows = [line for line in said.out.splitlines() if line.startswith("| ")][1:]
        return code, [row.rsplit("|", 2)[1].strip() for row in rows], said.out + said.err

    return run


@pytest.fixture
def only(monkeypatch):
    """Return a function that leaves the other questions out."""
    return lambda questions: monkeypatch.setattr(asked, "QUESTIONS", tuple(questions))


def test_the_emulator_is_what_we_assume_of_the_gateway(live, ai302_emulator, only):
    models = [question for question in QUESTIONS if "at the second version" in question.asks]
    # It draws all models. Which of many tools a request means, only a language model can tell.
    asked_here = [one for one in QUESTIONS if one not in (*models[1:], *TOOL_QUESTIONS)]
    only(asked_here)
    code, verdicts, words = live()
    assert verdicts == ["same"] * len(asked_here), words
    assert code == 0
    # What is said beforehand holds, and no key is printed.
    assert 0 < float(words.partition("Spent ")[2].split()[0]) <= float(BOUND.search(words)[1])
    assert ai302_emulator.api_key not in words


def test_what_differs_stands_first_and_is_told_by_the_exit_code(live, ai302_emulator, only):
    only(CHAT_QUESTIONS[:3])
    ai302_emulator.inject(Fault.error(500, -10003, "down"))
    code, verdicts, words = live()
    assert verdicts[:2] == ["DIFFERS", "same"]
    (row,) = [line for line in words.splitlines() if "DIFFERS" in line]
    assert row.startswith("| Has a whole reply a 'created'? | `POST /v1/chat/completions {")
    assert "| no (assumed: yes) | DIFFERS |" in row
    assert code == 1


@pytest.mark.parametrize("limit", ["0.0001", "0.02", "0.2"])
def test_the_limit_is_never_passed(live, only, limit):
    only([one for one in QUESTIONS if one not in TOOL_QUESTIONS])
    code, verdicts, words = live("--max-cost", limit)
    assert "not asked" in verdicts
    spent = float(words.partition("Spent ")[2].split()[0])
    assert spent <= float(limit)
    assert code == 0


def test_nothing_paid_is_sent_when_it_might_pass_the_limit(live, ai302_emulator):
    live("--max-cost", "0.0001")
    asked = {entry.path for entry in ai302_emulator.requests if entry.method == "POST"}
    assert asked == set()


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"AI302_SPENDING_LIMIT": ""}, "AI302_SPENDING_LIMIT): the most"),
        ({"AI302_SPENDING_LIMIT": "much"}, "a number"),
        ({"AI302_SPENDING_LIMIT": "-1"}, "above 0"),
        ({"AI302_SPENDING_LIMIT": "inf"}, "a number"),
        ({"AI302_BASE_URL": "http://gateway.test"}, "Nothing was asked"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_asked(live, ai302_emulator, environment, says):
    code, _, words = live(**environment)
    assert code == 2
    assert says in words
    assert ai302_emulator.requests == []


def test_a_gateway_that_is_not_there_is_told_for_each_question(live):
    code, verdicts, words = live(AI302_BASE_URL="http://127.0.0.1:1")
    assert code == 1
    assert "BROKEN" in verdicts
    assert "ConnectError" in words


def test_a_task_that_never_ends_is_left(live, only, monkeypatch):
    only([question for question in IMAGE_QUESTIONS if "wan2.7-image offered" in question.asks])
    monkeypatch.setattr(live_gateway, "MOST_POLLS", 1)
    code, verdicts, words = live()
    assert code == 1
    assert "| none (assumed: drawn) | DIFFERS |" in words
    assert verdicts == ["DIFFERS"]


def test_without_a_key_it_says_what_it_would_ask_and_at_what_cost():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AI302")}
    command = [sys.executable, "-m", "benchmarks.live"]
    done = subprocess.run(command, env=kept, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert BOUND.search(done.stdout)
    assert "`POST /v1/images/edits?async=true&response_format=url {" in done.stdout
    assert "at most 0.300 PTC; assumed: drawn | not asked |" in done.stdout
    assert "Set AI302_API_KEY" in done.stdout


def test_a_tool_that_is_not_meant_is_told_by_its_name(live, only, ai302_emulator):
    only(TOOL_QUESTIONS)
    number = sum(map(len, REQUESTS.values()))
    scripts = [Call(name) for name, requests in REQUESTS.items() for _ in requests]
    ai302_emulator.play(*scripts)
    assert live()[1] == ["same"]
    ai302_emulator.play(Call("speak"), "I cannot draw.", *scripts[2:])
    code, verdicts, words = live()
    assert verdicts == ["DIFFERS"]
    assert "lighthouse at dusk.': speak, not generate_image; 'I need" in words
    assert "16:9.': no tool, not generate_image (assumed: " in words
    assert f"(assumed: the one that is meant, {number} times)" in words
    assert code == 1


def test_what_was_said_is_kept_without_the_key(live, ai302_emulator, only, tmp_path):
    only(CHAT_QUESTIONS[:3])
    file = tmp_path / "live.json"
    code, verdicts, words = live("--cassette", str(file))
    assert (code, verdicts) == (0, ["same"] * 3), words
    assert ai302_emulator.api_key not in file.read_text()
    assert differences([str(file)]) == 0
