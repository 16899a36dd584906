"""The server before the SDK's own client: in this process, or as a process over its streams.

These tests need the SDK, which only the environment of `make mcp` has (docs/decisions/0033).
"""

import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from core_302 import AsyncClient, PollPolicy, Settings
from mcp_302.offer import Offer

collect_ignore_glob = [] if find_spec("mcp") else ["test_*.py"]

ROOT = Path(__file__).parents[2]
QUICK = ROOT / "tests" / "mcp_302" / "quick_server.py"


@pytest.fixture
def served(ai302_emulator):
    """Return a function that serves tools before the emulator, and yields a client of theirs."""
    from mcp import Client  # noqa: PLC0415 - where it is missing, this file is read all the same

    from mcp_302.server import server_of  # noqa: PLC0415 - likewise

    where = {"api_key": ai302_emulator.api_key, "base_url": ai302_emulator.base_url}

    @asynccontextmanager
    async def serve(*tools, max_cost=5.0, images=True, **given):
        offer = Offer(tools, max_cost=max_cost, **given)
        settings = Settings(**where, trusted_hosts=(ai302_emulator.file_host,))
        async with (
            AsyncClient(settings, polling=PollPolicy(first_wait=0.0)) as gateway,
            Client(server_of(offer, gateway, images=images)) as client,
        ):
            yield client

    return serve


@pytest.fixture
def environment(ai302_emulator):
    """Return the variables of a server's process: a client of MCP hands on nothing else."""
    measured = {name: value for name, value in os.environ.items() if name.startswith("COV")}
    return {
        **measured,
        **ai302_emulator.environment,
        "PYTHONPATH": str(ROOT),
        "PATH": os.environ.get("PATH", ""),
    }


class Process:
    """A server as a process, spoken to line by line."""

    def __init__(self, arguments, environment, program=(str(QUICK),)):
        self.running = subprocess.Popen(
            [sys.executable, *program, *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = []

    def send(self, method, **params):
        """Send a request, or a notification if its name says so."""
        number = {} if method.startswith("notifications/") else {"id": len(self.said) + 1}
        message = {"jsonrpc": "2.0", "method": method, "params": params, **number}
        self.running.stdin.write(json.dumps(message) + "\n")
        self.running.stdin.flush()

    def hear(self):
        """Return the next message of the server."""
        self.said.append(json.loads(self.running.stdout.readline()))
        return self.said[-1]

    def begin(self):
        """Shake hands, as clients of 2025 do."""
        about = {"name": "test", "version": "1"}
        self.send("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=about)
        answer = self.hear()["result"]
        self.send("notifications/initialized")
        return answer

    def end(self):
        """Close the server's input; return its exit code, and what it had left to say."""
        out, err = self.running.communicate(timeout=30)
        return self.running.returncode, out, err


@pytest.fixture
def process(environment):
    """Return a function that starts a server; whatever happens, it ends with the test."""
    started = []

    def start(*arguments, variables=None, **more):
        own = environment if variables is None else variables
        started.append(Process(arguments, own, **more))
        return started[-1]

    yield start
    for one in started:
        if one.running.poll() is None:
            one.running.kill()
        one.running.communicate()
