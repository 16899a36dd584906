"""A fixture for tests of your own agents: `ai302_emulator`.

Put `pytest_plugins = ["emulator_302.pytest_plugin"]` in your `conftest.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator_302.http.server import Gateway, running


@pytest.fixture(scope="session")
def ai302_emulator_server() -> Iterator[Gateway]:
    """One emulator for the whole test run."""
    with running() as gateway:
        yield gateway


@pytest.fixture
def ai302_emulator(ai302_emulator_server: Gateway) -> Gateway:
    """The emulator, with an empty log and no faults to come."""
    ai302_emulator_server.reset()
    return ai302_emulator_server
