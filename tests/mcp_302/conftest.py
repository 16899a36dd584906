"""The server before the SDK's own client: in this process, or as a process over its streams.

These tests need the SDK, which only the environment of `make mcp` has (docs/decisions/0033).
"""

import os
import sys
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

collect_ignore_glob = [] if find_spec("mcp") else ["test_*.py"]
pytest_plugins = ["emulator_302.pytest_plugin"]

ROOT = Path(__file__).parents[2]
QUICK = ROOT / "tests" / "mcp_302" / "quick_server.py"


@pytest.fixture
def served(ai302_emulator):
    """Return a function that serves tools before the emulator, and yields a client of theirs."""
    from mcp import Client

    from core_302 import AsyncClient, PollPolicy, Settings
    from mcp_302.offer import Offer
    from mcp_302.server import server_of

    where = {"api_key": ai302_emulator.api_key, "base_url": ai302_emulator.base_url}

    @asynccontextmanager
    async def serve(*tools, max_cost=5.0, images=True, **given):
        offer = Offer(tools, max_cost=max_cost, **given)
        settings = Settings(**where, trusted_hosts=(ai302_emulator.file_host,))
        async with AsyncClient(settings, polling=PollPolicy(first_wait=0.0)) as gateway:
            async with Client(server_of(offer, gateway, images=images)) as client:
                yield client

    return serve


@pytest.fixture
def environment(ai302_emulator):
    """Return the variables of a server's process: a client of MCP hands on nothing else."""
    measured = {name: value for name, value in os.environ.items() if name.startswith("COV")}
    return {
        **measured,
        "AI302_API_KEY": ai302_emulator.api_key,
        "AI302_BASE_URL": ai302_emulator.base_url,
        "AI302_TRUSTED_HOSTS": ai302_emulator.file_host,
        "PYTHONPATH": str(ROOT),
        "PATH": os.environ.get("PATH", ""),
    }


@pytest.fixture
def command():
    """Return a function that makes a server's command line."""

    def make(*arguments, program=("-m", "mcp_302")):
        return [sys.executable, *program, *arguments]

    return make
