"""In a test run of one's own: fixtures, what fails a test, and what it is then told.

Each run is a pytest of its own, as a stranger would start it, with the plugin named in the command
as an installed package's entry point names it.
"""

import importlib.util
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

import emulator_302
from emulator_302 import pytest_plugin
from emulator_302.testing.shared_server import ADDRESS
from release.projects import ROOT

CONFTEST = """
import pytest

@pytest.fixture
def ask():
    import json, os
    from urllib.request import Request, urlopen
    def ask(text, **more):
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], **more}
        headers = {"Authorization": "Bearer " + os.environ["AI302_API_KEY"]}
        url = os.environ["AI302_BASE_URL"] + "/v1/chat/completions"
        with urlopen(Request(url, json.dumps(body).encode(), headers)) as answer:
            return json.load(answer)["choices"][0]["message"]["content"]
    return ask
"""

# Others' plugins take longer to load than these tests to run.
ALONE = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run(folder, tests, *options, module="pytest", **environment):
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_agent.py").write_text(tests)
    plugin = ["-p", "emulator_302.pytest_plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", *plugin, *options, str(folder)]
    if module == "unittest":
        command = [sys.executable, "-m", "unittest", "test_agent"]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **ALONE, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What one run says that has tests of each kind."""
    return run(
        tmp_path_factory.mktemp("run"),
        """
import os, pytest
from emulator_302 import Fault, Say

def test_scripted(ai302_emulator, ask):
    ai302_emulator.play(Say("scripted"))
    assert ask("x") == "scripted"
    ai302_emulator.assert_called(times=1)

def test_apart(ai302_emulator, ask):
    assert os.environ["AI302_API_KEY"] == ai302_emulator.api_key
    assert ai302_emulator.requests == []

@pytest.mark.ai302_allow_unused
def test_allowed(ai302_emulator):
    ai302_emulator.play(Say("not asked for"))

def test_with_a_key_of_its_own(monkeypatch, ai302_emulator):
    monkeypatch.setenv("AI302_API_KEY", "mine")

def test_without():
    assert "AI302_API_KEY" not in os.environ

def test_leaves_something(ai302_emulator, ask):
    ai302_emulator.play(Say("a"), Say("b"))
    ask("Where is my order?")

def test_has_its_own_error(ai302_emulator):
    ai302_emulator.inject(Fault(status=500))
    raise ValueError("of its own")

def test_fails(ai302_emulator, ask):
    assert ask("Say exactly: hello") == "bye"
""",
        "--strict-markers",
    )


def test_each_test_has_a_scope_and_the_environment_names_it(said):
    assert "3 failed, 5 passed" in said, said


def test_what_is_left_over_fails_a_test_that_passed_and_no_other(said):
    assert "script play(...): 1 of 2 answers were given" in said
    assert "ValueError: of its own" in said
    assert "injected 0 of 1" not in said


def test_a_test_that_fails_shows_what_was_asked_and_answered(said):
    assert "302.AI emulator" in said, said
    assert "   user: Say exactly: hello" in said
    assert "   => says: hello" in said


def test_nothing_is_imported_for_tests_that_do_not_ask(tmp_path):
    said = run(
        tmp_path,
        """
import sys

def test_one():
    assert "starlette" not in sys.modules and "emulator_302.http" not in sys.modules
""",
    )
    assert "1 passed" in said, said


MIXIN = """
import os, unittest
from emulator_302 import EmulatorMixin, Say
from conftest import ask

ask = getattr(ask, "__wrapped__", None) or ask.__pytest_wrapped__.obj
ask = ask()

class Tests(EmulatorMixin, unittest.TestCase):
    def setUp(self):  # without the one above it
        self.emulator.play(Say("scripted"))

    def test_passes(self):
        self.assertEqual(ask("x"), "scripted")
        self.assertEqual(os.environ["AI302_API_KEY"], self.emulator.api_key)

    def test_leaves_something(self):
        pass

    def test_may_leave_something(self):
        self.emulator.allow_unused = True

    def test_fails(self):
        self.assertEqual(ask("Where is it?"), "here")

    @unittest.skip("not now")
    def test_skipped(self):
        pass
