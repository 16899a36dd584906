"""One line lets a program ask the emulator where no key is set, and says who answers."""

import os
import socket
from unittest.mock import patch

import pytest

import emulator_302
from core_302 import Client, Settings

NAMES = ("AI302_API_KEY", "AI302_BASE_URL", "AI302_TRUSTED_HOSTS")


@pytest.fixture(autouse=True)
def without_a_key():
    kept = {name: value for name, value in os.environ.items() if name not in NAMES}
    with patch.dict(os.environ, kept, clear=True):
        yield


def asked():
    """Return the text and the request id of an answer to a client that reads the environment."""
    with Client(Settings.from_env()) as client:
        reply = client.chat("gpt-4o", [{"role": "user", "content": "Say exactly: hello"}])
    return reply.choices[0].text, reply.about.request_id


def test_without_a_key_the_emulator_answers_with_the_ids_of_its_seed(capsys):
    gateway = emulator_302.stand_in(port=0, seed=7)
    text, request_id = asked()
    assert text == "hello"
    assert len(gateway.requests) == 1
    assert "the local emulator" in capsys.readouterr().out
    with emulator_302.running(seed=7) as other, patch.dict(os.environ, other.environment):
        assert asked() == ("hello", request_id)


def test_it_is_one_emulator_however_often_the_line_is_run():
    first, second = emulator_302.stand_in(port=0, seed=8), emulator_302.stand_in(port=0, seed=8)
    first.when().say("scripted")
    assert asked()[0] == "scripted"
    assert second.base_url == first.base_url


def test_a_taken_port_is_left_to_its_owner():
    with socket.create_server(("127.0.0.1", 0)) as owner:
        taken = owner.getsockname()[1]
        gateway = emulator_302.stand_in(port=taken)
        assert gateway.base_url != f"http://127.0.0.1:{taken}"
        assert asked()[0] == "hello"


def test_an_emulator_that_the_environment_names_is_asked():
    with emulator_302.running() as running, patch.dict(os.environ, running.environment):
        emulator_302.stand_in().when().say("scripted from here")
        assert asked()[0] == "scripted from here"
        assert len(running.requests) == 1


def test_with_a_key_nothing_is_started(capsys, monkeypatch):
    monkeypatch.setenv("AI302_API_KEY", "test-key-not-real")
    assert emulator_302.stand_in() is None
    assert "AI302_BASE_URL" not in os.environ
    assert "302.AI, with the key" in capsys.readouterr().out
