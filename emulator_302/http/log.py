"""The log of requests: each as it arrived, who answered it, with what, and how it ended.

Headers stay as they were sent while they are in memory; over HTTP the key is hidden.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from starlette.requests import Request

from emulator_302.http.faults import Fault
from emulator_302.http.forms import shown
from emulator_302.rule_model.conversation import text_of
from emulator_302.scripts.conversation import Conversation

CHAT = "/v1/chat/completions"
MOST_REQUESTS = 10_000  # of one scope; the oldest are forgotten
LONGEST_KEPT = 100_000  # bytes of a response
HIDDEN = "***"


@dataclass
class LoggedRequest:
    """One request as it arrived, and what became of it.

    Attributes:
        method: Such as `POST`.
        path: Such as `/v1/chat/completions`.
        query: The query's fields.
        headers: The headers, their names in lower case.
        body: The body: what its JSON says, or the fields of a form with its files described.
        size: The bytes of the body.
        scope: The name of the scope that it belongs to; "" is that of the plain key.
        request_id: What the response's header `request-id` says.
        at: When it arrived, in seconds since 1970.
        status: The status of the response; 0 until there is one.
        answered_by: Who answered: `rules`, or `script ...` with its name or its conditions.
        fault: The fault that was injected; `None` without one.
        response: What was answered: what its JSON says, for a stream the same response in one
            piece; `None` for a file, or beyond 100 kB.
        sent: The bytes of the response's body that were sent.
        seconds: From its arrival until the response was sent; `None` until then.
        client_left: Whether the client left before the response was sent.
        notes: What was passed over, where the emulator is lenient.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    size: int = 0
    scope: str = ""
    request_id: str = ""
    at: float = 0.0
    status: int = 0
    answered_by: str = ""
    fault: Fault | None = None
    response: Any = None
    sent: int = 0
    seconds: float | None = None
    client_left: bool = False
    notes: list[str] = field(default_factory=list)

    @cached_property
    def conversation(self) -> Conversation:
        """What its body shows of a conversation."""
        return Conversation(self.body if isinstance(self.body, Mapping) else {})

    @property
    def is_chat(self) -> bool:
        """Whether it asked for a chat completion."""
        return self.path == CHAT

    @property
    def model(self) -> str:
        """The model that it asked for."""
        return self.conversation.model

    @property
    def text(self) -> str:
        """What the user said last."""
        return self.conversation.text

    @property
    def message(self) -> Mapping[str, Any]:
        """The message that was answered to a chat; empty if none was."""
        try:
            found = self.response["choices"][0]["message"]
        except (LookupError, TypeError):
            return {}
        return found if isinstance(found, Mapping) else {}

    @property
    def said(self) -> str:
        """The text that was answered to a chat."""
        return text_of(self.message.get("content"))

    @property
    def called(self) -> list[tuple[str, Any]]:
        """Name and arguments of each tool call that was answered to a chat."""
        calls = [call["function"] for call in self.message.get("tool_calls", ())]
        return [(function["name"], _arguments(function["arguments"])) for function in calls]

    def ended(self, *, client_left: bool = False) -> None:
        """Write down that the response was sent, or that nobody was there to get it."""
        self.seconds = round(time.time() - self.at, 6)
        self.client_left = client_left

    def to_json(self) -> dict[str, Any]:
        """Return it for sending over HTTP, without the key."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        headers = {k: HIDDEN if k == "authorization" else v for k, v in self.headers.items()}
        fault = None if self.fault is None else self.fault.to_json()
        return {**values, "headers": headers, "fault": _without_functions(fault)}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> LoggedRequest:
        """Read what `to_json` wrote."""
        fault = given.get("fault")
        return cls(**{**given, "fault": None if fault is None else Fault.from_json(fault)})


class Log:
    """The requests of one scope, the oldest first."""

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        self._requests: deque[LoggedRequest] = deque(maxlen=most)

    def add(self, entry: LoggedRequest) -> None:
        """Add a request that has just arrived."""
        self._requests.append(entry)

    def requests(self) -> list[LoggedRequest]:
        """Return the requests."""
        return list(self._requests)

    def clear(self) -> None:
        """Forget them."""
        self._requests.clear()


def logged(request: Request, body: Any, size: int, scope: str, request_id: str) -> LoggedRequest:
    """Return the line of the log for a request that has just arrived."""
    return LoggedRequest(
        method=request.method,
        path=request.url.path,
        query=dict(request.query_params),
        headers=dict(request.headers),
        body=shown(body),
        size=size,
        scope=scope,
        request_id=request_id,
        at=time.time(),
    )


def response_shown(content: bytes | memoryview, content_type: str) -> Any:
    """Return what a response says, if it is JSON of a size that is kept."""
    if "json" not in content_type or len(content) > LONGEST_KEPT:
        return None
    try:
        return json.loads(bytes(content))
    except ValueError:
        return None


def _arguments(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _without_functions(value: Any) -> Any:
    """Return a fault's JSON without the function of its conditions, which only Python has."""
    if isinstance(value, dict):
        return {k: _without_functions(v) for k, v in value.items() if not callable(v)}
    return value.decode("latin-1") if isinstance(value, bytes) else value