"""


@pytest.mark.parametrize("module", ["unittest", "pytest"])
def test_a_test_case_has_the_same_with_the_mixin(tmp_path, module):
    said = run(tmp_path, MIXIN, module=module)
    if module == "unittest":
        assert "FAILED (failures=2, skipped=1)" in said, said
    else:
        assert "2 failed, 2 passed, 1 skipped" in said, said
    assert "script play(...): 0 of 1 answers were given" in said
    assert "   user: Where is it?" in said


@pytest.mark.skipif(importlib.util.find_spec("xdist") is None, reason="pytest-xdist")
def test_workers_share_one_server(tmp_path):
    said = run(
        tmp_path,
        """
import os, pytest
from emulator_302 import Say

@pytest.mark.parametrize("number", range(6))
def test_one(ai302_emulator, ask, number, tmp_path_factory):
    ai302_emulator.when(where=lambda chat: chat.turn == 1).say(lambda chat: chat.text + "!")
    assert ask(str(number)) == f"{number}!"
    ai302_emulator.assert_called(times=1)
    shared = tmp_path_factory.getbasetemp().parent / "addresses"
    with shared.open("a") as file:
        file.write(ai302_emulator.base_url + " " + os.environ["PYTEST_XDIST_WORKER"] + "\\n")
    lines = shared.read_text().splitlines()
    assert len({line.split()[0] for line in lines}) == 1
""",
        *("-p", "xdist.plugin", "-n2"),
    )
    assert "6 passed" in said, said


def test_a_worker_takes_the_server_that_its_run_shares(tmp_path, gateway):
    said = run(
        tmp_path,
        f"""
def test_one(ai302_emulator, ask):
    assert ai302_emulator.base_url == "{gateway.base_url}"
    ai302_emulator.when().say(lambda chat: chat.text + "!")
    assert ask("a") == "a!"
""",
        **{ADDRESS: gateway.base_url},
    )
    assert "1 passed" in said, said


def test_a_run_tells_each_worker_of_one_server_and_ends_it(monkeypatch):
    config = SimpleNamespace(
        stash=pytest.Stash(), addinivalue_line=lambda *_: None, getoption=lambda _: "none"
    )
    config.rootpath = ROOT
    pytest_plugin.pytest_configure(config)
    workers = [SimpleNamespace(config=config, workerinput={}) for _ in range(2)]
    for worker in workers:
        pytest_plugin.pytest_configure_node(worker)
    addresses = {worker.workerinput[ADDRESS] for worker in workers}
    assert len(addresses) == 1
    monkeypatch.setenv(ADDRESS, "")
    config.workerinput = workers[0].workerinput
    pytest_plugin.pytest_configure(config)
    assert {os.environ[ADDRESS]} == addresses
    assert emulator_302.connect(*addresses).requests == []
    pytest_plugin.pytest_unconfigure(config)
    with pytest.raises(OSError, match="refused"):
        emulator_302.connect(*addresses)


def test_a_process_that_others_share_starts_its_server_when_it_is_asked():
    program = """
import sys
import emulator_302
from emulator_302.testing.shared_server import WaitingServer

waiting = WaitingServer()
assert "starlette" not in sys.modules
gateway = emulator_302.connect(waiting.address)
gateway.when().say("x")
assert gateway.leftovers()
waiting.close()
unused = WaitingServer()
unused.close()
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


RECORDED = """
import pytest

@pytest.mark.ai302_cassette
def test_recorded(ai302_emulator, ask):
    assert ask("Say exactly: recorded") == "recorded"

@pytest.mark.ai302_cassette("shared.json")
def test_named(ai302_emulator, ask):
    assert ask("Say exactly: named") == "named"
"""


def test_a_marked_test_is_recorded_and_then_replayed_without_the_gateway(tmp_path, gateway):
    with gateway.scope("upstream") as upstream:
        options = ["--ai302-record", "once", "--ai302-upstream", upstream.base_url]
        said = run(tmp_path, RECORDED, *options, AI302_API_KEY=upstream.api_key)
        assert "2 passed" in said, said
        assert len(upstream.requests) == 2
        said = run(tmp_path, RECORDED)
        assert "2 passed" in said, said
        assert len(upstream.requests) == 2
    own = tmp_path / "cassettes" / "test_agent" / "test_recorded.json"
    assert upstream.api_key not in own.read_text() + (tmp_path / "shared.json").read_text()
    said = run(tmp_path, RECORDED.replace("exactly: recorded", "exactly: more"))
    assert "1 failed, 1 passed" in said, said
    assert 'recorded "Say exactly: recorded", asked "Say exactly: more"' in said
