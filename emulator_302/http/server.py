"""The emulator as a running server, for a `with` block, a test or the command line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from emulator_302.http.app import Emulator
from emulator_302.http.faults import Fault
from emulator_302.http.files import HOST
from emulator_302.http.recording import Recorded
from emulator_302.http.refusals import EMULATOR_KEY
from emulator_302.http.tasks import Outcome

SECONDS_TO_START = 30.0


class Gateway:
    """A running emulator.

    Attributes:
        base_url: Its address, such as `http://127.0.0.1:8302`.
        api_key: The one key that it accepts. It is not a secret.
        file_host: Where it serves results, such as `localhost:8302`. No key belongs there.
    """

    api_key = EMULATOR_KEY

    def __init__(self, emulator: Emulator, base_url: str) -> None:
        self.base_url = base_url
        self.file_host = base_url.removeprefix("http://").replace("127.0.0.1", HOST)
        self._emulator = emulator

    @property
    def requests(self) -> list[Recorded]:
        """The requests so far, oldest first."""
        return list(self._emulator.requests)

    def script(self, *faults: Fault) -> None:
        """Script faults for the next requests, one fault each."""
        with self._emulator.lock:
            self._emulator.faults += faults

    def script_task(self, *outcomes: Outcome) -> None:
        """Script the outcomes of the next image tasks, one outcome each."""
        self._emulator.tasks.script(*outcomes)

    def publish(self, address: str, content: bytes) -> None:
        """Publish `content` at an outside address; the emulator itself fetches nothing outside.

        It stays until the emulator ends.
        """
        self._emulator.published[address] = content

    def reset(self) -> None:
        """Forget the requests, the tasks, the prompts, and what was scripted."""
        self._emulator.reset()


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
def running(port: int = 0) -> Iterator[Gateway]:
    """Run an emulator on this machine until the block ends.

    Args:
        port: The port; 0 takes a free one.

    Raises:
        OSError: The port is taken.
        RuntimeError: It did not start in time.
    """
    emulator = Emulator()
    # The protocol is named because only then asyncio turns Nagle's delay (40 ms a call) off.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
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
            yield Gateway(emulator, f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()
            emulator.close()
