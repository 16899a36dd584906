"""Fixtures for tests of your own agents, found by pytest by itself: `ai302_emulator`.

One server serves all tests of a run, those of pytest-xdist's workers too; each test has a scope of
its own. Nothing of the server is imported before a test asks for it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emulator_302.recording.cassette import MODES, Recording
from emulator_302.testing.shared_server import ADDRESS, WaitingServer, scope_name, shared

if TYPE_CHECKING:
    from emulator_302.testing.gateway import Gateway

MARKER = "ai302_allow_unused"
CASSETTE = "ai302_cassette"
_waiting = pytest.StashKey[WaitingServer]()
_recording = pytest.StashKey[Callable[[], Recording]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of recordings."""
    group = parser.getgroup("302.AI emulator")
    group.addoption(
        "--ai302-record",
        choices=MODES,
        default="none",
        help=f"when tests with the marker {CASSETTE} ask 302.AI: none (replay alone), once "
        "(without a cassette), new (for new requests), all; its key is in AI302_API_KEY",
    )
    group.addoption(
        "--ai302-upstream",
        default="https://api.302.ai",
        metavar="URL",
        help="the gateway that is recorded",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers, and take over the server of the process that started this worker."""
    config.addinivalue_line(
        "markers", f"{MARKER}: a test may leave scripts and faults of `ai302_emulator` unused"
    )
    config.addinivalue_line(
        "markers",
        f"{CASSETTE}(file): `ai302_emulator` replays a recording, by default "
        "cassettes/MODULE/TEST.json beside the test; --ai302-record makes it",
    )
    config.stash[_recording] = _setup(config)
    address = getattr(config, "workerinput", {}).get(ADDRESS)
    if address:
        os.environ[ADDRESS] = address


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the server will be that all of them share."""
    stash = node.config.stash
    if _waiting not in stash:
        stash[_waiting] = WaitingServer(stash[_recording])
    node.workerinput[ADDRESS] = stash[_waiting].address


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that the workers shared."""
    waiting = config.stash.get(_waiting, None)
    if waiting is not None:
        waiting.close()


def _setup(config: pytest.Config) -> Callable[[], Recording]:
    """Return what says how to record; the key is read now, before any test has its own."""
    mode = config.getoption("--ai302-record")
    upstream = config.getoption("--ai302-upstream") if mode != "none" else ""
    key = os.environ.get("AI302_API_KEY", "") if mode != "none" else ""

    def setup() -> Recording:
        return Recording(config.rootpath, mode, upstream, key, every_scope=False)

    return setup


@pytest.fixture(scope="session")
def ai302_emulator_server(pytestconfig: pytest.Config) -> Iterator[Gateway]:
    """One emulator for the whole test run."""
    with ExitStack() as stack:
        yield shared(stack, pytestconfig.stash[_recording]())


@pytest.fixture
def ai302_emulator(
    ai302_emulator_server: Gateway,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Gateway]:
    """The emulator with a key, a log, scripts and faults of this test's own.

    The environment names it, so that 302.AI's clients need no arguments. A test that passes and
    leaves a script or a fault unused fails, unless it has the marker `ai302_allow_unused`.
    """
    name = scope_name(request.node.nodeid)
    with ai302_emulator_server.scope(name) as gateway:
        gateway.allow_unused = request.node.get_closest_marker(MARKER) is not None
        marker = request.node.get_closest_marker(CASSETTE)
        if marker is not None:
            gateway.use_cassette(_cassette_of(request.node, *marker.args))
        # By the test's own fixture: a test that sets them too would otherwise restore these.
        for variable, value in gateway.environment.items():
            monkeypatch.setenv(variable, value)
        yield gateway


def _cassette_of(test: pytest.Item, file: str | None = None) -> Path:
    """Return the cassette of a test: the one it names, or one of its own, beside it."""
    name = re.sub(r"[^\w.-]+", "-", test.name)
    own = Path("cassettes", test.path.stem, f"{name}.json")
    return (test.path.parent / (file or own)).relative_to(test.config.rootpath)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that passed, if it leaves something unused."""
    result = yield
    gateway = getattr(item, "funcargs", {}).get("ai302_emulator")
    left = [] if gateway is None or gateway.allow_unused else gateway.leftovers()
    if left:  # the transcript comes below it
        pytest.fail("\n".join(["left over:", *left]), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what was asked and answered below a test that failed."""
    report = yield
    gateway = getattr(item, "funcargs", {}).get("ai302_emulator")
    gateway = gateway or getattr(getattr(item, "instance", None), "emulator", None)
    told = getattr(gateway, "transcript", None)
    if report.when == "call" and report.failed and told is not None:
        report.sections.append(("302.AI emulator", told()))
    return report
