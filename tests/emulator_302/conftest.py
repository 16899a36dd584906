"""What the emulator's own tests ask for: the running emulator, and someone who calls it."""

import pytest

import emulator_302
from tests.emulator_302.caller import Caller, http_of


@pytest.fixture(scope="session")
def _server():
    with emulator_302.running() as gateway:
        yield gateway


@pytest.fixture
def gateway(_server):
    _server.reset()
    return _server


@pytest.fixture(scope="session")
def _http(_server):
    with http_of(_server) as http:
        yield http


@pytest.fixture
def caller(gateway, _http):
    return Caller(gateway, _http)
