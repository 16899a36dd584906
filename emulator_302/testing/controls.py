"""The operations on a scope that a `Gateway` is written over: called here, or asked over HTTP.

Both take the JSON that the control endpoints take, so that a test says the same from anywhere.
"""

from __future__ import annotations

import http.client
import json
from typing import Any, Protocol
from urllib.parse import urlsplit

from emulator_302.http.control import CONTROLS, ROOT
from emulator_302.http.log import LoggedRequest
from emulator_302.http.scopes import HEADER, Scopes
from emulator_302.scripts.functions import to_wire
from emulator_302.testing.function_server import FunctionServer

SECONDS_TO_ANSWER = 30.0


class Controls(Protocol):
    """What can be done to one scope."""

    name: str

    def read(self, what: str) -> Any:
        """Return what a control endpoint shows."""

    def add(self, what: str, given: Any) -> Any:
        """Send something to a control endpoint.

        Raises:
            ValueError: It is not what the endpoint takes.
        """

    def forget(self, what: str) -> None:
        """Begin the scope anew (`requests`), or drop it (`state`)."""

    def log(self) -> list[LoggedRequest]:
        """Return the requests of the scope."""

    def named(self, name: str) -> Controls:
        """Return the controls of another scope."""


class LocalControls:
    """The controls of a scope in this process."""

    def __init__(self, scopes: Scopes, name: str = "") -> None:
        self.name = name
        self._scopes = scopes
        self._held = scopes.named(name)

    def read(self, what: str) -> Any:
        """Return what a control endpoint shows."""
        return CONTROLS[what].read(self._held)

    def add(self, what: str, given: Any) -> Any:
        """Do what a control endpoint does."""
        add = CONTROLS[what].add
        assert add is not None
        return add(self._held, given)

    def forget(self, what: str) -> None:
        """Begin the scope anew, or drop it."""
        forget = CONTROLS[what].forget
        assert forget is not None
        forget(self._scopes, self._held)

    def log(self) -> list[LoggedRequest]:
        """Return the requests of the scope."""
        return self._held.log.requests()

    def named(self, name: str) -> LocalControls:
        """Return the controls of another scope."""
        return LocalControls(self._scopes, name)


class RemoteControls:
    """The controls of a scope of an emulator in another process on this machine.

    A function in a script stays in this process, and is asked for by the emulator.
    """

    def __init__(self, base_url: str, name: str = "") -> None:
        self.name = name
        self._base_url = base_url
        self._functions = FunctionServer()

    def read(self, what: str) -> Any:
        """Ask a control endpoint."""
        return self._ask("GET", what)

    def add(self, what: str, given: Any) -> Any:
        """Send something to a control endpoint."""
        return self._ask("POST", what, to_wire(given, self._functions.address_of))

    def forget(self, what: str) -> None:
        """Begin the scope anew, or drop it."""
        self._ask("DELETE", what)
        if what == "state":
            self._functions.close()

    def log(self) -> list[LoggedRequest]:
        """Return the requests of the scope; keys are hidden in them."""
        return [LoggedRequest.from_json(one) for one in self.read("requests")]

    def named(self, name: str) -> RemoteControls:
        """Return the controls of another scope."""
        return RemoteControls(self._base_url, name)

    def _ask(self, method: str, what: str, given: Any = None) -> Any:
        parts = urlsplit(self._base_url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS_TO_ANSWER)
        content = None if method != "POST" else json.dumps(given)
        headers = {HEADER: self.name, "content-type": "application/json"}
        try:
            connection.request(method, f"{ROOT}/{what}", content, headers)
            response = connection.getresponse()
            said = json.loads(response.read())
        finally:
            connection.close()
        if response.status >= 400:  # noqa: PLR2004
            raise ValueError(said["error"]["message"].removeprefix("Parameter error: "))
        return said
