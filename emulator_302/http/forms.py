"""Reads the body of a request, whether JSON or a form with files, into plain values.

A field that a form repeats is a list; a file is an `Upload`, which the log shows without its bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from python_multipart.exceptions import FormParserError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

FORM = "multipart/form-data"


@dataclass(frozen=True)
class Upload:
    """A file of a form."""

    filename: str
    content_type: str
    data: bytes

    def shown(self) -> dict[str, Any]:
        """Return what the log shows of it."""
        return {
            "filename": self.filename,
            "content_type": self.content_type,
            "size": len(self.data),
        }


def is_form(request: Request) -> bool:
    """Return whether the body is a form with files."""
    return request.headers.get("content-type", "").lower().startswith(FORM)


async def body_of(request: Request) -> Any:
    """Return what the body says; `None` if it cannot be read."""
    content = await request.body()
    if is_form(request):
        return await _form(request)
    try:
        body = json.loads(content) if content else None
        # Half a surrogate pair, or a NaN, can be read by Python and sent back by nobody.
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return body


def shown(body: Any) -> Any:
    """Return a body as the log keeps it: files without their bytes."""
    if isinstance(body, Upload):
        return body.shown()
    if isinstance(body, dict):
        return {name: shown(value) for name, value in body.items()}
    return [shown(value) for value in body] if isinstance(body, list) else body


async def _form(request: Request) -> dict[str, Any] | None:
    found: dict[str, list[str | Upload]] = {}
    try:
        async with request.form() as form:
            for name, value in form.multi_items():
                found.setdefault(name, []).append(await _value(value))
    except (HTTPException, FormParserError):  # broken: older Starlettes let the parser's through
        return None
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


async def _value(value: str | UploadFile) -> str | Upload:
    if isinstance(value, str):
        return value
    content_type = value.content_type or "application/octet-stream"
    return Upload(value.filename or "", content_type, await value.read())
