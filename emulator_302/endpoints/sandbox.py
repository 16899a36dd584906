"""The code sandbox, in one call: `POST /302/sandbox/direct_run_code`. Nothing is executed.

What a program prints is worked out by rules (`rule_model/programs.py`), and where they end, its
errors say so. Fields and prices: 302.AI's product page of the virtual machine sandbox, and the
schema of its MCP server.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.drawing.image_backend import port_of
from emulator_302.http.billing import Ledger
from emulator_302.http.fields import Kind, checked, integer, text, wrong
from emulator_302.http.files import Files
from emulator_302.http.refusals import request_id
from emulator_302.rule_model.programs import Ran, worked_out

TIMEOUT = 5  # seconds: the default of 302.AI's MCP schema
PRICE_OF_A_SECOND = 0.001  # PTC
PRICE_OF_A_FILE = 0.001  # PTC
NAME = "sandbox"  # what the record of its cost calls it
NO_REAL_FILE = "The emulator runs no programs, so this is not the file {path}. It printed:\n"


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(text, value.values()))


FIELDS: Mapping[str, Kind] = {
    "code": text,
    "language": text,
    "envs": _texts,
    "is_download": _flag,
    "download_path": text,
    "timeout": integer,
}


@dataclass(frozen=True)
class SandboxEndpoint:
    """The endpoint."""

    ledger: Ledger
    files: Files

    async def run_code(self, request: Request, body: Any) -> Response:
        """Answer `POST /302/sandbox/direct_run_code`."""
        given = checked(body, FIELDS, ("code",), form=False)
        timeout, wants_file = given.get("timeout", TIMEOUT), given.get("is_download", False)
        if timeout < 1:
            raise wrong("timeout must be at least 1")
        if wants_file and not given.get("download_path"):
            raise wrong("download_path is missing")
        language = given.get("language", "").strip().lower()
        ran = await asyncio.to_thread(worked_out, given["code"], language, timeout)
        cost = max(1, math.ceil(ran.seconds)) * PRICE_OF_A_SECOND + wants_file * PRICE_OF_A_FILE
        self.ledger.charge(request_id(request), NAME, cost)
        result: dict[str, Any] = {"stdout": list(ran.stdout), "stderr": list(ran.stderr)}
        if wants_file:
            result["file"] = {"url": self._file(given["download_path"], ran, port_of(request))}
        return JSONResponse({"result": result, "code": 0, "msg": "success"})

    def _file(self, path: str, ran: Ran, port: int) -> str:
        """Keep a text in place of the file at `path`, and return its address."""
        told = NO_REAL_FILE.format(path=path) + "".join((*ran.stdout, *ran.stderr))
        return self.files.keep(told.encode(), "txt", port)
