"""Lets an emulator in another process call functions of this one: a listener on this machine.

It starts with the first function, and calls those that were given to it and nothing else.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from emulator_302.scripts.conversation import Conversation

Function = Callable[[Conversation], Any]


class FunctionServer:
    """The functions of one scope, each at an address that nobody can guess."""

    def __init__(self) -> None:
        self._functions: dict[str, Function] = {}
        self._addresses: dict[int, str] = {}
        self._server: ThreadingHTTPServer | None = None

    def address_of(self, function: Function) -> str:
        """Return where a function can be called."""
        if self._server is None:
            self._server = self._started()
        if id(function) not in self._addresses:
            path = f"/{uuid.uuid4().hex}"
            self._functions[path] = function  # held, so that no other gets its id
            self._addresses[id(function)] = path
        port = self._server.server_address[1]
        return f"http://127.0.0.1:{port}{self._addresses[id(function)]}"

    def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
            self._functions.clear()
            self._addresses.clear()

    def _started(self) -> ThreadingHTTPServer:
        functions = self._functions

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["content-length"])
                asked = Conversation(json.loads(self.rfile.read(size)))
                content = json.dumps(_said(functions.get(self.path), asked)).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Say nothing: the output belongs to the tests."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(
            target=server.serve_forever, args=(0.05,), name="emulator-functions", daemon=True
        ).start()
        return server


def _said(function: Function | None, asked: Conversation) -> dict[str, Any]:
    if function is None:
        return {"error": "there is no such function"}
    try:
        value = function(asked)
        json.dumps(value)
    except Exception as error:  # noqa: BLE001 - a function of the test's own may raise anything
        return {"error": f"{type(error).__name__}: {error}"}
    return {"value": value}
