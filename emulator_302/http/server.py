"""The emulator as a running server, for a `with` block, a test or the command line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path

import uvicorn

from emulator_302.http.app import Emulator
from emulator_302.http.billing import BALANCE, Price
from emulator_302.http.own_hosts import ANY, is_loopback
from emulator_302.http.scopes import Start
from emulator_302.recording.cassette import Recording
from emulator_302.scripts.pace import Pace
from emulator_302.testing.controls import LocalControls, RemoteControls
from emulator_302.testing.gateway import Gateway

LOOPBACK = "127.0.0.1"
SECONDS_TO_START = 30.0


class _Server(uvicorn.Server):
    """A server that says when it is ready, and leaves the process's signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def running(
    port: int = 0,
    *,
    host: str = LOOPBACK,
    any_key: bool = False,
    any_model: bool = False,
    lenient: bool = False,
    balance: float = BALANCE,
    prices: Mapping[str, Price] | None = None,
    pace: Pace | None = None,
    strict: bool = False,
    seed: int | None = None,
    script: str | Path | None = None,
    cassette: str | Path | Recording | None = None,
    mode: str | None = None,
) -> Iterator[Gateway]:
    """Run an emulator on this machine until the block ends.

    Args:
        port: The port; 0 takes a free one.
        host: The address that it listens at. Beyond this machine whoever reaches it can read its
            log and script it: it is not made to be shown to strangers.
        any_key: Accept any key, also none. What names no scope belongs to the plain key's.
        any_model: Answer a model that is unknown as a known one of its kind.
        lenient: Pass over unknown fields of requests: the log, and the header `x-emulator-notes`,
            name them. By default they are refused, as a test of a client wants it.
        balance: What each key has at the start, in PTC; at 0 what is paid for is refused.
        prices: Prices of models by name, in place of the emulator's own.
        pace: How fast answers come; `None` is at once.
        strict: Whether a chat that no script is for fails.
        seed: Draw request ids and task ids from this, so that they are equal in every run; `None`
            makes new ones.
        script: A script file to begin with, for the plain key.
        cassette: A recording to replay, or to record: a file, or a folder with one file a scope. A
            `Recording` says from which gateway, and how requests are matched.
        mode: When the gateway is asked: `none` (the default of a file), `once`, `new` or `all`.

    Raises:
        OSError: The port is taken, or the script or the cassette cannot be read.
        ValueError: The script or the cassette is not what such a file holds; or there is no such
            mode, or no cassette for it.
        RuntimeError: It did not start in time.
    """
    recording = _recording(cassette, mode)
    start = Start(
        balance,
        prices or {},
        pace,
        strict,
        seed,
        recording,
        any_key=any_key,
        any_model=any_model,
        lenient=lenient,
    )
    emulator = Emulator(start, hosts=() if is_loopback(host) else (ANY,))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because only then asyncio turns Nagle's delay (40 ms a call) off.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        where = f"{_reached_at(host)}:{listening.getsockname()[1]}"
        gateway = Gateway(f"http://{where}", LocalControls(emulator.scopes))
        if script is not None:
            gateway.load(script)
        with serving(listening, emulator):
            yield gateway


def _reached_at(host: str) -> str:
    """Return how this machine reaches what listens at `host`, as an address writes it."""
    host = {"0.0.0.0": LOOPBACK, "::": "::1", "": LOOPBACK}.get(host, host)  # noqa: S104
    return f"[{host}]" if ":" in host else host


def _recording(cassette: str | Path | Recording | None, mode: str | None) -> Recording | None:
    if cassette is None:
        if mode is not None:
            raise ValueError("a mode is that of a cassette")
        return None
    if isinstance(cassette, Recording):
        return cassette if mode is None else replace(cassette, mode=mode)
    return Recording(Path(cassette), mode or "none")


@contextmanager
def serving(listening: socket.socket, emulator: Emulator | None = None) -> Iterator[None]:
    """Serve an emulator on a socket until the block ends.

    Raises:
        RuntimeError: It did not start in time.
    """
    emulator = emulator or Emulator()
    config = uvicorn.Config(
        emulator.app(),
        log_level="critical",
        lifespan="off",
        ws="none",  # else uvicorn loads a library of web sockets, where one is installed
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    # A daemon: a program that ends inside the block would wait for it for ever.
    thread = threading.Thread(
        target=server.run, args=([listening],), name="emulator-302", daemon=True
    )
    thread.start()
    try:
        if not server.ready.wait(SECONDS_TO_START):
            raise RuntimeError("the emulator did not start")
        yield
    finally:
        server.should_exit = True
        thread.join()
        emulator.close()


def connect(base_url: str) -> Gateway:
    """Return the view of an emulator that another process of this machine runs.

    Args:
        base_url: Its address, such as `http://127.0.0.1:8302`.

    Raises:
        OSError: Nothing listens there.
        ValueError: It is not an emulator that listens there.
    """
    controls = RemoteControls(base_url.rstrip("/"))
    try:
        controls.read("state")["leftovers"]
    except (ValueError, LookupError, TypeError, HTTPException) as error:
        raise ValueError(f"what listens at {base_url} is not an emulator") from error
    return Gateway(base_url.rstrip("/"), controls)
