"""`make live` asks the gateway what its documents leave open; here it asks the emulator."""

import os
import subprocess
import sys

import pytest

from benchmarks.live.__main__ import main
from benchmarks.live.questions import QUESTIONS
from emulator_302 import Fault

pytest_plugins = ["emulator_302.pytest_plugin"]


@pytest.fixture
def live(ai302_emulator, monkeypatch, capsys):
    """Return a function that runs the questions on the emulator: (exit code, rows, all words)."""

    def run(limit="2", **environment):
        settings = {
            "AI302_API_KEY": ai302_emulator.api_key,
            "AI302_BASE_URL": ai302_emulator.base_url,
            "AI302_SPENDING_LIMIT": limit,
            **environment,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        code = main()
        said = capsys.readouterr()
        verdicts = [line.split("  ")[0].strip() for line in said.out.splitlines()[1:]]
        return code, verdicts[: len(QUESTIONS)], said.out + said.err

    return run


def test_the_emulator_is_what_we_assume_of_the_gateway(live):
    code, verdicts, words = live()
    assert verdicts == ["same"] * len(QUESTIONS), words
    assert code == 0


def test_what_differs_stands_first_and_is_told_by_the_exit_code(live, ai302_emulator):
    ai302_emulator.inject(Fault.error(500, -10003, "down"))
    code, verdicts, words = live()
    assert verdicts[:2] == ["DIFFERS", "same"]
    assert "created" in words.splitlines()[1]
    assert code == 1


@pytest.mark.parametrize("limit", ["0.0001", "0.02", "0.2"])
def test_the_limit_is_never_passed(live, limit):
    code, verdicts, words = live(limit)
    assert "not asked" in verdicts
    spent = float(words.partition("Spent ")[2].split()[0])
    assert spent <= float(limit)
    assert code == 0


def test_nothing_paid_is_sent_when_it_might_pass_the_limit(live, ai302_emulator):
    live("0.0001")
    asked = {entry.path for entry in ai302_emulator.requests if entry.method == "POST"}
    assert asked == set()


def test_no_key_is_printed(live, ai302_emulator):
    assert ai302_emulator.api_key not in live()[2]


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"AI302_API_KEY": ""}, "AI302_API_KEY: a key"),
        ({"AI302_SPENDING_LIMIT": ""}, "AI302_SPENDING_LIMIT: the most"),
        ({"AI302_SPENDING_LIMIT": "much"}, "a number"),
        ({"AI302_SPENDING_LIMIT": "-1"}, "more than 0"),
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


def test_the_command_runs_without_a_key_and_says_so():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AI302")}
    command = [sys.executable, "-m", "benchmarks.live"]
    done = subprocess.run(command, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "AI302_API_KEY" in done.stderr
