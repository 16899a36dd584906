"""Functions of a script that stand in another process: it listens on this machine, and is asked.

In JSON such a function is `{"$function": "http://127.0.0.1:PORT/ID"}`; no other address is asked.
Bytes are `{"$bytes": "base64"}`.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator_302.scripts.conversation import Conversation

FUNCTION, BYTES = "$function", "$bytes"
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d{1,5})(/\w{1,100})")
SECONDS_TO_ANSWER = 30.0


class FunctionFailed(Exception):  # noqa: N818 - named after what happened
    """A function in another process raised an error. Its text is the error's."""


@dataclass(frozen=True)
class RemoteFunction:
    """A function in another process on this machine.

    Attributes:
        url: Where that process listens.
    """

    url: str

    def __call__(self, asked: Conversation) -> Any:
        """Return what the function returns for a conversation.

        Raises:
            FunctionFailed: It raised an error there.
        """
        found = ADDRESS.fullmatch(self.url)
        assert found is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), SECONDS_TO_ANSWER)
        try:
            content = json.dumps(dict(asked.body), default=str)
            connection.request("POST", found[2], content, {"content-type": "application/json"})
            said = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in said:
            raise FunctionFailed(said["error"])
        return said["value"]


def from_wire(given: Any) -> Any:
    """Return JSON with the functions and the bytes that it names, at any depth.

    Raises:
        ValueError: An address is none of a process on this machine, or bytes are not base64.
    """
    if isinstance(given, Mapping):
        if set(given) == {FUNCTION}:
            if not isinstance(given[FUNCTION], str) or not ADDRESS.fullmatch(given[FUNCTION]):
                raise ValueError(f"a function is at http://127.0.0.1:PORT/ID: {given[FUNCTION]!r}")
            return RemoteFunction(given[FUNCTION])
        if set(given) == {BYTES}:
            return base64.b64decode(given[BYTES], validate=True)
        return {name: from_wire(value) for name, value in given.items()}
    return [from_wire(value) for value in given] if isinstance(given, list) else given


def to_wire(given: Any, address_of: Callable[[Any], str]) -> Any:
    """Return JSON with each function in it replaced by its address, and bytes by their base64."""
    if callable(given):
        return {FUNCTION: address_of(given)}
    if isinstance(given, bytes):
        return {BYTES: base64.b64encode(given).decode()}
    if isinstance(given, Mapping):
        return {name: to_wire(value, address_of) for name, value in given.items()}
    if isinstance(given, (list, tuple)):
        return [to_wire(value, address_of) for value in given]
    return given
