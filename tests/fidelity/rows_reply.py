"""Rows about replies under HTTP 200 that are no answers, and about bodies that are packed."""

from __future__ import annotations

import gzip
import json

from tests.fidelity.judges import (
    answers,
    asks,
    deliberate,
    explained,
    fails,
    recognised,
    says,
    stays_small,
)
from tests.fidelity.row import Row
from tests.fidelity.wire import HEAD, USAGE, first
from tests.scripted_server import completion, reply, stream

PAGE = b"<!doctype html><html><body>Down for maintenance</body></html>"
QUOTA = {"error": {"message": "balance is empty", "type": "api_error", "code": "quota"}}
DASHBOARD = {"code": -1, "msg": "balance is empty", "data": None}
NO_ANSWER = (fails, deliberate)
GZIP = {"Content-Encoding": "gzip"}
WHOLE = json.dumps({**completion(**HEAD, object="chat.completion"), "usage": USAGE}).encode()
PACKED = gzip.compress(WHOLE, mtime=0)
MEGABYTE = 1024 * 1024
BOMB = gzip.compress(b" " * (200 * MEGABYTE), compresslevel=9, mtime=0)  # 200 KB on the wire


def _said(body: object, status: int = 200) -> list[list[object]]:
    return [reply(status, body)]


def _without(message: object) -> dict[str, object]:
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {**HEAD, "object": "chat.completion", "choices": [choice], "usage": USAGE}


def _choices(**choices: object) -> dict[str, object]:
    return {**HEAD, "object": "chat.completion", "usage": USAGE, **choices}


NO_ANSWERS = (
    Row(
        "P11-error",
        "An error under HTTP 200 is raised with the server's words, and not repeated",
        (fails, says("balance is empty"), asks(1, 1)),
        invoke=_said(QUOTA),
        stream=_said(QUOTA),
    ),
    Row(
        "P11-known",
        "... and LangChain's ModelError catches it, or it has a status",
        (fails, recognised),
        invoke=_said(QUOTA),
        stream=_said(QUOTA),
    ),
    Row(
        "P11-dashboard",
        'A `{"code": -1, "msg": ...}` under HTTP 200 is raised with the server\'s words',
        (fails, says("balance is empty")),
        invoke=_said(DASHBOARD),
        stream=_said(DASHBOARD),
    ),
    Row(
        "P12-html",
        "A web page under HTTP 200 is an error that shows it, or that ModelError catches",
        (fails, explained("Down for maintenance")),
        invoke=[reply(200, PAGE, media_type="text/html")],
        stream=[reply(200, PAGE, media_type="text/html")],
    ),
    Row(
        "P12-empty",
        "An empty body under HTTP 200 is an error, and no accident of Python's",
        NO_ANSWER,
        invoke=_said(b""),
        stream=_said(b""),
    ),
    Row(
        "P12-204",
        "HTTP 204 is an error, and no accident of Python's",
        NO_ANSWER,
        invoke=[reply(204)],
        stream=[reply(204)],
    ),
    Row(
        "P13-no-choices",
        "A reply without `choices` is an error, and no accident of Python's",
        NO_ANSWER,
        invoke=_said(_choices()),
        stream=_said(_choices()),
    ),
    Row(
        "P13-choices-empty",
        "A reply whose `choices` is empty is an error, and no accident of Python's",
        NO_ANSWER,
        invoke=_said(_choices(choices=[])),
        stream=_said(_choices(choices=[])),
    ),
    Row(
        "P13-choices-null",
        "A reply whose `choices` is null is an error, and no accident of Python's",
        NO_ANSWER,
        invoke=_said(_choices(choices=None)),
        stream=_said(_choices(choices=None)),
    ),
    Row(
        "P13-message-null",
        "A reply whose `message` is null is an error, and no accident of Python's",
        NO_ANSWER,
        invoke=_said(_without(None)),
        stream=_said(_without(None)),
    ),
)

PACKS = (
    Row(
        "P17-gzip",
        "A reply packed with gzip is read",
        (answers("Hello"),),
        invoke=[reply(200, PACKED, headers=GZIP)],
    ),
    Row(
        "P17-cut",
        "A reply whose gzip stops in the middle is an error, and no accident of Python's",
        NO_ANSWER,
        invoke=[reply(200, PACKED[: len(PACKED) // 2], headers=GZIP)],
    ),
    Row(
        "P17-false",
        "A reply that is not the gzip that it claims is an error that ModelError catches",
        (fails, recognised),
        invoke=[reply(200, WHOLE, headers=GZIP)],
        stream=[
            stream(first(), headers=GZIP),
        ],
    ),
    Row(
        "P17-unknown",
        "A reply packed in a way that nobody asked for is an error, and no accident of Python's",
        NO_ANSWER,
        invoke=[reply(200, PACKED, headers={"Content-Encoding": "x-unknown"})],
    ),
    Row(
        "P18-answer",
        "A reply that 200 KB of gzip blow up to 200 MB is an error, without 64 MiB of memory",
        (fails, stays_small),
        invoke=[reply(200, BOMB, headers=GZIP)],
        stream=[reply(200, BOMB, headers=GZIP, media_type="text/event-stream")],
    ),
    Row(
        "P18-refusal",
        "... and so is one under HTTP 400, whose text stays below 4096 characters",
        (fails, stays_small),
        invoke=[reply(400, BOMB, headers=GZIP)],
        stream=[reply(400, BOMB, headers=GZIP)],
    ),
)

ROWS = (*NO_ANSWERS, *PACKS)
