"""One request on its way to an answer, and the chain of those who may give it.

An answerer returns a response, or `None` to leave the request to the next one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from emulator_302.http.faults import Fault
from emulator_302.http.log import LoggedRequest
from emulator_302.http.scopes import Scope


@dataclass
class Exchange:
    """One request, and what is decided about its response before it is sent.

    Attributes:
        request: The request.
        body: What its body says.
        scope: The scope that it belongs to.
        entry: Its line of the log.
        fault: What goes wrong with it.
        delay: Seconds before anything is sent.
    """

    request: Request
    body: Any
    scope: Scope
    entry: LoggedRequest
    fault: Fault | None = None
    delay: float = 0.0

    def leave_out(self, name: str) -> None:
        """Pass over a field of the body, and note it."""
        self.body = {field: value for field, value in self.body.items() if field != name}
        self.entry.notes.append(f"unknown field {name!r}: passed over")

    def replace_model(self, name: str, instead: str) -> None:
        """Answer as another model, and note it."""
        self.body = {**self.body, "model": instead}
        self.entry.notes.append(f"unknown model {name!r}: answered as {instead!r}")


Answerer = Callable[[Exchange], Awaitable[Response | None]]
