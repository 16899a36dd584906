"""The emulator that the tests of one run share, started when the first of them asks for it.

A process that starts others, as pytest-xdist's does, listens for them from the beginning; the
server itself, and all that it imports, comes with the first connection.
"""

from __future__ import annotations

import itertools
import os
import re
import select
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator_302.recording.cassette import Recording
    from emulator_302.testing.gateway import Gateway

ADDRESS = "EMULATOR_302_ADDRESS"
"""The variable that names the emulator of the process that started this one."""

LONGEST_NAME = 70  # of a test in the name of its scope
_numbers = itertools.count(1)


def shared(stack: ExitStack, recording: Recording | None = None) -> Gateway:
    """Return the emulator of the process that started this one, else one that `stack` will stop."""
    from emulator_302.http.server import connect, running  # noqa: PLC0415 - only where it is needed

    address = os.environ.get(ADDRESS)
    if address:
        return connect(address)
    return stack.enter_context(running(cassette=recording))


def scope_name(test: str) -> str:
    """Return a name for the scope of a test that no other test of the run has."""
    said = re.sub(r"[^A-Za-z0-9]+", "-", test)[-LONGEST_NAME:].strip("-")
    return f"{os.getpid()}-{next(_numbers)}-{said}"


class WaitingServer:
    """A port that is listened to, and an emulator that starts with the first connection to it."""

    def __init__(self, recording: Callable[[], Recording | None] = lambda: None) -> None:
        self._recording = recording
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(128)
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._end, self._ended = socket.socketpair()
        self._stack = ExitStack()
        self._thread = threading.Thread(target=self._wait, name="emulator-waits", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, and the emulator if it has started."""
        self._end.close()
        self._thread.join()
        self._stack.close()
        self._ended.close()
        self._listening.close()

    def _wait(self) -> None:
        ready, _, _ = select.select([self._listening, self._ended], [], [])
        if self._listening in ready:
            from emulator_302.http.app import Emulator  # noqa: PLC0415 - only where it is needed
            from emulator_302.http.scopes import Start  # noqa: PLC0415
            from emulator_302.http.server import serving  # noqa: PLC0415

            emulator = Emulator(Start(recording=self._recording()))
            self._stack.enter_context(serving(self._listening, emulator))
