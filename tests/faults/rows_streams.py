"""Rows S1 to S9: streams that end, fail or fall silent."""

from __future__ import annotations

import json
from typing import Any

from tests.faults.row import STREAM, Expect, Row, served
from tests.scripted_server import DONE, Close, Every, Reset, Stall, Wait, chunk, frame, stream

TOLD = {"error": {"err_code": -10003, "message": "upstream lost", "type": "api_error"}}
HEL = chunk("Hel")
ID = {"request-id": "r-1"}
LONG = 30.0  # seconds that no row waits
SHORT = 0.3


def only(expect: Expect) -> dict[tuple[str, ...], Expect]:
    """Return an expectation of streams alone."""
    return {(STREAM,): expect}


def cut(error: str = "StreamInterruptedError", **more: Any) -> dict[tuple[str, ...], Expect]:
    """Return what is seen of a stream that broke after `Hel`."""
    told = {"partial": "Hel", "billed": "maybe", "request_id": "r-1", **more}
    return only(Expect(error, 1, **told))


def clocks(**limits: float) -> dict[str, Any]:
    """Return settings whose limits are long, but for those that are given."""
    return {"timeout": {"total": LONG, "first_byte": LONG, "silence": LONG, **limits}}


def streamed(row_id: str, case: str, expect: Any, *pieces: object, **more: Any) -> Row:
    """Return the row of a stream of `pieces`."""
    settings = more.pop("settings", {})
    return Row(row_id, case, served(stream(*pieces, headers=ID, **more)), expect, settings)


WHOLE = only(Expect())

ENDINGS = (
    streamed(
        "S1",
        "ends cleanly, without a finish reason and without [DONE]",
        cut(says="before [DONE]"),
        HEL,
    ),
    streamed("S2-closed", "ends inside its chunked body", cut(), HEL, Close),
    streamed(
        "S2-reset",
        "the connection is reset after the first words were read",
        cut(partial=None),  # on a busy machine, the reset overtakes them all the same
        HEL,
        Wait(0.3),  # a reset overtakes what was not read yet
        Reset,
    ),
    streamed(
        "S3-end",
        "ends inside the arguments of a tool call, without a finish reason",
        only(Expect("StreamInterruptedError", billed="maybe")),
        chunk(
            delta={
                "tool_calls": [
                    {
                        "index": 0,
                        "id": "a",
                        "function": {"name": "pay", "arguments": '{"amount": 1'},
                    }
                ]
            }
        ),
    ),
    streamed(
        "S4", "has a finish reason and no [DONE]", WHOLE, chunk("Hello"), chunk(finish="stop")
    ),
    streamed("S5", "has [DONE] and no finish reason", WHOLE, chunk("Hello"), DONE),
)

ERRORS = (
    streamed(
        "S6-object",
        "an error object stands in the stream",
        cut("GatewayError", says="upstream lost", err_code=-10003),
        HEL,
        frame(TOLD),
        DONE,
    ),
    streamed(
        "S6-text",
        "an error that is a text stands in the stream",
        cut("GatewayError", says="upstream lost"),
        HEL,
        frame({"error": "upstream lost"}),
        DONE,
    ),
    streamed(
        "S6-event",
        "an `event: error` stands in the stream",
        cut("GatewayError", says="upstream lost"),
        HEL,
        b"event: error\n" + frame({"message": "upstream lost", "code": 500}),
        DONE,
    ),
    streamed(
        "S6-bare",
        "an error stands in the stream without `data:`",
        cut("GatewayError", says="upstream lost", err_code=-10003),
        HEL,
        json.dumps(TOLD).encode() + b"\n\n",
    ),
    streamed(
        "S6-quota",
        "an empty balance is told in the stream",
        cut("QuotaError", says="poor", err_code=-10004, retryable=False),
        HEL,
        frame({"error": {"err_code": -10004, "message": "poor"}}),
    ),
    streamed(
        "S7-json",
        "an event is not JSON",
        cut("MalformedReplyError", says="{broken"),
        HEL,
        frame(b"{broken"),
        DONE,
    ),
    streamed(
        "S7-bytes",
        "an event is not UTF-8",
        cut("MalformedReplyError", says="not JSON"),
        HEL,
        frame(b"\xff\xfe"),
        DONE,
    ),
)

SILENT = {"says": "sent no content for 0.3 s", "within": (SHORT, 5)}

SILENCES = (
    *(
        streamed(
            f"S8-{name}",
            f"{what} for ever (silence 0.3 s)",
            cut("RequestTimeoutError", **SILENT),
            HEL,
            Every(ping, 0.05),
            settings=clocks(silence=SHORT),
        )
        for name, what, ping in (
            ("comments", "`: ping`", b": ping\n\n"),
            ("events", "`event: ping` with empty data", b"event: ping\ndata:\n\n"),
            ("empty", "`data:` with nothing behind it", b"data: \n\n"),
            ("nothing", "events without content", frame({"choices": []})),
            ("drip", "bytes of an event that never ends", b"data: "),
        )
    ),
    streamed(
        "S8-between",
        "comments and empty events between the words",
        WHOLE,
        b": ping\n\n",
        HEL,
        b"event: ping\ndata:\n\n",
        chunk("lo"),
        chunk(finish="stop"),
        DONE,
    ),
    streamed(
        "S9-stall",
        "falls silent after its first words (silence 0.3 s, first byte 30 s)",
        cut("RequestTimeoutError", within=(SHORT, 5)),
        HEL,
        Stall,
        settings=clocks(silence=SHORT),
    ),
    streamed(
        "S9-unopened",
        "opens, and brings nothing (silence 0.3 s, first byte 30 s)",
        only(Expect("RequestTimeoutError", billed="maybe", within=(SHORT, 5))),
        Stall,
        settings=clocks(silence=SHORT),
    ),
    Row(
        "S9-first-byte",
        "does not begin (first byte 0.3 s, silence 30 s)",
        served([Stall]),
        only(Expect("RequestTimeoutError", billed="maybe", within=(SHORT, 5))),
        clocks(first_byte=SHORT),
    ),
    Row(
        "S9-slow-start",
        "begins after 0.6 s, and then speaks fast (first byte 30 s, silence 0.3 s)",
        served([Wait(0.6), *stream(chunk("Hello"), chunk(finish="stop"), DONE)]),
        only(Expect(within=(0.6, 5))),
        clocks(silence=SHORT),
        rivals=False,  # they have one limit for both
    ),
    streamed(
        "S9-slow-words",
        "each word comes after 0.2 s (silence 0.6 s, whole call 0.3 s)",
        only(Expect(within=(0.6, 5))),
        *[piece for word in "Hello" for piece in (Wait(0.2), chunk(word))],
        chunk(finish="stop"),
        DONE,
        settings=clocks(silence=2 * SHORT, total=SHORT),
    ),
    Row(
        "S9-total",
        "does not begin within the limit of the whole call (0.3 s)",
        served([Stall]),
        only(Expect("RequestTimeoutError", billed="maybe", within=(SHORT, 5))),
        clocks(total=SHORT),
    ),
)

ROWS = (*ENDINGS, *ERRORS, *SILENCES)
